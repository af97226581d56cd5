//! Our own wording that comes back as somebody's own: another program like this one, or a machine that repeats what it gets.
//!
//! Each mail of ours says at its end that a program wrote it. Where that stands in a mail unquoted, and it does not
//! give us the details that we asked for, an answer would bring the next such mail. A person reads it: somebody may have
//! copied our form.

use serde_json::json;

use crate::bot::Bot;
use crate::bot::intake::Item;
use crate::bot::marks::Marks;
use crate::bot::telling::About;
use crate::domain::admission::Arrival;
use crate::domain::evidence::Verdict;
use crate::reading::layout::Mark;
use crate::reading::letter::Letter;
use crate::world::Filing;

impl Bot<'_> {
    /// Holds a mail that is one of ours come back. None: it is none.
    pub(in crate::bot) fn echoed(
        &mut self,
        item: &Item<'_>,
        (arrival, letter): (&Arrival, &Letter),
        marks: &Marks,
    ) -> anyhow::Result<Option<Filing>> {
        if !self.settings.templates.is_by_a_program(&unquoted(letter)) {
            return Ok(None);
        }
        let mut writes = marks.writes(item, Filing::Held, Vec::new())?;
        let why = "it brings back the text of a mail that a program like this one wrote, as its sender's own";
        let proven = arrival.proof.verdict == Verdict::Authenticated;
        // Who is not proven could use up the attention of the secretariat.
        let told = if proven {
            self.tell_of_mail(About::mail(arrival, vec![why.to_owned()]), &mut writes)?
        } else {
            None
        };
        let evidence = json!({ "mail": item.digest, "from": arrival.from, "effects": told, "filed": Filing::Held, "why": why });
        let says = "It brings back the text of a mail that a program like this one wrote; a person reads it, and nobody is answered.";
        self.note("echo_held", says, evidence, &writes)?;
        Ok(Some(Filing::Held))
    }
}

/// All that is not quoted, as one line: the mail programs on the way break lines anywhere.
fn unquoted(letter: &Letter) -> String {
    let own = letter.layout().lines().filter(|(mark, _)| !matches!(mark, Mark::Quote | Mark::QuoteIntro));
    own.flat_map(|(_, line)| line.split_whitespace()).collect::<Vec<_>>().join(" ")
}
