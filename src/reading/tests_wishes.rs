//! Wishes that name no new value: a detail that goes, two places that are exchanged.

use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Roster;
use crate::domain::request::Reading;
use crate::reading::letter::Letter;
use crate::reading::{Context, understand};

fn read(text: &str) -> Reading {
    let known = KnownTlds::built_in();
    let mailboxes = ["tld-ops-admin@ops.example".parse().unwrap()];
    let roster = Roster::default();
    let context = Context { known: &known, roster: &roster, mailboxes: &mailboxes, secretariat: &[] };
    let head = "From: <admin@nic-nl.example>\r\nTo: tld-ops-admin@ops.example\r\nSubject: .nl\r\nContent-Type: text/plain; charset=utf-8\r\n";
    understand(&Letter::read(format!("{head}\r\n{text}\r\n").as_bytes()).unwrap(), &context)
}

/// What is asked for, as `change name former-value drops`, or why it is held.
#[track_caller]
fn check(text: &str, want: &str) {
    let reading = read(text);
    let requests = reading.requests.iter();
    let contacts = requests.flat_map(|request| &request.contacts).map(|one| {
        let dropped = if one.drops.is_empty() { "" } else { " drops" };
        let former = one.replaces.as_deref().map(|former| format!(" {former}")).unwrap_or_default();
        format!("{:?} {}{former}{dropped}", one.change, one.name.as_deref().unwrap_or("?"))
    });
    let mut got: Vec<String> = contacts.collect();
    let swaps = reading.requests.iter().filter_map(|request| request.swaps);
    got.extend(swaps.map(|[one, other]| format!("{one} and {other}")));
    got.extend(reading.doubts.iter().map(|doubt| format!("? {}", doubt.about.word())));
    assert_eq!(got.join("; "), want, "{text}");
}

#[test]
fn a_second_address_goes_and_its_owner_stays() {
    let plain = "Modify Joost Terpstra drops";
    for text in [
        "Please remove the second address of Joost Terpstra for .nl.",
        "Please remove the second address of Joost Terpstra (joost@nic-nl.example) for .nl.",
        "Veuillez supprimer la deuxième adresse de Joost Terpstra pour .nl.",
        "Por favor eliminen la segunda dirección de correo de Joost Terpstra para .nl.",
        "Просим удалить второй адрес электронной почты Joost Terpstra для .nl.",
        "يرجى حذف عنوان البريد الإلكتروني الثاني لـ Joost Terpstra للنطاق .nl",
        "请删除 .nl 联系人 Joost Terpstra 的第二个邮箱地址。",
        "Die zweite Adresse von Joost Terpstra für .nl bitte löschen.",
    ] {
        check(text, plain);
    }
    let named = "Modify Joost Terpstra joost@home.example drops";
    check("Please delete the second address joost@home.example of Joost Terpstra for .nl.", named);
    check("For .nl: please remove Joost Terpstra's second e-mail address joost@home.example.", named);
}

#[test]
fn who_goes_with_his_second_address_goes() {
    check("Please remove Ann Bee, second address ann@home.example, from .nl.", "Remove Ann Bee");
}

#[test]
fn two_persons_in_one_sentence_are_a_doubt() {
    let text = "Please remove the second address of Joost Terpstra and the one of Anna Visser for .nl.";
    assert!(read(text).hold);
}

#[test]
fn a_number_behind_a_dropped_address_is_not_lost() {
    let text =
        "Please delete the second address of Joost Terpstra for .nl. His new phone is +31 6 2247 9999.";
    let reading = read(text);
    let phone = reading.requests[0].contacts[0].phone.as_ref().map(ToString::to_string);
    assert_eq!(phone.as_deref(), Some("+31622479999"));
    check(text, "Modify Joost Terpstra drops");
}

#[test]
fn two_places_are_exchanged_without_a_name() {
    for text in [
        "Please swap the first and second contact of .nl.",
        "The primary and the secondary contact of .nl should change places.",
        "Merci d'échanger le premier et le deuxième contact de .nl.",
        "Merci d'intervertir le contact principal et le contact secondaire de .nl.",
        "Por favor intercambien el primer y el segundo contacto de .nl.",
        "Просим поменять местами первое и второе контактное лицо .nl.",
        "Просим поменять местами первого и второго контакта .nl.",
        "يرجى تبديل جهة الاتصال الأولى والثانية للنطاق .nl",
        "请将 .nl 的第一联系人和第二联系人互换。",
        "請將 .nl 的第一聯絡人與第二聯絡人對調。",
    ] {
        check(text, "#1 and #2");
    }
    check("Please swap the second and third contact of .nl.", "#2 and #3");
}

#[test]
fn an_exchange_that_is_not_plain_is_asked_about() {
    for text in [
        "Please swap the contacts of .nl.",
        "Please swap the first, second and third contact of .nl.",
        "Please do not swap the first and second contact of .nl.",
        "How can we swap the first and second contact of .nl?",
    ] {
        let reading = read(text);
        assert!(reading.requests.iter().all(|request| request.swaps.is_none()), "{text}");
    }
}
