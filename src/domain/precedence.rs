//! Two requests for the same ccTLD: which of them goes first. A pure rule, and this is all of it.
//!
//! The lines are the newer request: whether it asks for the same, who sent it, what backs it and the open one, and whether
//! it is plain or leaves something to ask. The columns are how far the open request is. What is doubtful stays a person's
//! work; what is being applied is never replaced; what nothing backs is in the way of nothing that is backed.
//!
//! ```text
//!                                     the open one is
//! wish  sender  newer   open    newer  incom-   asking   held     in line  applying
//! is    is      is      is      is     plete
//! same  own     backed  backed  plain  joins    joins    joins    joins    joins
//! same  own     backed  nothing plain  replaces replaces replaces replaces joins
//! same  own     backed  backed  unsure joins    joins    joins    joins    joins
//! same  own     backed  nothing unsure replaces replaces replaces replaces joins
//! same  own     nothing backed  plain  joins    joins    joins    joins    joins
//! same  own     nothing nothing plain  joins    joins    joins    joins    joins
//! same  own     nothing backed  unsure joins    joins    joins    joins    joins
//! same  own     nothing nothing unsure joins    joins    joins    joins    joins
//! same  admin   backed  backed  plain  passes   joins    replaces replaces joins
//! same  admin   backed  nothing plain  passes   passes   passes   passes   passes
//! same  admin   backed  backed  unsure passes   joins    joins    joins    joins
//! same  admin   backed  nothing unsure passes   passes   passes   passes   passes
//! same  another backed  backed  plain  passes   joins    joins    joins    joins
//! same  another backed  nothing plain  passes   passes   passes   passes   passes
//! same  another backed  backed  unsure passes   joins    joins    joins    joins
//! same  another backed  nothing unsure passes   passes   passes   passes   passes
//! other own     backed  backed  plain  replaces replaces replaces replaces waits
//! other own     backed  nothing plain  replaces replaces replaces replaces waits
//! other own     backed  backed  unsure person   person   person   person   person
//! other own     backed  nothing unsure passes   passes   passes   passes   passes
//! other own     nothing backed  plain  person   person   person   person   person
//! other own     nothing nothing plain  replaces person   passes   person   person
//! other own     nothing backed  unsure person   person   person   person   person
//! other own     nothing nothing unsure person   person   passes   person   person
//! other admin   backed  backed  plain  passes   replaces replaces replaces waits
//! other admin   backed  nothing plain  passes   passes   passes   passes   passes
//! other admin   backed  backed  unsure passes   person   person   person   person
//! other admin   backed  nothing unsure passes   passes   passes   passes   passes
//! other another backed  backed  plain  passes   waits    waits    waits    waits
//! other another backed  nothing plain  passes   passes   passes   passes   passes
//! other another backed  backed  unsure passes   person   person   person   person
//! other another backed  nothing unsure passes   passes   passes   passes   passes
//! other another nothing backed  plain  passes   person   person   person   person
//! other another nothing nothing plain  passes   person   passes   person   person
//! other another nothing backed  unsure passes   person   person   person   person
//! other another nothing nothing unsure passes   person   passes   person   person
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::case_id::CaseId;

/// Whether a newer request asks for what an open one asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wish {
    /// It does.
    Same,
    /// It asks for something else.
    Other,
}

/// Who sent the newer request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sender {
    /// The sender of the open one.
    Own,
    /// The admin contact himself, proven, where somebody else sent the open one.
    Admin,
    /// Anybody else.
    Another,
}

/// What vouches for a request.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Backing {
    /// Nothing but the confirmation to come.
    Nothing,
    /// Its proof, or the admin contact's yes.
    Proof,
}

/// How far an open request is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress {
    /// Its sender is asked for what is missing.
    Incomplete,
    /// Somebody is asked to agree.
    Asking,
    /// A person looks at it.
    Held,
    /// It waits for another request.
    InLine,
    /// All have agreed.
    Applying,
}

/// The newer request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Newer {
    /// What it asks for.
    pub wish: Wish,
    /// Who sent it.
    pub sender: Sender,
    /// What vouches for it.
    pub backing: Backing,
    /// Whether it leaves nothing to ask its sender or a person.
    pub plain: bool,
}

/// The open request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Open {
    /// What vouches for it.
    pub backing: Backing,
    /// How far it is.
    pub progress: Progress,
}

/// What becomes of the newer request beside the open one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Precedence {
    /// It is the open one once more.
    Joins,
    /// It takes the place of the open one.
    Replaces,
    /// It waits until the open one has ended.
    Waits,
    /// A person decides.
    Person,
    /// The open one is not in its way.
    Passes,
}

/// Which of two requests for the same ccTLD goes first.
pub fn precedence(newer: Newer, open: Open) -> Precedence {
    match (newer.wish, newer.sender) {
        (Wish::Same, Sender::Own) if newer.backing > open.backing && open.progress != Progress::Applying => {
            Precedence::Replaces
        }
        (Wish::Same, Sender::Own) => Precedence::Joins,
        (Wish::Same, _) if open.backing == Backing::Nothing || open.progress == Progress::Incomplete => {
            Precedence::Passes
        }
        // What a person or another request holds up in somebody's hands may go on at once in his.
        (Wish::Same, Sender::Admin)
            if newer.plain && matches!(open.progress, Progress::Held | Progress::InLine) =>
        {
            Precedence::Replaces
        }
        (Wish::Same, Sender::Admin | Sender::Another) => Precedence::Joins,
        (Wish::Other, sender) => of_another_wish(newer, sender, open),
    }
}

