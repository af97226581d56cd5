//! The program: hands the command line over to the library and ends with its exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    tldops::cli::main()
}
