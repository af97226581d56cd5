//! Doubts: signs in a mail that a person must look before anything is done.

use crate::reading::letter::Letter;
use crate::reading::speech::Speech;
use crate::reading::words::Sense;

/// The doubts that words raise.
const WORDS: [(Sense, &str); 8] = [
    (Sense::ForATime, "it seems to be meant for a time, or from a later day"),
    (Sense::Elsewhere, "it refers to something that is not in the mail"),
    (Sense::Legal, "it speaks of law"),
    (Sense::Complaint, "it may be a complaint"),
    (Sense::Incident, "it may report an incident"),
    (Sense::Delegation, "it speaks of who may decide"),
    (Sense::Recall, "it seems to take an earlier mail back"),
    (Sense::Steer, "it tries to tell the program how to treat it"),
];

/// What the words of a request make doubtful.
pub(super) fn of_words(subject: &Speech, own: &Speech) -> Vec<String> {
    let mut doubts = Vec::new();
    for (sense, why) in WORDS {
        let said = own.quote(sense).or_else(|| subject.quote(sense));
        if let Some(said) = said {
            doubts.push(format!("{why} (\"{said}\")"));
        }
    }
    doubts
}

/// What the form of a mail makes doubtful.
pub(super) fn of_form(letter: &Letter) -> Vec<String> {
    let mut doubts = Vec::new();
    let hidden: String = letter.layout().hidden.chars().filter(|c| c.is_alphanumeric()).collect();
    if !hidden.is_empty() {
        doubts.push("it holds text that no reader sees".to_owned());
    }
    if letter.layout().forms_differ {
        doubts.push("its plain text and its HTML hold different details".to_owned());
    }
    if letter.layout().refused {
        doubts.push("its HTML is too large or too intricate to be read".to_owned());
    }
    if letter.parts().damaged {
        doubts.push("a part of it could not be decoded without loss".to_owned());
    }
    if letter.parts().encrypted {
        doubts.push("it is encrypted".to_owned());
    }
    doubts
}
