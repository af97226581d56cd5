//! Changes written as such: `old -> new`, blocks of before and after, and lines with `-` and `+` in front of them.

use crate::domain::address::Address;
use crate::reading::belonging::resembles;
use crate::reading::entry::{Entry, Number, Role};
use crate::reading::facts::digits;
use crate::reading::folding::folded;
use crate::reading::lines::Line;
use crate::reading::sameness::shares_a_word;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// What leads from a former value to the one in its place.
const ARROWS: [&str; 12] = ["-->", "==>", "->", "=>", "→", "⇒", "➔", "➜", "➡", "⟶", "►", "⟹"];
/// Lines that a set of changed lines has at the most: contacts of a ccTLD are three, and a ccTLD has few neighbours.
const CHANGED_LINES_MAX: usize = 60;

/// Where an arrow stands in a text, and how long it is.
pub(super) fn arrow(chars: &[char]) -> Option<(usize, usize)> {
    ARROWS.iter().find_map(|arrow| {
        let arrow: Vec<char> = arrow.chars().collect();
        chars.windows(arrow.len()).position(|part| part == arrow.as_slice()).map(|place| (place, arrow.len()))
    })
}

/// Makes one change of a person who stands there twice, as he was and as he is to be. Returns those who were.
pub(super) fn pair(entries: &mut Vec<Entry>) -> Vec<Entry> {
    let mut former = Vec::new();
    let mut place = 0;
    while let Some(old) = entries.get(place) {
        let is_his = |new: &Entry| new.role == Role::New && is_same(old, new) && old.tlds == new.tlds;
        let mut his = entries.iter().enumerate().filter(|(_, new)| is_his(new)).map(|(number, _)| number);
        if old.role == Role::Old
            && let (Some(number), None) = (his.next(), his.next())
        {
            let old = old.clone();
            if let Some(new) = entries.get_mut(number) {
                become_change(new, &old);
            }
            former.push(entries.remove(place));
        } else {
            place += 1;
        }
    }
    former
}

/// `The details of A have changed:` and below it columns of what was and of what is, without a name: one change, of A.
/// Returns what was.
pub(super) fn of_the_named(entries: &mut Vec<Entry>) -> Option<Entry> {
    let bare = |entry: &Entry| entry.name.is_some() && !entry.has_contact_data() && entry.role != Role::Keep;
    let nameless =
        |entry: &Entry, role: Role| entry.name.is_none() && entry.role == role && entry.has_contact_data();
    let one = |test: &dyn Fn(&Entry) -> bool| {
        let mut found = entries.iter().enumerate().filter(|(_, entry)| test(entry)).map(|(place, _)| place);
        found.next().filter(|_| found.next().is_none())
    };
    let places =
        (one(&bare), one(&|entry| nameless(entry, Role::Old)), one(&|entry| nameless(entry, Role::New)));
    let (Some(_), Some(old), Some(new)) = places else { return None };
    let was = entries.get(old).filter(|_| entries.len() == 3).cloned()?;
    become_change(entries.get_mut(new)?, &was);
    entries.remove(old);
    // Whose they are stands before them.
    entries.sort_by_key(|entry| entry.name.is_none());
    Some(was)
}

/// Two persons of whom one seems to come in the other's place, each with a place of his own and without a number: it is
/// their places that are exchanged.
pub(super) fn exchange_places(entries: &mut [Entry], own: &Speech) {
    keep_their_places(entries);
    keep_swapped(entries, own);
}

fn keep_their_places(entries: &mut [Entry]) {
    let [first, second] = entries else { return };
    let moves = |entry: &Entry| {
        entry.rank.is_some()
            && entry.phones.is_empty()
            && matches!(entry.role, Role::Old | Role::New | Role::Change)
    };
    if moves(first) && moves(second) && first.rank != second.rank {
        first.role = Role::Change;
        second.role = Role::Change;
    }
}

/// `Ann Bee and Bob Lee exchange their places`: neither comes, and neither goes.
fn keep_swapped(entries: &mut [Entry], own: &Speech) {
    let [first, second] = entries else { return };
    let there = |entry: &Entry| {
        entry.phones.is_empty()
            && entry.second.is_none()
            && entry.former_email.is_none()
            && !matches!(entry.role, Role::Remove | Role::Keep)
    };
    if own.has(Sense::Swap) && there(first) && there(second) {
        first.role = Role::Change;
        second.role = Role::Change;
    }
}

