//! One thing that was found, and what to do about it.

use std::fmt;

use serde_json::{Value, json};

use crate::paragraph::wrap;

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// Good to know; it depends on what is wanted.
    Note,
    /// In the way.
    Problem,
}

/// One thing that was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// A word for what it is about.
    pub(super) topic: &'static str,
    pub(super) text: String,
    /// What to do.
    pub(super) advice: Option<String>,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Note => "note",
            Level::Problem => "problem",
        }
    }
}

impl Finding {
    pub(super) fn ok(topic: &'static str, text: impl Into<String>) -> Finding {
        Finding { level: Level::Ok, topic, text: text.into(), advice: None }
    }

    pub(super) fn note(topic: &'static str, text: impl Into<String>) -> Finding {
        Finding { level: Level::Note, ..Finding::ok(topic, text) }
    }

    pub(super) fn problem(topic: &'static str, text: impl Into<String>) -> Finding {
        Finding { level: Level::Problem, ..Finding::ok(topic, text) }
    }

    pub(super) fn advise(self, advice: impl Into<String>) -> Finding {
        Finding { advice: Some(advice.into()), ..self }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "level": self.level.word(),
            "topic": self.topic,
            "text": self.text,
            "advice": self.advice,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 78;
        let (mut level, mut topic) = (self.level.word(), self.topic);
        for line in wrap(&self.text, WIDTH) {
            let line = format!("{level:8}{topic:14}{line}");
            writeln!(f, "{}", line.trim_end())?;
            (level, topic) = ("", "");
        }
        let advice = self.advice.as_deref().map(|advice| wrap(advice, WIDTH - 3));
        let mut arrow = "->";
        for line in advice.iter().flatten() {
            writeln!(f, "{:22}{arrow:3}{line}", "")?;
            arrow = "";
        }
        Ok(())
    }
}
