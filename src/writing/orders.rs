//! What is to be done with a list, in lines that a person can copy from.

use crate::domain::list_plan::ListStep;
use crate::domain::members::{Delivery, Member};

/// One block a step: a title, then each value on a line of its own.
pub fn lines(steps: &[ListStep]) -> Vec<String> {
    let mut lines = Vec::new();
    for step in steps {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let (title, values) = block(step);
        lines.push(format!("   {title}:"));
        lines.extend(values.iter().map(|value| format!("      {value}")));
    }
    lines
}

fn block(step: &ListStep) -> (&'static str, Vec<String>) {
    match step {
        ListStep::Subscribe(member) if member.delivery == Delivery::Off => {
            ("Subscribe, without delivery of mails", values(member))
        }
        ListStep::Subscribe(member) => ("Subscribe", values(member)),
        ListStep::ChangeAddress { from, to } => {
            let mut lines = vec![from.to_string(), "to".to_owned()];
            lines.extend(values(to));
            ("Change the address of a member, from", lines)
        }
        ListStep::Rename { address, to, .. } => {
            ("Give a member another name", vec![address.to_string(), to.clone()])
        }
        ListStep::Deliver { address, delivery: Delivery::On } => {
            ("Switch the delivery of mails on for", vec![address.to_string()])
        }
        ListStep::Deliver { address, delivery: Delivery::Off } => {
            ("Switch the delivery of mails off for", vec![address.to_string()])
        }
        ListStep::Unsubscribe(member) => ("Unsubscribe", values(member)),
    }
}

fn values(member: &Member) -> Vec<String> {
    std::iter::once(member.address.to_string()).chain(member.name.clone()).collect()
}
