//! The pure rules: what a request is, who may ask for it and what may happen to it. No I/O, no clock, no chance.

pub mod address;
pub mod admission;
pub mod agreement;
pub mod approach;
pub mod ask;
pub mod asked;
pub mod authority;
pub mod because;
mod beside;
pub mod campaign;
pub mod case;
pub mod case_id;
pub mod cctlds;
pub mod channel;
pub mod comparison;
pub mod confirmation;
pub mod contact;
pub mod cost;
pub mod decay;
pub mod decide;
pub mod digest;
mod entrance;
mod entry;
pub mod escalation;
pub mod event;
pub mod evidence;
pub mod exemption;
pub mod free_mail;
pub mod freeing;
pub mod freshness;
pub mod gate;
pub mod growth;
pub mod help;
pub mod history;
pub mod import;
pub mod inquiry;
pub mod invitation;
pub mod invited;
pub mod journal;
pub mod limits;
pub mod list_plan;
pub mod listed;
pub mod lookup;
pub mod members;
pub mod notice;
pub mod notice_kind;
mod numbered;
pub mod objection;
pub mod open_case;
mod opening;
pub mod outlook;
mod person;
pub mod personal;
pub mod plain;
pub mod plan;
pub mod policy;
pub mod precedence;
pub mod procedure;
pub mod proposal;
pub mod reconciliation;
pub mod redelegation;
mod refusal;
pub mod regions;
pub mod registry;
pub mod remembered;
pub mod repository;
pub mod request;
pub mod retention;
mod role_names;
pub mod roll_call;
pub mod statistics;
pub mod tld;
pub mod tlp;
pub mod token;
pub mod tongue;
pub mod unclear;
mod whereabouts;

#[cfg(test)]
mod tests_admission;
#[cfg(test)]
mod tests_list_plan;
#[cfg(test)]
mod tests_plan;
#[cfg(test)]
mod tests_sample;
#[cfg(test)]
mod tests_waiting;
#[cfg(test)]
mod tests_ways;
