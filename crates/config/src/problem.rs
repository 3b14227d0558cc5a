//! What is wrong with a configuration, and where. Everything is collected and reported at once.

use std::fmt;

/// Where a value came from.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Place {
    /// A place in the file.
    File {
        /// The file's name as it was given.
        name: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
    /// The command line.
    Arguments,
    /// The table: nobody gave it.
    #[default]
    Default,
}

impl Place {
    pub(crate) fn line(&self) -> Option<usize> {
        match self {
            Place::File { line, .. } => Some(*line),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { name, line, column } => write!(f, "{name}:{line}:{column}"),
            Place::Arguments => f.write_str("command line"),
            Place::Default => f.write_str("configuration"),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// Whether the configuration can be used all the same.
    pub warning: bool,
    /// What is wrong and what to do.
    pub text: String,
}

impl Problem {
    pub(crate) fn error(place: &Place, text: impl Into<String>) -> Problem {
        Problem { place: place.clone(), warning: false, text: text.into() }
    }

    pub(crate) fn warning(place: &Place, text: impl Into<String>) -> Problem {
        Problem { place: place.clone(), warning: true, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.warning { "warning" } else { "error" };
        write!(f, "{}: {severity}: {}", self.place, self.text)
    }
}

/// Everything that is wrong, one line each.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether one of them makes the configuration unusable.
    pub fn fatal(&self) -> bool {
        self.0.iter().any(|problem| !problem.warning)
    }

    /// Orders them by place, as a person works through them.
    pub(crate) fn sort(&mut self) {
        self.0.sort_by_key(|problem| match &problem.place {
            Place::File { line, column, .. } => (0, *line, *column),
            Place::Arguments => (1, 0, 0),
            Place::Default => (2, 0, 0),
        });
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
