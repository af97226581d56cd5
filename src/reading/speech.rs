//! Speech: a text together with the words that were understood in it.

use std::ops::Range;

use crate::domain::address::Address;
use crate::reading::facts::{self, Found};
use crate::reading::folding::{is_lower, is_word};
use crate::reading::languages::{self, Language, Languages};
use crate::reading::mailboxes;
use crate::reading::place_words;
use crate::reading::words::{self, Hit, Sense, spans_of};

/// Characters of a phrase at the most, as far as it is looked for around a word.
const PHRASE_CHARS_MAX: usize = 64;

/// A text with the words that were understood in it, in the languages that it seems to be written in.
#[derive(Clone, Debug, Default)]
pub(super) struct Speech {
    /// Its characters.
    pub(super) chars: Vec<char>,
    /// The words found in it, in order.
    pub(super) hits: Vec<Hit>,
}

impl Speech {
    /// Reads a text in these languages.
    pub(super) fn of(text: &str, languages: Languages) -> Self {
        let chars = with_leading_dots(text.chars().collect());
        let mut hits = languages.choose(&chars, words::find(&chars));
        drop_foreign_pronouns(&mut hits);
        let addresses = facts::addresses(&chars);
        drop_addressed(&addresses, &mut hits);
        mailboxes::drop_names(&chars, &addresses, &mut hits);
        // `(before: a@…)` is a label with its colon, `(before a@…)` a word.
        hits.retain(|hit| chars.get(hit.span.start) != Some(&'(') || chars.get(hit.span.end) != Some(&':'));
        drop_polite(&mut hits);
        drop_ended(&mut hits);
        drop_new_people(&mut hits);
        drop_idle(&mut hits);
        drop_describing(&chars, &mut hits);
        drop_codes(&chars, &mut hits);
        drop_in_labels(&chars, &mut hits);
        drop_torn(&mut hits);
        drop_exchanged(&chars, &mut hits);
        drop_his_own(&mut hits);
        place_words::drop_days(&chars, &mut hits);
        place_words::tell_former(&chars, &mut hits);
        place_words::lead_to_places(&chars, &mut hits);
        drop_counted(&chars, &mut hits);
        Self { chars, hits }
    }

    /// Whether a word of this sense is in it.
    pub(super) fn has(&self, sense: Sense) -> bool {
        self.hits.iter().any(|hit| hit.sense == sense)
    }

    /// Whether a word of one of these senses is in it.
    pub(super) fn has_any(&self, senses: &[Sense]) -> bool {
        self.hits.iter().any(|hit| senses.contains(&hit.sense))
    }

    /// The words of this sense.
    pub(super) fn with(&self, sense: Sense) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.sense == sense)
    }

    /// The longest phrase of this sense that starts here.
    pub(super) fn at(&self, place: usize, sense: Sense) -> Option<&Hit> {
        self.with(sense).filter(|hit| hit.span.start == place).max_by_key(|hit| hit.span.end)
    }

    /// A stretch of it as text.
    pub(super) fn text(&self, span: Range<usize>) -> String {
        self.chars.get(span).unwrap_or_default().iter().collect()
    }

    /// A stretch of it with the words that lie within it, as a text of its own.
    pub(super) fn part(&self, span: &Range<usize>) -> Self {
        let end = span.end.min(self.chars.len());
        let chars = self.chars.get(span.start..end).unwrap_or_default().to_vec();
        let within = self.hits.iter().filter(|hit| span.start <= hit.span.start && hit.span.end <= end);
        let moved = |hit: &Hit| Hit {
            span: hit.span.start - span.start..hit.span.end - span.start,
            reach: hit.reach.min(end) - span.start,
            ..hit.clone()
        };
        Self { chars, hits: within.map(moved).collect() }
    }

    /// The first phrase of this sense, as written.
    pub(super) fn quote(&self, sense: Sense) -> Option<String> {
        // `Until now` is no time to come: a longer phrase that says nothing takes the shorter one in.
        let harmless = |hit: &&Hit| {
            self.hits.iter().any(|other| {
                matches!(other.sense, Sense::Stop | Sense::Vocabulary | Sense::Now | Sense::Left)
                    && other.exceeds(hit)
            })
        };
        self.with(sense).find(|hit| !harmless(hit)).map(|hit| self.text(hit.span.clone()))
    }

    /// Which characters stand in a word of one of these senses.
    pub(super) fn mask(&self, counts: impl Fn(&Hit) -> bool) -> Vec<bool> {
        let mut mask = vec![false; self.chars.len()];
        for hit in self.hits.iter().filter(|hit| counts(hit)) {
            for place in hit.span.clone() {
                if let Some(covered) = mask.get_mut(place) {
                    *covered = true;
                }
            }
        }
        mask
    }

    /// How many letters and digits there are, and how many of them this mask covers.
    pub(super) fn share(&self, mask: &[bool]) -> (usize, usize) {
        let words = self.chars.iter().zip(mask).filter(|(c, _)| is_word(**c));
        words.fold((0, 0), |(all, covered), (_, masked)| (all + 1, covered + usize::from(*masked)))
    }
}

