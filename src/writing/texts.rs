//! The texts that are compiled in, from `templates/`.

/// The mails in English, by the name of their folder. The first line is the subject, after an empty one comes the body.
pub(super) const MAILS: &[(&str, &str)] = &[
    ("ask-plainly", include_str!("../../templates/ask-plainly/en.txt")),
    ("applied", include_str!("../../templates/applied/en.txt")),
    ("change-order", include_str!("../../templates/change-order/en.txt")),
    ("order-void", include_str!("../../templates/order-void/en.txt")),
    ("confirm-admin", include_str!("../../templates/confirm-admin/en.txt")),
    ("confirm-contact", include_str!("../../templates/confirm-contact/en.txt")),
    ("confirm-own", include_str!("../../templates/confirm-own/en.txt")),
    ("confirm-address", include_str!("../../templates/confirm-address/en.txt")),
    ("escalation", include_str!("../../templates/escalation/en.txt")),
    ("expired", include_str!("../../templates/expired/en.txt")),
    ("with-person", include_str!("../../templates/with-person/en.txt")),
    ("phone-call", include_str!("../../templates/phone-call/en.txt")),
    ("farewell", include_str!("../../templates/farewell/en.txt")),
    ("footer", include_str!("../../templates/footer/en.txt")),
    ("held-mail", include_str!("../../templates/held-mail/en.txt")),
    ("referred", include_str!("../../templates/referred/en.txt")),
    ("ruled", include_str!("../../templates/ruled/en.txt")),
    ("mail-limit", include_str!("../../templates/mail-limit/en.txt")),
    ("help", include_str!("../../templates/help/en.txt")),
    ("needs-information", include_str!("../../templates/needs-information/en.txt")),
    ("nothing-to-change", include_str!("../../templates/nothing-to-change/en.txt")),
    ("refused", include_str!("../../templates/refused/en.txt")),
    ("taken-back", include_str!("../../templates/taken-back/en.txt")),
    ("objected", include_str!("../../templates/objected/en.txt")),
    ("objection-asked", include_str!("../../templates/objection-asked/en.txt")),
    ("undone", include_str!("../../templates/undone/en.txt")),
    ("kept", include_str!("../../templates/kept/en.txt")),
    ("repository", include_str!("../../templates/repository/en.txt")),
    ("contacts", include_str!("../../templates/contacts/en.txt")),
    ("roll-call", include_str!("../../templates/roll-call/en.txt")),
    ("new-admin", include_str!("../../templates/new-admin/en.txt")),
    ("invitation", include_str!("../../templates/invitation/en.txt")),
    ("declined", include_str!("../../templates/declined/en.txt")),
    ("started", include_str!("../../templates/started/en.txt")),
    ("stopped", include_str!("../../templates/stopped/en.txt")),
    ("replaced", include_str!("../../templates/replaced/en.txt")),
    ("summary", include_str!("../../templates/summary/en.txt")),
    ("differences", include_str!("../../templates/differences/en.txt")),
    ("suppressed", include_str!("../../templates/suppressed/en.txt")),
    ("too-late", include_str!("../../templates/too-late/en.txt")),
    ("under-way", include_str!("../../templates/under-way/en.txt")),
    ("withdrawn", include_str!("../../templates/withdrawn/en.txt")),
];

/// The mails that exist in every language of ours, and the sentences that they are made of.
macro_rules! written_in {
    ($languages:tt, $($folder:literal),*) => {
        /// The mails in other languages: folder, language (ISO 639-1), text. English follows below it, with the footer.
        pub(super) const TRANSLATED: &[&[(&str, &str, &str)]] = &[$(in_languages!($folder, $languages)),*];
    };
}

/// One mail in these languages.
macro_rules! in_languages {
    ($folder:literal, ($($language:literal),*)) => {
        &[$(($folder, $language, include_str!(concat!("../../templates/", $folder, "/", $language, ".txt")))),*]
    };
}

/// The languages that a sender is asked in what is missing, besides English.
macro_rules! asked_in {
    ($($language:literal),*) => {
        /// The question for details in other languages: folder, language (ISO 639-1), text.
        pub(super) const ASKED: &[(&str, &str, &str)] = in_languages!("needs-information", ($($language),*));

        /// The phrases, by language.
        pub(super) const PHRASES: &[(&str, &str)] = &[
            ("en", include_str!("../../templates/phrases/en.txt")),
            $(($language, include_str!(concat!("../../templates/phrases/", $language, ".txt")))),*
        ];
    };
}

/// The sentences, by language.
pub(super) const SENTENCES: &[(&str, &str)] = &[
    ("ar", include_str!("../../templates/sentences/ar.txt")),
    ("en", include_str!("../../templates/sentences/en.txt")),
    ("es", include_str!("../../templates/sentences/es.txt")),
    ("fr", include_str!("../../templates/sentences/fr.txt")),
    ("ru", include_str!("../../templates/sentences/ru.txt")),
    ("zh", include_str!("../../templates/sentences/zh.txt")),
];

/// The words of the public page and of the charts, by language.
pub(super) const PAGE_WORDS: &[(&str, &str)] = &[
    ("ar", include_str!("../../templates/page/ar.txt")),
    ("en", include_str!("../../templates/page/en.txt")),
    ("es", include_str!("../../templates/page/es.txt")),
    ("fr", include_str!("../../templates/page/fr.txt")),
    ("ru", include_str!("../../templates/page/ru.txt")),
    ("zh", include_str!("../../templates/page/zh.txt")),
];
/// The public page itself.
pub(super) const PAGE: &str = include_str!("../../templates/page/page.html");
/// How it looks.
pub(super) const PAGE_STYLE: &str = include_str!("../../templates/page/page.css");
/// Names of countries and territories: a row a code, a column a language.
pub(super) const COUNTRIES: &str = include_str!("../../templates/page/countries.txt");

written_in!(
    ("ar", "es", "fr", "ru", "zh"),
    "applied",
    "ask-plainly",
    "confirm-admin",
    "confirm-contact",
    "confirm-own",
    "confirm-address",
    "expired",
    "farewell",
    "help",
    "contacts",
    "phone-call",
    "nothing-to-change",
    "refused",
    "roll-call",
    "new-admin",
    "invitation",
    "declined",
    "started",
    "stopped",
    "replaced",
    "taken-back",
    "objected",
    "objection-asked",
    "undone",
    "kept",
    "too-late",
    "under-way",
    "with-person",
    "withdrawn"
);

asked_in!(
    "ar", "cs", "de", "el", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru",
    "sv", "th", "tr", "uk", "vi", "zh"
);