fn of_another_wish(newer: Newer, sender: Sender, open: Open) -> Precedence {
    let own = sender == Sender::Own;
    let backed = newer.backing == Backing::Proof;
    let in_the_way = match (open.backing, open.progress) {
        (Backing::Nothing, _) if backed => own && newer.plain,
        // A forged one that a person has not looked at is in nobody's way.
        (Backing::Nothing, Progress::Held) => false,
        (_, Progress::Incomplete) => own,
        (
            Backing::Nothing | Backing::Proof,
            Progress::Asking | Progress::Held | Progress::InLine | Progress::Applying,
        ) => true,
    };
    if !in_the_way {
        return Precedence::Passes;
    }
    match sender {
        _ if !newer.plain => Precedence::Person,
        Sender::Own | Sender::Admin | Sender::Another if open.progress == Progress::Applying => {
            if backed {
                Precedence::Waits
            } else {
                Precedence::Person
            }
        }
        Sender::Own if newer.backing < open.backing => Precedence::Person,
        // That two mails which nothing backs are of one sender, nothing proves: where somebody was asked, a person looks.
        Sender::Own if !backed && open.progress != Progress::Incomplete => Precedence::Person,
        Sender::Own | Sender::Admin => Precedence::Replaces,
        Sender::Another if backed => Precedence::Waits,
        Sender::Another => Precedence::Person,
    }
}

/// A request that waits for another one for the same ccTLD.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Queued {
    /// The one that it waits for.
    pub behind: CaseId,
    /// Since when.
    pub since: Timestamp,
    /// When it ends if that one has not.
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::{Backing, Newer, Open, Precedence, Progress, Sender, Wish, precedence};

    const PROGRESS: [Progress; 5] =
        [Progress::Incomplete, Progress::Asking, Progress::Held, Progress::InLine, Progress::Applying];

    /// Every newer request that there can be beside every open one.
    fn all() -> Vec<(Newer, Backing)> {
        let mut all = Vec::new();
        for wish in [Wish::Same, Wish::Other] {
            for sender in [Sender::Own, Sender::Admin, Sender::Another] {
                for backing in [Backing::Proof, Backing::Nothing] {
                    for plain in [true, false] {
                        // Only who is proven is told that somebody else asks for the same, or counts as the admin contact.
                        let unproven = backing == Backing::Nothing;
                        if unproven
                            && (sender == Sender::Admin || (wish == Wish::Same && sender != Sender::Own))
                        {
                            continue;
                        }
                        for open in [Backing::Proof, Backing::Nothing] {
                            all.push((Newer { wish, sender, backing, plain }, open));
                        }
                    }
                }
            }
        }
        all
    }

    fn line(newer: Newer, backing: Backing) -> String {
        let backed = |backing| if backing == Backing::Proof { "backed" } else { "nothing" };
        let wish = if newer.wish == Wish::Same { "same" } else { "other" };
        let sender = match newer.sender {
            Sender::Own => "own",
            Sender::Admin => "admin",
            Sender::Another => "another",
        };
        let plain = if newer.plain { "plain" } else { "unsure" };
        let ruled = PROGRESS.map(|progress| {
            let word = match precedence(newer, Open { backing, progress }) {
                Precedence::Joins => "joins",
                Precedence::Replaces => "replaces",
                Precedence::Waits => "waits",
                Precedence::Person => "person",
                Precedence::Passes => "passes",
            };
            format!("{word:<8}")
        });
        let line = format!(
            "//! {wish:<5} {sender:<7} {:<7} {:<7} {plain:<6} {}",
            backed(newer.backing),
            backed(backing),
            ruled.join(" ")
        );
        line.trim_end().to_owned()
    }

    #[test]
    fn the_rule_is_the_table_above_it() {
        let source = include_str!("precedence.rs");
        let lines: Vec<String> = all().into_iter().map(|(newer, open)| line(newer, open)).collect();
        let table = lines.join("\n");
        assert!(source.contains(&table), "the table should read:\n{table}");
    }

    /// What must hold whatever the table says.
    #[test]
    fn no_combination_breaks_what_is_promised() {
        for (newer, backing) in all() {
            for progress in PROGRESS {
                let ruled = precedence(newer, Open { backing, progress });
                let about = format!("{newer:?} {backing:?} {progress:?} {ruled:?}");
                let moves = matches!(ruled, Precedence::Replaces | Precedence::Waits);
                if progress == Progress::Applying {
                    assert_ne!(ruled, Precedence::Replaces, "{about}");
                }
                if newer.backing < backing {
                    assert!(!moves, "{about}");
                }
                if newer.backing == Backing::Nothing && progress != Progress::Incomplete {
                    assert!(!moves, "{about}");
                }
                if newer.sender == Sender::Another {
                    assert_ne!(ruled, Precedence::Replaces, "{about}");
                }
                if !newer.plain && newer.wish == Wish::Other {
                    assert!(!moves, "{about}");
                }
                if newer.sender != Sender::Own && newer.backing > backing {
                    assert_eq!(ruled, Precedence::Passes, "{about}");
                }
                assert!(ruled != Precedence::Joins || newer.wish == Wish::Same, "{about}");
            }
        }
    }
}