/// Keeps those words for which it says so.
fn keep(hits: &mut Vec<Hit>, kept: Vec<bool>) {
    let mut kept = kept.into_iter();
    hits.retain(|_| kept.next().unwrap_or(true));
}

/// `من` is `of` in Arabic and `I` in Persian: a word for the writer counts in none of the languages of which the text has much
/// less than of another that has the same word for something else.
fn drop_foreign_pronouns(hits: &mut Vec<Hit>) {
    let share = |language: Language| -> usize {
        let own = hits.iter().filter(|hit| hit.language == language && hit.sense != Sense::Me);
        own.map(|hit| hit.span.len()).sum()
    };
    let foreign = |me: &Hit| {
        let others = hits.iter().filter(|hit| hit.span == me.span && hit.language != me.language);
        let mut others = others.filter(|hit| hit.sense == Sense::Stop);
        me.sense == Sense::Me && others.any(|other| share(other.language) > share(me.language))
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !foreign(hit)).collect();
    keep(hits, kept);
}

/// `連絡先2名分`, `联系人2位`: a number with a word for persons behind it counts them, and names no place.
fn drop_counted(chars: &[char], hits: &mut Vec<Hit>) {
    let counted = |hit: &Hit| {
        let ends_in_digit =
            hit.span.end.checked_sub(1).and_then(|last| chars.get(last)).is_some_and(char::is_ascii_digit);
        let behind = chars.get(hit.span.end..).unwrap_or_default();
        ends_in_digit
            && matches!(behind, ['名' | '人' | '位' | '件' | '個' | '个' | '명' | '분' | '개', ..])
            && !matches!(behind.get(1), Some('目' | '째'))
    };
    hits.retain(|hit| !(matches!(hit.sense, Sense::First | Sense::Second | Sense::Third) && counted(hit)));
}

/// `Ann Bee (a@nic-registro.example)`: what an address is made of says of nobody what is to happen to him.
fn drop_addressed(addresses: &[Found<Address>], hits: &mut Vec<Hit>) {
    const ACTS: [Sense; 21] = [
        Sense::Add,
        Sense::Remove,
        Sense::Change,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::Left,
        Sense::Keep,
        Sense::Slot,
        Sense::Takes,
        Sense::Renamed,
        Sense::Legal,
        Sense::Complaint,
        Sense::Incident,
        Sense::Delegation,
        Sense::Recall,
        Sense::ForATime,
        Sense::FromADay,
        Sense::Steer,
    ];
    let spans: Vec<Range<usize>> = addresses.iter().map(|one| one.span.clone()).collect();
    drop_within(hits, &ACTS, &spans);
}

/// Drops words of these senses that lie within one of these stretches.
fn drop_within(hits: &mut Vec<Hit>, senses: &[Sense], spans: &[Range<usize>]) {
    let within =
        |hit: &Hit| spans.iter().any(|span| span.start <= hit.span.start && hit.span.end <= span.end);
    hits.retain(|hit| !senses.contains(&hit.sense) || !within(hit));
}

/// `Por favor` leads to nothing: a word that leads from or to a value says nothing within a polite phrase.
fn drop_polite(hits: &mut Vec<Hit>) {
    let polite: Vec<Hit> = hits
        .iter()
        .filter(|hit| matches!(hit.sense, Sense::ThisOne | Sense::Greeting | Sense::Closing | Sense::Thanks))
        .cloned()
        .collect();
    let leads = |hit: &Hit| matches!(hit.sense, Sense::ToWord | Sense::FromWord);
    hits.retain(|hit| {
        !(leads(hit) && polite.iter().any(|other| other.language == hit.language && other.exceeds(hit)))
    });
}

/// `No longer valid` says that something has ended, and nothing of a time or an attack.
fn drop_ended(hits: &mut Vec<Hit>) {
    const ALARMS: [Sense; 5] =
        [Sense::ForATime, Sense::FromADay, Sense::Later, Sense::Recall, Sense::Incident];
    let ended = spans_of(hits, &[Sense::Ended]);
    drop_within(hits, &ALARMS, &ended);
}

