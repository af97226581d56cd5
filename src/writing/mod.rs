//! Meaning to octets: the mails that we send. Pure.
