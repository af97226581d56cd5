//! Leavers: whether it is certain who goes, where a mail asks for a removal.

use crate::domain::unclear::{About, Unclear};
use crate::reading::doubts::OfPersons;
use crate::reading::entry::Role;
use crate::reading::folding::{has_case, is_han, is_hangul, is_word};
use crate::reading::names;
use crate::reading::sentences;
use crate::reading::speech::{Speech, is_negated};
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// Characters between a word for adding and whom it adds at the most.
const NEAR_CHARS: usize = 3;

/// What is uncertain about those who seem to go.
pub(super) fn doubts(role: Role, statement: &Statement, own: &Speech) -> Vec<Unclear> {
    let mut of = OfPersons { statement, doubts: Vec::new() };
    // `Take A off. B is our second contact`: the word is said of A, and nothing of B.
    let goes = statement.entries.iter().filter(|entry| entry.role == Role::Remove);
    let (gone, placed) = (goes.clone().count(), goes.filter(|entry| entry.rank.is_some()).count());
    of.any(About::WhoGoes, |entry| {
        let by_others = entry.role == Role::Unsaid && role == Role::Remove && gone > 0;
        // `Remove A, and B becomes the first one`: who has a place stays, unless each of them has one.
        let by_place = entry.role == Role::Remove && entry.rank.is_some() && placed < gone;
        by_others || by_place
    });
    // `我们决定退出，请删除所有联系人`: where all contacts go, words that might be no name say nothing of one of them.
    if role == Role::Remove && own.has(Sense::Everyone) {
        of.any(About::WhoGoes, |entry| {
            let uncased = entry.name.as_deref().is_some_and(|name| !name.chars().any(has_case));
            uncased && !entry.has_contact_data() && matches!(entry.role, Role::Remove | Role::Unsaid)
        });
    }
    // `请将王小明从所有联系人名单中删除`: a name that was not found among the persons stands beside all of them.
    if role == Role::Remove && statement.entries.is_empty() {
        of.doubts.extend(beside_everyone(own));
    }
    // `Remove A, and add my deputy instead`: somebody comes, and it is not said who.
    let only_goers = statement.entries.iter().all(|entry| {
        matches!(entry.role, Role::Remove | Role::Old) || (entry.role == Role::Unsaid && role == Role::Remove)
    });
    if only_goers && brings_another(own) {
        of.any(About::ByWhom, |_| true);
    }
    // `We do not want B to be removed`: the negation is of the removal.
    if removal_is_denied(own) {
        of.any(About::WhoGoes, |entry| {
            entry.role == Role::Remove || (entry.role == Role::Unsaid && role == Role::Remove)
        });
    }
    of.doubts
}

/// The names in a sentence that asks for the removal of all contacts.
fn beside_everyone(own: &Speech) -> Option<Unclear> {
    let words = names::find(own, &[]);
    let bounds = sentences::of(own).into_iter().filter(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        inside(Sense::Everyone) && inside(Sense::Remove)
    });
    let found = bounds.flat_map(|bound| words.iter().filter(move |name| bound.contains(&name.span.start)));
    let sizeable = |text: &str| text.contains(' ') || text.chars().any(|c| is_han(c) || is_hangul(c));
    let names: Vec<String> = found.map(|name| name.what.text.clone()).filter(|text| sizeable(text)).collect();
    (!names.is_empty()).then(|| Unclear::with(About::WhoGoes, names))
}

/// Whether a sentence adds one of the writer's people.
fn brings_another(own: &Speech) -> bool {
    sentences::of(own).into_iter().any(|bound| {
        let inside = |hit: &&Hit| bound.contains(&hit.span.start);
        own.with(Sense::Add).filter(inside).any(|add| {
            let behind =
                |others: &Hit| (0..=NEAR_CHARS).contains(&others.span.start.saturating_sub(add.span.end));
            !is_negated(own, add)
                && own.with(Sense::Others).any(|others| others.span.start >= add.span.start && behind(others))
        })
    })
}

/// Whether a negation stands before a word for a removal within its clause. `No longer with us` is none.
fn removal_is_denied(own: &Speech) -> bool {
    let harmless = [Sense::Left, Sense::Old, Sense::Keep, Sense::Unchanged, Sense::Remove, Sense::Neither];
    let counts =
        |not: &&Hit| !own.hits.iter().any(|other| harmless.contains(&other.sense) && other.covers(not));
    let reaches = |not: &Hit, cue: &Hit| {
        let gap = own.chars.get(not.span.end..cue.span.start).unwrap_or_default();
        let parts = |place: usize, c: char| {
            let next = gap.get(place + 1).is_none_or(|next| next.is_whitespace());
            matches!(c, ';' | '!' | '?' | '\n' | '،' | '，' | '。' | '、')
                || (next && matches!(c, ',' | '.' | ':'))
        };
        not.span.end <= cue.span.start && !gap.iter().enumerate().any(|(place, c)| parts(place, *c))
    };
    own.with(Sense::Not).filter(counts).any(|not| own.with(Sense::Remove).any(|cue| reaches(not, cue)))
}

/// What of a person may go while he stays.
const VALUES: [Sense; 5] = [Sense::Phone, Sense::Mobile, Sense::Fax, Sense::Email, Sense::SecondEmail];

/// `Delete the old numbers of all contacts`: a sentence that removes something of everybody, and names a value.
pub(super) fn removes_values(own: &Speech) -> bool {
    sentences::of(own).into_iter().any(|bound| {
        let said = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        said(Sense::Remove) && said(Sense::Everyone) && VALUES.into_iter().any(said)
    })
}

/// `We wish to leave; please delete all contacts for .vn`: nothing but a few small words and ccTLDs stands between the word for the
/// removal and the one for all of them.
pub(super) fn removes_everyone(own: &Speech) -> bool {
    const GAP_CHARS_MAX: usize = 16;
    let small = own.mask(|hit| matches!(hit.sense, Sense::Stop | Sense::Vocabulary | Sense::Tld));
    own.with(Sense::Remove).any(|cue| {
        own.with(Sense::Everyone).any(|all| {
            let gap = cue.span.end.min(all.span.end)..cue.span.start.max(all.span.start);
            let beside = |hit: &Hit| hit.span.start >= gap.start && hit.span.end <= gap.end;
            let of_values = VALUES.into_iter().any(|value| own.with(value).any(beside));
            gap.len() <= GAP_CHARS_MAX
                && !of_values
                && !own.hits.iter().any(|hit| matches!(hit.sense, Sense::Me | Sense::FromWord) && beside(hit))
                && gap.clone().all(|place| {
                    small.get(place).copied().unwrap_or_default()
                        || own.chars.get(place).is_some_and(|c| !is_word(*c) || c.is_ascii())
                })
        })
    })
}
