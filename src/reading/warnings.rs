//! Warnings: words in a request for which a person must look, and the sentences in which they say nothing of it.

use std::ops::Range;

use jiff::Timestamp;

use crate::domain::tld::Tld;
use crate::domain::unclear::{About, Unclear};
use crate::reading::days;
use crate::reading::durations;
use crate::reading::equalities;
use crate::reading::facts;
use crate::reading::folding::{is_unspaced, is_word};
use crate::reading::languages::Languages;
use crate::reading::letter::Letter;
use crate::reading::names;
use crate::reading::sentences;
use crate::reading::shortening::shortened;
use crate::reading::speech::Speech;
use crate::reading::statement::Statement;
use crate::reading::words::{Hit, Sense};

/// The doubts that words raise.
const WORDS: [(Sense, About); 8] = [
    (Sense::Either, About::Either),
    (Sense::ForATime, About::ForATime),
    (Sense::Elsewhere, About::Elsewhere),
    (Sense::Legal, About::Legal),
    (Sense::Complaint, About::Complaint),
    (Sense::Incident, About::Incident),
    (Sense::Delegation, About::Delegation),
    (Sense::Recall, About::Recall),
];

/// What tries to steer a machine: in the writer's own words, or, in whatever language, anywhere else that he wrote. What is
/// meant for a machine needs no language that his reader knows, and may stand below his name.
pub(super) fn steers(letter: &Letter, own: &Speech) -> Option<String> {
    // Of other languages a word alone is often another in his.
    let phrase = |hit: &&Hit, speech: &Speech| {
        let chars = speech.chars.get(hit.span.clone()).unwrap_or_default();
        chars.contains(&' ') || chars.iter().any(|c| is_unspaced(*c))
    };
    own.quote(Sense::Steer).or_else(|| {
        let whole = Speech::of(shortened(letter.own_text()).0, Languages::ALL);
        let said = whole.with(Sense::Steer).find(|hit| phrase(hit, &whole));
        said.map(|hit| whole.text(hit.span.clone()))
    })
}

/// What the words of a request make doubtful, beside what it states.
pub(super) fn of_words(
    (subject, own): (&Speech, &Speech),
    statement: &Statement,
    sent: Option<Timestamp>,
) -> Vec<Unclear> {
    let said = |sense| {
        let choice = if sense == Sense::Either { choice(own) } else { None };
        if sense == Sense::Recall && own.with(sense).all(|hit| is_of_contacts(own, hit)) {
            return subject
                .quote(sense)
                .filter(|_| !subject.with(sense).all(|hit| is_of_the_list(subject, hit)));
        }
        // `As of today` is no day to come.
        let today = |hit: &Hit| own.with(Sense::Now).any(|now| now.exceeds(hit));
        let idle =
            |hit: &Hit| is_of_nobody(own, hit) || is_since(own, hit) || is_over(own, hit, sent) || today(hit);
        if sense == Sense::ForATime && own.with(sense).all(idle) && own.has(sense) {
            return subject.quote(sense);
        }
        if sense == Sense::Either && own.with(sense).all(|hit| is_of_two_ways(own, hit)) {
            return subject.quote(sense).or(choice);
        }
        // `Add a second address, in case our server does not answer`.
        if sense == Sense::Incident && own.with(sense).all(|hit| is_beside_second(own, hit)) {
            return subject.quote(sense);
        }
        own.quote(sense).or_else(|| subject.quote(sense)).or(choice)
    };
    let said = |sense| {
        let range = || {
            if sense == Sense::ForATime {
                durations::date_range(own).or_else(|| to_come(own, sent))
            } else {
                None
            }
        };
        said(sense).or_else(range)
    };
    let said = |sense| {
        said(sense).filter(|_| sense != Sense::Elsewhere || refers_elsewhere(subject, own, statement))
    };
    WORDS.into_iter().filter_map(|(sense, about)| Some(Unclear::with(about, [said(sense)?]))).collect()
}

/// `As of 1 November`, in a mail of the 9th: a day that has come when the mail is written. It stands right behind the word, or
/// right before it in a language that puts such words there.
fn is_over(own: &Speech, hit: &Hit, sent: Option<Timestamp>) -> bool {
    const NEAR_CHARS: usize = 4;
    let Some(sent) = sent else { return false };
    let days = days::of(&own.chars);
    let mut here = days.iter().filter(|day| {
        let behind = day.span.end >= hit.span.end && day.span.start <= hit.span.end + NEAR_CHARS;
        let before = day.span.end <= hit.span.start && day.span.end + NEAR_CHARS >= hit.span.start;
        let within = day.span.start < hit.span.end && hit.span.start < day.span.end;
        behind || before || within
    });
    here.next().is_some_and(|day| day.is_past(sent)) && here.all(|day| day.is_past(sent))
}

