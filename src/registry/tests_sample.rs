//! What a reader made of an answer, as one line.

use crate::domain::channel::Said;

/// The contacts of the sample `.nl`, as each of its readers must tell them.
pub(in crate::registry) const GOOD: &str = "Lowland Names Foundation / Marijke Duin / Lowland Names Foundation / +31 26 5550110 / \
     2024-06-20 / admin@registry-nl.example / dns@hosting-nl.example";

/// Manager, admin contact's name, organisation and phone, day of the last change, admin contact's and technical address.
pub(in crate::registry) fn told(said: &Said) -> String {
    if let Said::Record(record) = said {
        let admin = record.admin.clone().unwrap_or_default();
        let technical = record.technical_email().map_or("-".to_owned(), ToString::to_string);
        let email = admin.email.map_or("-".to_owned(), |email| email.to_string());
        let parts =
            [record.manager.clone(), admin.name, admin.organisation, admin.phone, record.changed.clone()];
        let parts = parts.map(|part| part.unwrap_or_else(|| "-".to_owned())).join(" / ");
        format!("{parts} / {email} / {technical}")
    } else {
        format!("{said:?}")
    }
}