/// `Further information` adds nobody: a longer phrase of everyday words takes in the word for adding in it.
fn drop_idle(hits: &mut Vec<Hit>) {
    let everyday: Vec<(Range<usize>, Language)> = hits
        .iter()
        .filter(|hit| hit.sense == Sense::Vocabulary)
        .map(|hit| (hit.span.clone(), hit.language))
        .collect();
    // They are in the order in which they start, and only few start so near before a word that they reach it.
    let idle = |hit: &Hit| {
        let until = everyday.partition_point(|(span, _)| span.start <= hit.span.start);
        let before = everyday.get(..until).unwrap_or_default().iter().rev();
        let mut near = before.take_while(|(span, _)| span.start + PHRASE_CHARS_MAX >= hit.span.start);
        hit.sense == Sense::Add
            && near.any(|(span, language)| {
                *language == hit.language && span.end >= hit.span.end && *span != hit.span
            })
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !idle(hit)).collect();
    keep(hits, kept);
}

/// `We have a new engineer`: what somebody has that is new changes nothing of him where it is a person.
fn drop_new_people(hits: &mut Vec<Hit>) {
    let new = spans_of(hits, &[Sense::New]);
    let people = spans_of(hits, &[Sense::Titles, Sense::ContactWord, Sense::Position]);
    let values = spans_of(
        hits,
        &[Sense::Email, Sense::SecondEmail, Sense::Phone, Sense::Mobile, Sense::Name, Sense::LastName],
    );
    let follows = |spans: &[Range<usize>], end: usize| spans.iter().any(|span| span.start == end + 1);
    let of_a_person = |hit: &Hit| {
        let ends = hit.span.end;
        hit.sense == Sense::Change
            && new.iter().any(|new| new.end == ends && new.start > hit.span.start)
            && follows(&people, ends)
            && !follows(&values, ends)
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !of_a_person(hit)).collect();
    keep(hits, kept);
}

/// `Supprimer tous les contacts enregistrés`: a word for adding right behind one for contacts that are to go says which they are,
/// in languages that put such words there, where nobody is named in between.
fn drop_describing(chars: &[char], hits: &mut Vec<Hit>) {
    const LANGUAGES: [&str; 7] = ["fr", "es", "pt", "it", "ca", "gl", "ro"];
    let contacts = spans_of(hits, &[Sense::ContactWord, Sense::Everyone]);
    let goes = spans_of(hits, &[Sense::Remove]);
    let describes = |add: &Hit| {
        let romance = add.language.code().is_some_and(|code| LANGUAGES.contains(&code));
        let behind = contacts.iter().any(|contact| contact.end + 1 == add.span.start);
        let in_one_sentence = |gap: &[char]| {
            !gap.iter().any(|c| c.is_uppercase() || matches!(c, '.' | ',' | '@' | '\n' | '!' | '?' | ';'))
        };
        let removed =
            || goes.iter().filter_map(|remove| chars.get(remove.end..add.span.start)).any(in_one_sentence);
        romance && add.sense == Sense::Add && behind && removed()
    };
    let kept: Vec<bool> = hits.iter().map(|hit| !describes(hit)).collect();
    keep(hits, kept);
}

/// `Contact de remplacement : Ann Bee`, `andra e-post: a@…`: a word for a place or a value that is, or ends, a label says of
/// nobody that he comes or goes, and of nothing that it changes.
fn drop_in_labels(chars: &[char], hits: &mut Vec<Hit>) {
    const LABELS: [Sense; 7] = [
        Sense::First,
        Sense::Second,
        Sense::Third,
        Sense::Email,
        Sense::SecondEmail,
        Sense::Phone,
        Sense::Mobile,
    ];
    const ACTS: [Sense; 13] = [
        Sense::Old,
        Sense::Add,
        Sense::Remove,
        Sense::Change,
        Sense::Replace,
        Sense::Replaces,
        Sense::ReplacedBy,
        Sense::InsteadOf,
        Sense::InsteadAfter,
        Sense::InMyPlace,
        Sense::Left,
        Sense::OnBehalf,
        Sense::ForATime,
    ];
    let labels = |place: &Range<usize>| {
        let sign = chars.get(place.end..).unwrap_or_default().iter().find(|c| !matches!(c, ' ' | ')' | '*'));
        sign.is_none_or(|c| matches!(c, ':' | '：' | '\n'))
    };
    let mut spans = spans_of(hits, &LABELS);
    spans.retain(labels);
    drop_within(hits, &ACTS, &spans);
}

