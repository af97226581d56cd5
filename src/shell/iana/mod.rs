//! IANA as it is on the network: RDAP and pages over HTTPS, WHOIS over TCP, the list of TLDs, and all of them as one registry.

pub mod channels;
mod https;
mod page;
mod rdap;
mod tld_list;
mod whois;