/// `On 1 December B takes over from A`, `from March on her number will be …`: a day to come, in a sentence that says what
/// happens to somebody, or has a value.
fn to_come(own: &Speech, sent: Option<Timestamp>) -> Option<String> {
    const ACTS: [Sense; 9] = [
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::Replace,
        Sense::Takes,
        Sense::Add,
        Sense::Remove,
        Sense::Change,
    ];
    let sent = sent?;
    let mut days = days::of(&own.chars);
    // `2nd e-mail: a@…`.
    days.retain(|day| {
        !own.with(Sense::SecondEmail)
            .any(|label| label.span.start < day.span.end && day.span.start < label.span.end)
    });
    if !days.iter().any(|day| day.is_to_come(sent)) {
        return None;
    }
    let bounds = sentences::of(own);
    let is_day =
        |span: &Range<usize>| days.iter().any(|day| day.span.start < span.end && span.start < day.span.end);
    let addresses = facts::addresses(&own.chars).into_iter().map(|found| found.span);
    let numbers = facts::numbers(&own.chars).into_iter().map(|found| found.span).filter(|span| !is_day(span));
    let values: Vec<Range<usize>> = addresses.chain(numbers).collect();
    let acts = |day: &&days::Day| {
        let bound = bounds.iter().find(|bound| bound.contains(&day.span.start));
        bound.is_some_and(|bound| {
            own.hits.iter().any(|hit| ACTS.contains(&hit.sense) && bound.contains(&hit.span.start))
                || values.iter().any(|span| bound.contains(&span.start))
        })
    };
    let day = days.iter().filter(|day| day.is_to_come(sent)).find(acts)?;
    Some(own.text(day.span.clone()))
}

/// `Withdrawal from TLD-OPS`: what is taken back is the membership.
fn is_of_the_list(subject: &Speech, hit: &Hit) -> bool {
    const NEAR_CHARS: usize = 16;
    let rest = subject.text(hit.span.end..subject.chars.len()).to_lowercase();
    rest.find("tld-ops").is_some_and(|at| at <= NEAR_CHARS)
}

/// `All present contacts are void`: what is taken back is no mail.
fn is_of_contacts(own: &Speech, hit: &Hit) -> bool {
    const NEAR_CHARS: usize = 2;
    let called = |word: &Hit| matches!(word.sense, Sense::Everyone | Sense::ContactWord);
    // `We wish to withdraw Ann Bee as a contact`.
    let named = || {
        let names = names::find(own, &[]).into_iter().filter(|name| !name.what.weak);
        names.map(|name| name.span.start).any(|start| start == hit.span.end + 1)
    };
    own.hits
        .iter()
        .any(|word| called(word) && (word.span.end..=word.span.end + NEAR_CHARS).contains(&hit.span.start))
        || own.hits.iter().any(|word| called(word) && leads_to(own, hit, word))
        || named()
}

/// `Please discard all the contacts you have`: what is taken back stands right behind the word.
fn leads_to(own: &Speech, hit: &Hit, word: &Hit) -> bool {
    const GAP_CHARS_MAX: usize = 10;
    let gap = own.chars.get(hit.span.end..word.span.start).unwrap_or_default();
    hit.span.end <= word.span.start
        && gap.len() <= GAP_CHARS_MAX
        && gap.iter().all(|c| *c == ' ' || c.is_alphabetic())
}

/// `Please withdraw my request`: who takes a mail back goes nowhere himself. `Withdraw my name` and `withdraw my registration`
/// are left as they are.
pub(super) fn hush_recalled(own: &mut Speech) {
    const NEAR_CHARS: usize = 2;
    const OF_HIMSELF: [Sense; 8] = [
        Sense::Name,
        Sense::ContactWord,
        Sense::Everyone,
        Sense::Email,
        Sense::Phone,
        Sense::Mobile,
        Sense::Add,
        Sense::OnBehalf,
    ];
    let of_himself = |recall: &Hit| {
        own.hits.iter().any(|hit| {
            OF_HIMSELF.contains(&hit.sense)
                && (recall.span.end..=recall.span.end + NEAR_CHARS).contains(&hit.span.start)
        })
    };
    let recalls: Vec<Hit> = own
        .with(Sense::Recall)
        .filter(|hit| !of_himself(hit) && !is_of_contacts(own, hit))
        .cloned()
        .collect();
    let meets = |hit: &Hit| {
        recalls.iter().any(|recall| recall.span.start < hit.span.end && hit.span.start < recall.span.end)
    };
    own.hits.retain(|hit| !matches!(hit.sense, Sense::Remove | Sense::RemoveMe) || !meets(hit));
}