/// `.gl`, which is no Danish `gl.` for what is old: the two letters behind a dot that begins a word are a code, and no word.
fn drop_codes(chars: &[char], hits: &mut Vec<Hit>) {
    const CODE_CHARS: usize = 2;
    let code = |hit: &Hit| {
        let before = |back: usize| hit.span.start.checked_sub(back).and_then(|at| chars.get(at));
        let code = chars.get(hit.span.clone()).unwrap_or_default();
        code.len() == CODE_CHARS
            && code.iter().all(char::is_ascii_alphabetic)
            && before(1) == Some(&'.')
            && before(2).is_none_or(|c| !is_word(*c) && *c != '.')
            && chars.get(hit.span.end).is_none_or(|c| !is_word(*c))
    };
    // What such a word says is no matter; that it is a word tells how much of a text is understood.
    let idle = |hit: &Hit| matches!(hit.sense, Sense::Stop | Sense::Vocabulary);
    hits.retain(|hit| idle(hit) || !code(hit));
}

/// `電話番号に変更はございません`, the number does not change: `に変更`, changed to, is torn out of it.
fn drop_torn(hits: &mut Vec<Hit>) {
    let unchanged: Vec<Hit> = hits.iter().filter(|hit| hit.sense == Sense::Unchanged).cloned().collect();
    let torn = |hit: &Hit| {
        unchanged.iter().any(|whole| {
            whole.language == hit.language
                && hit.span.start < whole.span.start
                && whole.span.start < hit.span.end
                && hit.span.end < whole.span.end
        })
    };
    hits.retain(|hit| !matches!(hit.sense, Sense::ReplacedBy | Sense::ToWord) || !torn(hit));
}

/// `I have taken over from Bob`: who comes is the writer, and not whoever is named next.
fn drop_his_own(hits: &mut Vec<Hit>) {
    let succeeds: Vec<Hit> = hits.iter().filter(|hit| hit.sense == Sense::Succeeds).cloned().collect();
    let meets = |hit: &Hit| {
        succeeds.iter().any(|one| {
            one.language == hit.language && one.span.start < hit.span.end && hit.span.start < one.reach
        })
    };
    hits.retain(|hit| hit.sense != Sense::Replaces || !meets(hit));
}

/// `Please swap our two contacts`: who is called so behind a word for an exchange is there already.
fn drop_exchanged(chars: &[char], hits: &mut Vec<Hit>) {
    const GAP_CHARS: usize = 16;
    let swaps = spans_of(hits, &[Sense::Swap]);
    let object = |add: &Hit| {
        let gaps = swaps.iter().filter_map(|swap| chars.get(swap.end..add.span.start));
        gaps.into_iter().any(|gap| is_lower(gap, GAP_CHARS))
    };
    let kept: Vec<bool> = hits.iter().map(|hit| hit.sense != Sense::Add || !object(hit)).collect();
    keep(hits, kept);
}

/// `در فهرست ir. به`: between words that run from right to left a code in Latin letters is often typed with its dot on the
/// other side, where it is seen. It is put before the code.
fn with_leading_dots(mut chars: Vec<char>) -> Vec<char> {
    let blank = |place: Option<usize>, chars: &[char]| {
        place.and_then(|place| chars.get(place)).is_none_or(|c| c.is_whitespace())
    };
    for place in 0..chars.len().saturating_sub(2) {
        let code = matches!(chars.get(place..place + 3), Some([a, b, '.']) if a.is_ascii_lowercase() && b.is_ascii_lowercase());
        if !code || !blank(place.checked_sub(1), &chars) || !blank(Some(place + 3), &chars) {
            continue;
        }
        let before = chars.get(..place).unwrap_or_default().iter().rev().find(|c| c.is_alphabetic());
        let after = chars.get(place + 3..).unwrap_or_default().iter().find(|c| c.is_alphabetic());
        if before.is_some_and(|c| runs_left(*c)) && after.is_none_or(|c| runs_left(*c)) {
            chars.swap(place, place + 2);
            chars.swap(place + 1, place + 2);
        }
    }
    chars
}

/// Letters of Hebrew, and of the languages that are written in Arabic script.
fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

/// Whether a negation stands right before a word.
pub(super) fn is_negated(speech: &Speech, cue: &Hit) -> bool {
    let before = |not: &Hit| not.span.end < cue.span.start && cue.span.start - not.span.end <= 1;
    speech.with(Sense::Not).any(before)
}

/// The languages that a text seems to be written in, and the likeliest.
pub(super) fn languages_of(text: &str) -> (Languages, Option<Language>) {
    let chars: Vec<char> = text.chars().collect();
    // What addresses are made of, as `backup@mail.example`, tells nothing of the language.
    let addresses = facts::addresses(&chars);
    let inside = |hit: &Hit| addresses.iter().any(|one| one.span.contains(&hit.span.start));
    let mut hits = words::find(&chars);
    hits.retain(|hit| !inside(hit));
    languages::seeming(&chars, &hits)
}