/// Makes one person of two where an address without a name is made of the other's: `my address has changed: a@… goes, b@…
/// comes`.
pub(super) fn readdress(entries: &mut Vec<Entry>, own: &Speech) {
    let [first, second] = entries.as_slice() else { return };
    let bare = |entry: &Entry| {
        entry.name.is_none() && entry.emails.len() == 1 && entry.second.is_none() && entry.phones.is_empty()
    };
    let place = match (bare(first), bare(second)) {
        (true, false) => 0,
        (false, true) => 1,
        _ => return,
    };
    let (Some(nameless), Some(named)) = (entries.get(place).cloned(), entries.get(1 - place).cloned()) else {
        return;
    };
    let his = |email: &Address| named.name.as_ref().is_some_and(|name| resembles(name, email));
    let told = own.has(Sense::Email) && own.has_any(&[Sense::Change, Sense::New, Sense::Old]);
    if !told || !named.phones.is_empty() || !nameless.emails.iter().all(his) {
        return;
    }
    let mut whole = named;
    if whole.emails.is_empty() && whole.former_email.is_some() {
        whole.emails.clone_from(&nameless.emails);
    } else if whole.former_email.is_none() && matches!(nameless.role, Role::Remove | Role::Old) {
        whole.former_email = nameless.emails.first().cloned();
    } else {
        return;
    }
    whole.role = Role::Change;
    whole.value_changes = true;
    *entries = vec![whole];
}

/// Makes one person of two who share a word of their names, where the mail says that a name changes: who is named later has
/// the new name, unless one is said to stand in the other's place. Says whether it did.
pub(super) fn rename(entries: &mut Vec<Entry>, role: Role, own: &Speech) -> bool {
    let named = own.has_any(&[Sense::LastName, Sense::Name]) && role == Role::Change;
    if !named && !own.has(Sense::Renamed) {
        return false;
    }
    let mut joined = with_kept_address(entries);
    let is_renamed = rename_pair(&mut joined, own);
    if is_renamed {
        *entries = joined;
    }
    is_renamed
}

/// `Ann Bee is Ann Lee now. Her address a@… stays`: an address beside two names that have none is theirs. It may have been
/// given the new name already.
fn with_kept_address(entries: &[Entry]) -> Vec<Entry> {
    let [first, second, kept] = entries else { return entries.to_vec() };
    let bare = kept.emails.len() == 1
        && kept.phones.is_empty()
        && kept.second.is_none()
        && matches!(kept.role, Role::Unsaid | Role::Keep | Role::Change)
        && (kept.name.is_none() || kept.name == second.name);
    let open = |entry: &Entry| entry.name.is_some() && entry.emails.is_empty();
    if !(bare && open(first) && open(second)) {
        return entries.to_vec();
    }
    let second = Entry { emails: kept.emails.clone(), ..second.clone() };
    vec![first.clone(), second]
}

fn rename_pair(entries: &mut Vec<Entry>, own: &Speech) -> bool {
    let [first, second] = entries.as_mut_slice() else { return false };
    let roles = [first.role, second.role];
    let replaced = [Role::New, Role::Old] == roles || [Role::Old, Role::New] == roles;
    if replaced && roles == [Role::New, Role::Old] {
        std::mem::swap(first, second);
    }
    // A surname in another's place is one person's.
    let replaced = replaced && own.has_any(&[Sense::LastName, Sense::Renamed]);
    let shared =
        shares_a_word(first.name.as_deref().unwrap_or_default(), second.name.as_deref().unwrap_or_default());
    let renamed = |entry: &Entry| {
        (matches!(entry.role, Role::Unsaid | Role::Change) || replaced)
            && entry.phones.is_empty()
            && entry.emails.len() <= 1
    };
    if !shared || !renamed(first) || !renamed(second) {
        return false;
    }
    let is_the_other_way_round = match (first.emails.first(), second.emails.first(), &second.name) {
        (Some(former), Some(new), Some(name)) => words_in(name, former) > words_in(name, new),
        _ => false,
    };
    if is_the_other_way_round {
        std::mem::swap(&mut first.emails, &mut second.emails);
    }
    let former = first.emails.first().or(first.former_email.as_ref()).cloned();
    if second.emails.is_empty() {
        second.emails.extend(former);
    } else {
        let former = former.filter(|former| !second.emails.contains(former));
        second.former_email = former.or(second.former_email.take());
    }
    second.former_name = first.name.take();
    second.role = Role::Change;
    second.value_changes = true;
    entries.remove(0);
    true
}

/// How many words of a name stand in an address.
fn words_in(name: &str, email: &Address) -> usize {
    let local: String = email.local().chars().map(folded).collect();
    let words = name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.filter(|word| local.contains(&word.chars().map(folded).collect::<String>())).count()
}

/// The same address, or the same name.
fn is_same(old: &Entry, new: &Entry) -> bool {
    let name = |entry: &Entry| entry.name.as_ref().map(|name| name.to_lowercase());
    let named = name(old).is_some() && name(old) == name(new);
    named || old.emails.iter().any(|email| new.emails.contains(email))
}

/// Leaves of the new details what differs from the old ones, and who it is.
fn become_change(new: &mut Entry, old: &Entry) {
    new.role = Role::Change;
    new.value_changes = true;
    // Who has another name and the same address has married, or somebody took over his mailbox.
    let name = |entry: &Entry| entry.name.as_ref().map(|name| name.to_lowercase());
    new.contradicts |= old.name.is_some() && new.name.is_some() && name(old) != name(new);
    let former =
        |phone: &Number| old.phones.iter().any(|known| digits(&known.written) == digits(&phone.written));
    new.phones.retain(|phone| !former(phone));
    if new.second == old.second && new.emails.get(1) == old.emails.get(1) {
        new.second = None;
        new.emails.truncate(1);
    }
    match (old.emails.first(), new.emails.first()) {
        (Some(before), Some(after)) if before != after => new.former_email = Some(before.clone()),
        (Some(before), None) => new.emails.push(before.clone()),
        _ => {}
    }
    if new.rank == old.rank {
        new.rank = None;
    }
}

