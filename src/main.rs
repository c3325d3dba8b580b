//! The program.

use std::process::ExitCode;

fn main() -> ExitCode {
    cleanbill::cli::main()
}
