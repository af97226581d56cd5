//! The integration tests, in one binary.

#[cfg(test)]
mod reading_answers;
#[cfg(test)]
mod reading_corpus;
#[cfg(test)]
mod reading_judge;
#[cfg(test)]
mod reading_letters;
#[cfg(test)]
mod reading_properties;