/// `Our contacts for .nl are those that we sent to IANA`: words for contacts of a ccTLD and for a place elsewhere, in a mail that
/// seems to ask for nothing.
pub(super) fn of_what_is_elsewhere(own: &Speech, tlds: &[Tld]) -> Option<Unclear> {
    let said = own.quote(Sense::Elsewhere).filter(|_| own.has(Sense::ContactWord) && !tlds.is_empty())?;
    Some(Unclear::with(About::Elsewhere, [said]))
}

/// Whether something refers to what is not in the mail. `The main contact stays the same as ever` does not.
fn refers_elsewhere(subject: &Speech, own: &Speech, statement: &Statement) -> bool {
    // `Take all of ours off; we shall come back with new ones`: whoever goes needs no details.
    let all_go = own.has(Sense::Remove) && own.has(Sense::Everyone) && !own.has(Sense::Add);
    if all_go && statement.entries.is_empty() {
        return false;
    }
    let of_what_stays = |hit: &Hit| {
        let stays = |other: &Hit| {
            let runs_in = other.span.start < hit.span.start && hit.span.start < other.span.end;
            matches!(other.sense, Sense::Keep | Sense::Unchanged) && runs_in
        };
        own.hits.iter().any(stays)
    };
    // `The number follows later`: what is missing of somebody is asked for.
    let follows =
        |hit: &Hit| own.with(Sense::Later).any(|later| hit.covers(later)) && !own.has(Sense::Change);
    // `Please see our contact below`.
    let below = |hit: &Hit| {
        const NEAR_CHARS: usize = 8;
        let near = hit.span.start..=hit.span.end + NEAR_CHARS;
        own.with(Sense::Below).any(|below| near.contains(&below.span.start))
    };
    // `As agreed with Kim, our contacts: …`; but `the same people that .nl has, and Ann Bee (…)`.
    let likened = |hit: &Hit| {
        let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&hit.span.start));
        bound.is_some_and(|bound| own.with(Sense::Same).any(|same| bound.contains(&same.span.start)))
    };
    let whole = statement.tells_all();
    let harmless = |hit: &Hit| {
        below(hit)
            || (whole && !likened(hit))
            || of_what_stays(hit)
            || is_of_what_goes(own, hit)
            || equalities::is_of_equal_values(own, hit)
            || equalities::is_of_each_tld(own, hit)
            || follows(hit)
    };
    subject.has(Sense::Elsewhere) || own.with(Sense::Elsewhere).any(|hit| !harmless(hit))
}

/// `Delete them from your records`: whence somebody goes is no place to look something up.
fn is_of_what_goes(own: &Speech, hit: &Hit) -> bool {
    let whence = own.with(Sense::FromWord).any(|from| from.span.start == hit.span.start);
    // A sentence may go on in the next line.
    let ends = |at: &usize| {
        let pair = [own.chars.get(*at), own.chars.get(*at + 1)];
        matches!(pair, [Some('.' | '!' | '?'), Some(' ' | '\n')] | [Some('\n'), Some('\n')])
    };
    let start = (0..hit.span.start).rev().find(ends).unwrap_or_default();
    let before = |sense: Sense| own.with(sense).any(|cue| (start..hit.span.start).contains(&cue.span.start));
    whence && before(Sense::Remove) && !before(Sense::Add) && !before(Sense::Replace)
}

/// `Nobody will come in their place for now`: a sentence that says so of no person and no value asks for nothing.
fn is_of_nobody(own: &Speech, hit: &Hit) -> bool {
    const COMES: [Sense; 6] = [
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::New,
    ];
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&hit.span.start));
    bound.is_some_and(|bound| {
        let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
        let chars = own.chars.get(bound.start..bound.end.min(own.chars.len())).unwrap_or_default();
        let acts = inside(Sense::Add) || inside(Sense::Remove) || inside(Sense::Change);
        let bare = facts::addresses(chars).is_empty() && facts::numbers(chars).is_empty();
        inside(Sense::Not) && COMES.into_iter().any(inside) && bare && !acts
    })
}

