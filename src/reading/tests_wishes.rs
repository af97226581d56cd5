//! Wishes that name no new value: a detail that goes, two places that are exchanged.

use crate::domain::cctlds::KnownTlds;
use crate::domain::contact::Roster;
use crate::domain::request::{Kind, Reading};
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

#[test]
fn others_who_are_right_stay() {
    for text in [
        "Please replace the mobile of Ann Bee (ann@nic-nl.example) with +31 6 2247 9999. The rest is right.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. The rest is right.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. All other details are still right.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. The other contacts stay as they are.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. The others remain.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. The other two are correct.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. Please keep all the others.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. Leave the rest as it is.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. Everything else is fine.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. The rest should not be deleted.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. Do not remove the other contacts.",
        "Please add Ann Bee, ann@nic-nl.example, +31 6 2247 9999 to .nl. All other contacts are up to date.",
        "Veuillez ajouter Ann Bee, ann@nic-nl.example, +31 6 2247 9999 pour .nl. Le reste est correct.",
        "Veuillez ajouter Ann Bee, ann@nic-nl.example, +31 6 2247 9999 pour .nl. Les autres contacts restent inchangés.",
        "Veuillez ajouter Ann Bee, ann@nic-nl.example, +31 6 2247 9999 pour .nl. Tous les autres contacts sont toujours valables.",
        "Por favor añadan a Ann Bee, ann@nic-nl.example, +31 6 2247 9999 para .nl. El resto es correcto.",
        "Por favor añadan a Ann Bee, ann@nic-nl.example, +31 6 2247 9999 para .nl. Los demás contactos siguen siendo correctos.",
        "Por favor añadan a Ann Bee, ann@nic-nl.example, +31 6 2247 9999 para .nl. Todos los demás contactos están bien.",
        "Bitte nehmen Sie Ann Bee, ann@nic-nl.example, +31 6 2247 9999 für .nl auf. Der Rest stimmt.",
        "Bitte nehmen Sie Ann Bee, ann@nic-nl.example, +31 6 2247 9999 für .nl auf. Alle anderen Angaben sind richtig.",
        "Bitte nehmen Sie Ann Bee, ann@nic-nl.example, +31 6 2247 9999 für .nl auf. Alle übrigen Kontakte bleiben.",
        "Просим добавить Ann Bee, ann@nic-nl.example, +31 6 2247 9999 для .nl. Остальное верно.",
        "Просим добавить Ann Bee, ann@nic-nl.example, +31 6 2247 9999 для .nl. Все остальные контакты остаются без изменений.",
        "Просим добавить Ann Bee, ann@nic-nl.example, +31 6 2247 9999 для .nl. Все остальные данные по-прежнему верны.",
        "请为 .nl 添加联系人 Ann Bee, ann@nic-nl.example, +31 6 2247 9999。其他联系人不变。",
        "请为 .nl 添加联系人 Ann Bee, ann@nic-nl.example, +31 6 2247 9999。其他信息都正确。",
        "يرجى إضافة Ann Bee, ann@nic-nl.example, +31 6 2247 9999 للنطاق .nl. باقي البيانات صحيحة.",
        "يرجى إضافة Ann Bee, ann@nic-nl.example, +31 6 2247 9999 للنطاق .nl. جميع جهات الاتصال الأخرى صحيحة.",
        "Aggiungete Ann Bee, ann@nic-nl.example, +31 6 2247 9999 per .nl. Tutti gli altri contatti sono corretti.",
        "Por favor adicionem Ann Bee, ann@nic-nl.example, +31 6 2247 9999 para .nl. Todos os outros contactos estão corretos.",
        "Voeg Ann Bee, ann@nic-nl.example, +31 6 2247 9999 toe voor .nl. De overige contacten kloppen nog.",
        "Proszę dodać Ann Bee, ann@nic-nl.example, +31 6 2247 9999 dla .nl. Wszystkie pozostałe dane są poprawne.",
    ] {
        let reading = read(text);
        assert!(reading.requests.iter().all(|request| !request.replace_all), "{text}");
        assert_eq!(reading.requests.len(), 1, "{text}");
    }
}

#[test]
fn others_who_are_not_right_go() {
    for text in [
        "For .nl: Ann Bee, ann@nic-nl.example, +31 6 2247 9999 only; delete all others.",
        "New contacts for .nl: Ann Bee, ann@nic-nl.example, +31 6 2247 9999. Nobody else.",
        "The contact for .nl is Ann Bee, ann@nic-nl.example, +31 6 2247 9999. All others should not stay.",
        "The contact for .nl is Ann Bee, ann@nic-nl.example, +31 6 2247 9999. All other contacts are no longer valid.",
        "Please keep only these: Ann Bee, ann@nic-nl.example, +31 6 2247 9999. All others should no longer be listed.",
    ] {
        assert!(read(text).requests.iter().any(|request| request.replace_all), "{text}");
    }
}

#[test]
fn a_number_that_is_now_another_is_a_change() {
    for text in [
        "The phone number of Ann Bee is now +31 6 2247 9999.",
        "The phone number of Ann Bee (.nl) is now +31 6 2247 9999.",
        "Ann Bee's number is now +31 6 2247 9999.",
        "Ann Bee's phone is now +31 6 2247 9999.",
        "New mobile of Ann Bee: +31 6 2247 9999",
        "Ann Bee's new mobile: +31 6 2247 9999",
        "New number of Ann Bee: +31 6 2247 9999",
        "Ann Bee has a new number: +31 6 2247 9999",
        "Le numéro de téléphone de Ann Bee est maintenant +31 6 2247 9999.",
        "El número de teléfono de Ann Bee es ahora +31 6 2247 9999.",
        "Номер телефона Ann Bee теперь +31 6 2247 9999.",
        "Ann Bee 的电话号码现在是 +31 6 2247 9999。",
        "رقم هاتف Ann Bee هو الآن +31 6 2247 9999.",
        "Die Telefonnummer von Ann Bee ist jetzt +31 6 2247 9999.",
    ] {
        check(text, "Modify Ann Bee");
        let reading = read(text);
        let phone = reading.requests[0].contacts[0].phone.as_ref().map(ToString::to_string);
        assert_eq!(phone.as_deref(), Some("+31622479999"), "{text}");
    }
}

#[test]
fn who_takes_his_request_back_does_not_go() {
    for text in [
        "Please withdraw my request.",
        "Please withdraw my request for .nl.",
        "Please withdraw our request.",
        "I withdraw my request.",
        "Please cancel my request for .nl.",
        "Je retire ma demande.",
        "Veuillez retirer ma demande pour .nl.",
        "Retiro mi solicitud.",
        "Прошу отозвать мою заявку.",
        "请撤回我的申请。",
        "أرجو سحب طلبي.",
        "Bitte ziehen Sie meinen Antrag zurück.",
    ] {
        let reading = read(text);
        assert!(reading.requests.is_empty() && reading.takes_back(), "{text}");
    }
    let both = read("Please withdraw my request and remove me from .nl.");
    assert!(both.hold && !both.takes_back());
}

#[test]
fn a_contact_to_be_added_is_not_asked_for() {
    for text in ["Добавьте контакт для .nl", "добавте контакт для .nl", "Просим добавить контакт для .nl"]
    {
        let reading = read(text);
        assert_eq!(
            (reading.kind, reading.missing.as_slice()),
            (Kind::Request, &["contacts".to_owned()][..]),
            "{text}"
        );
    }
    assert_eq!(read("Кто контакт для .nl").kind, Kind::Query);
    assert_ne!(read("добавте контакт для .nll").kind, Kind::Query);
}
