//! `demo`
use crate::cli::arguments::DemoOptions;
use crate::cli::output::{Failure, Output};

pub(super) fn demo(_options: &DemoOptions, output: &mut Output) -> Result<(), Failure> {
    output.line("")
}
