//! An open request on a few lines, for the list at the shell and for the daily summary.

use crate::domain::case::Case;
use crate::domain::outlook::Outlook;
use crate::domain::policy::Policy;
use crate::writing::layout::one_line;

/// Characters of a subject.
const SUBJECT_CHARS_MAX: usize = 40;
/// Characters of what a request waits for: a doubt may quote a mail.
const WAITS_CHARS_MAX: usize = 400;

/// What it is: its name, its day, its state, its ccTLDs, who asked.
pub fn heading(case: &Case) -> String {
    let subject = one_line(&case.requester.thread.subject, SUBJECT_CHARS_MAX);
    format!(
        "{:<6} {}  {:<20} {} {}, by {} \"{subject}\"",
        case.id.to_string(),
        case.opened.strftime("%Y-%m-%d"),
        case.state.name(),
        case.action.word(),
        case.tlds_for_people(),
        case.requester.address
    )
}

/// The same on a short line of a mail: who asked for what, and when.
pub fn title(case: &Case) -> String {
    let (id, action, tlds) = (case.id, case.action.word(), case.tlds_for_people());
    let (who, day) = (&case.requester.address, case.opened.strftime("%Y-%m-%d"));
    format!("{id}: {action} {tlds}, asked by {who} on {day}")
}

/// How it stands; none where it has ended.
pub fn standing(case: &Case, policy: &Policy) -> Option<String> {
    Outlook::of(case, policy).map(|outlook| one_line(&outlook.words(), WAITS_CHARS_MAX))
}