/// `Since October he no longer works here`, `she has had another number from Monday`: a day from which on something is so,
/// in a sentence that tells how it is and asks for nothing.
fn is_since(own: &Speech, hit: &Hit) -> bool {
    const ACTS: [Sense; 7] = [
        Sense::Add,
        Sense::Remove,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
    ];
    const VALUES: [Sense; 3] = [Sense::Phone, Sense::Mobile, Sense::Email];
    const VALUE_NEAR_CHARS: usize = 16;
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&hit.span.start));
    let since = own.with(Sense::FromADay).any(|from| hit.covers(from));
    since
        && bound.is_some_and(|bound| {
            let inside = |sense: Sense| own.with(sense).any(|hit| bound.contains(&hit.span.start));
            let of_a_value = (inside(Sense::Change) || inside(Sense::New)) && VALUES.into_iter().any(inside);
            let told = inside(Sense::Left) || inside(Sense::Ended) || of_a_value;
            // `He has not been here since October, so please delete him`.
            let goes = |act: &Sense| *act == Sense::Remove && inside(Sense::Left);
            // `My colleague, whom you have listed, has had another mobile from Monday`.
            let of_its_value = own.hits.iter().any(|label| {
                VALUES.contains(&label.sense)
                    && (hit.span.end..hit.span.end + VALUE_NEAR_CHARS).contains(&label.span.start)
            });
            (told && !ACTS.iter().any(|act| inside(*act) && !goes(act))) || (of_a_value && of_its_value)
        })
}

/// Whether a sentence speaks of a second address.
fn is_beside_second(own: &Speech, hit: &Hit) -> bool {
    let bound = sentences::of(own).into_iter().find(|bound| bound.contains(&hit.span.start));
    bound.is_some_and(|bound| own.with(Sense::SecondEmail).any(|hit| bound.contains(&hit.span.start)))
}

/// `She can be reached at ann@… or else at +31 …`: the one address and the one number of a sentence, one on each side.
fn is_of_two_ways(own: &Speech, hit: &Hit) -> bool {
    let Some(bound) = sentences::of(own).into_iter().find(|bound| bound.contains(&hit.span.start)) else {
        return false;
    };
    let within = |start: usize| bound.contains(&start);
    let starts = |spans: Vec<usize>| spans.into_iter().filter(|start| within(*start)).collect::<Vec<usize>>();
    let addresses = starts(facts::addresses(&own.chars).into_iter().map(|found| found.span.start).collect());
    let numbers = starts(facts::numbers(&own.chars).into_iter().map(|found| found.span.start).collect());
    match (addresses.as_slice(), numbers.as_slice()) {
        ([address], [number]) => (*address < hit.span.start) != (*number < hit.span.start),
        _ => false,
    }
}

/// `Ann (ann@…) or Bob (bob@…)`: a word for a choice between what is said of one person and another.
fn choice(own: &Speech) -> Option<String> {
    const NEAR_CHARS: usize = 60;
    let addresses = facts::addresses(&own.chars);
    let numbers = facts::numbers(&own.chars);
    let between = |hit: &&Hit| {
        let before = own.chars.get(..hit.span.start).unwrap_or_default();
        let end = before
            .iter()
            .rposition(|c| !c.is_whitespace() && !matches!(c, ')' | ',' | '）'))
            .map_or(0, |at| at + 1);
        let value = addresses.iter().any(|one| (end..=end + 1).contains(&one.span.end))
            || numbers.iter().any(|one| (end..=end + 1).contains(&one.span.end));
        let next = addresses.iter().find(|one| one.span.start >= hit.span.end);
        let name = next.and_then(|next| own.chars.get(hit.span.end..next.span.start));
        let persons = name.is_some_and(|name| {
            name.len() <= NEAR_CHARS
                && name.iter().filter(|c| is_word(**c)).count() > 2
                && !name.iter().any(|c| matches!(c, '.' | ';'))
        });
        // `He can be reached at +31 … or by e-mail at ann@…`: a label, and nobody's name.
        let known = own.mask(|_| true);
        let labelled = next.is_some_and(|next| {
            let gap = hit.span.end..next.span.start;
            let label = own.hits.iter().any(|hit| {
                matches!(hit.sense, Sense::Email | Sense::SecondEmail) && gap.contains(&hit.span.start)
            });
            label
                && gap.clone().all(|at| {
                    known.get(at).copied().unwrap_or_default()
                        || !own.chars.get(at).is_some_and(|c| is_word(*c))
                })
        });
        value && persons && !labelled
    };
    own.with(Sense::Or).find(between).map(|hit| own.text(hit.span.clone()))
}
