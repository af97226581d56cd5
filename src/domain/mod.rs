//! The pure rules: what a request is, who may ask for it and what may happen to it. No I/O, no clock, no chance.

pub mod address;
pub mod admission;
pub mod authority;
pub mod case;
pub mod cctlds;
pub mod channel;
pub mod contact;
pub mod cost;
pub mod decide;
pub mod digest;
pub mod event;
pub mod evidence;
pub mod free_mail;
pub mod journal;
pub mod limits;
pub mod notice;
pub mod plan;
pub mod policy;
pub mod registry;
pub mod remembered;
pub mod request;
pub mod tld;
pub mod token;
