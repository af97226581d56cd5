//! Who wrote a mail: what its signatures prove. Pure.
