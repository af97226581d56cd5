//! The name of a case: `R-17`.

use crate::domain::numbered::numbered;

numbered! {
    /// The name of a case for ever: `R-17`.
    CaseId, "R", CaseIdError, "a case is named as in R-17; `tldops cases` lists them"
}

impl CaseId {
    /// The case that a person names where nothing but a case can be meant: its number alone will do.
    ///
    /// # Errors
    /// Where the text is neither.
    pub fn named(text: &str) -> Result<Self, CaseIdError> {
        let number = || text.trim().parse().map(Self).map_err(|_| CaseIdError);
        text.parse().or_else(|_| number())
    }
}

#[cfg(test)]
mod tests {
    use super::CaseId;

    #[test]
    fn a_number_alone_names_a_case_only_where_one_is_asked_for() {
        assert_eq!("r-17".parse(), Ok(CaseId(17)));
        assert_eq!(CaseId::named("r-17"), Ok(CaseId(17)));
        assert_eq!(CaseId::named(" 17"), Ok(CaseId(17)));
        assert!("17".parse::<CaseId>().is_err());
        assert!(CaseId::named("A-17").is_err());
    }
}
