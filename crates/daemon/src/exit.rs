//! How the program ends, as its supervisor sees it.

/// The program's exit status. The numbers are documented in `docs/operation.md`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// It was asked to end, or had nothing to do but to print.
    Success,
    /// The configuration or the command line is wrong.
    Configuration,
    /// A defect; the clock keeps its last frequency.
    Defect,
    /// The kernel refused something without which there is nothing to do.
    Kernel,
    /// A right is missing without which there is nothing to do.
    Rights,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> i32 {
        match self {
            Exit::Success => 0,
            Exit::Configuration => 64,
            Exit::Defect => 70,
            Exit::Kernel => 71,
            Exit::Rights => 77,
        }
    }

    /// Ends the program.
    pub fn end(self) -> ! {
        std::process::exit(self.code())
    }
}