/// Lines of a set of changes as `diff` writes them: what goes, what comes, and how many lines it takes.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// The lines with `-` in front.
    pub(super) old: Vec<Line>,
    /// The lines with `+` in front.
    pub(super) new: Vec<Line>,
    /// The lines that stay as they are.
    pub(super) same: Vec<Line>,
    /// How many lines the whole takes.
    pub(super) taken: usize,
}

/// Reads changed lines that start here: behind `---` and `+++`, or a block in which lines that go and lines that come
/// stand together. What stands between them unchanged is no request.
pub(super) fn of_lines(lines: &[&Line]) -> Option<Changed> {
    let text = |place: usize| lines.get(place).map(|line| line.text.as_str());
    let headed = text(0).is_some_and(|line| line.starts_with("--- "))
        && text(1).is_some_and(|line| line.starts_with("+++ "));
    let mut changed = Changed { taken: if headed { 2 } else { 0 }, ..Changed::default() };
    while let Some(line) = lines.get(changed.taken).filter(|_| changed.taken < CHANGED_LINES_MAX) {
        let hunk =
            line.text.starts_with("@@ ") || line.text.starts_with("diff ") || line.text.starts_with("index ");
        let inner = |rest: &str| Line { depth: line.depth, ..Line::new(rest.trim_start()) };
        if let Some(rest) = sign_of(&line.text, '-') {
            changed.old.push(inner(rest));
        } else if let Some(rest) = sign_of(&line.text, '+') {
            changed.new.push(inner(rest));
        } else if is_unchanged(&line.text) {
            changed.same.push(inner(&line.text));
        } else if !hunk {
            break;
        }
        changed.taken += 1;
    }
    let has_value =
        |lines: &[Line]| lines.iter().any(|line| line.text.contains('@') || is_numbers(&line.text));
    // A block starts with a changed line, or with one that stays, set back by one space as those of `diff` are.
    let starts = text(0).is_some_and(|line| is_signed(line) || (is_unchanged(line) && line.contains('@')));
    let certain = headed || (has_value(&changed.old) && has_value(&changed.new) && starts);
    (certain && (has_value(&changed.old) || has_value(&changed.new))).then_some(changed)
}

/// Whether a line has enough digits for a phone number.
fn is_numbers(line: &str) -> bool {
    const DIGITS_MIN: usize = 7;
    line.chars().filter(char::is_ascii_digit).count() >= DIGITS_MIN
}

/// Whether a line among changed ones stays: set back by one space, or a line of the repository that lost it in HTML.
fn is_unchanged(line: &str) -> bool {
    let listed = line.starts_with('"') && line.contains('@');
    (line.starts_with(' ') && !line.trim().is_empty()) || listed
}

fn is_signed(line: &str) -> bool {
    sign_of(line, '-').is_some() || sign_of(line, '+').is_some()
}

/// The rest of a line behind its sign. A number may start with a plus too.
fn sign_of(line: &str, sign: char) -> Option<&str> {
    let rest = line.strip_prefix(sign)?;
    let number = sign == '+' && rest.starts_with(|c: char| c.is_ascii_digit());
    let rule = rest.starts_with(sign);
    (!number && !rule && !rest.trim().is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{arrow, of_lines};
    use crate::reading::lines::Line;

    #[track_caller]
    fn check(text: &str, want: Option<(usize, usize, usize)>) {
        let lines: Vec<Line> = text.lines().map(Line::new).collect();
        let found = of_lines(&lines.iter().collect::<Vec<_>>());
        assert_eq!(found.map(|found| (found.old.len(), found.new.len(), found.taken)), want, "{text}");
    }

    #[test]
    fn changed_lines_are_told_from_lists() {
        check("--- a\n+++ b\n@@ -1 +1 @@\n x@b\n-a@b\n+c@d\n\nThanks", Some((1, 1, 6)));
        check("- a@b\n+ c@d", Some((1, 1, 2)));
        check(" x@b\n-a@b\n+c@d", Some((1, 1, 3)));
        check(" x@b\n y@b", None);
        check("\"X, #1, .nl, 1\" x@b\n-\"A, #2, .nl, 2\" a@b\n+\"C, #2, .nl, 3\" c@d", Some((1, 1, 3)));
        check("- +31 6 2247 9105\n+ +31 6 2247 9106", Some((1, 1, 2)));
        check("- a@b\n- c@d", None);
        check("- a@b\n+31 6 2247 9105", None);
        check("+ a@b\n+ c@d", None);
    }

    #[test]
    fn arrows_are_found() {
        let find = |text: &str| arrow(&text.chars().collect::<Vec<_>>());
        assert_eq!(find("a -> b"), Some((2, 2)));
        assert_eq!(find("a → b"), Some((2, 1)));
        assert_eq!(find("a - b"), None);
    }
}
