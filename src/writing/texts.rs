//! The texts that are compiled in, from `templates/`.

/// The mails in English, by the name of their folder. The first line is the subject, after an empty one comes the body.
pub(super) const MAILS: &[(&str, &str)] = &[
    ("ask-plainly", include_str!("../../templates/ask-plainly/en.txt")),
    ("applied", include_str!("../../templates/applied/en.txt")),
    ("change-order", include_str!("../../templates/change-order/en.txt")),
    ("order-void", include_str!("../../templates/order-void/en.txt")),
    ("confirm-admin", include_str!("../../templates/confirm-admin/en.txt")),
    ("confirm-contact", include_str!("../../templates/confirm-contact/en.txt")),
    ("escalation", include_str!("../../templates/escalation/en.txt")),
    ("expired", include_str!("../../templates/expired/en.txt")),
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
    ("suppressed", include_str!("../../templates/suppressed/en.txt")),
    ("too-late", include_str!("../../templates/too-late/en.txt")),
    ("under-way", include_str!("../../templates/under-way/en.txt")),
    ("withdrawn", include_str!("../../templates/withdrawn/en.txt")),
];

/// The languages that a sender is asked in what is missing, besides English.
macro_rules! asked_in {
    ($($language:literal),*) => {
        /// The mails in other languages: folder, language (ISO 639-1), text. English follows below it, with the footer.
        pub(super) const TRANSLATED: &[(&str, &str, &str)] = &[
            $(("needs-information", $language, include_str!(concat!("../../templates/needs-information/", $language, ".txt")))),*
        ];

        /// The phrases, by language.
        pub(super) const PHRASES: &[(&str, &str)] = &[
            ("en", include_str!("../../templates/phrases/en.txt")),
            $(($language, include_str!(concat!("../../templates/phrases/", $language, ".txt")))),*
        ];
    };
}

asked_in!(
    "ar", "cs", "de", "el", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru",
    "sv", "th", "tr", "uk", "vi", "zh"
);
