//! Reads one table of a scenario: what is asked for is taken, what is wrong or left over is a
//! problem with its line.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something wrong with a scenario.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The file, or what the caller called the text.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What stands there; empty if something is missing.
    pub value: String,
    /// What is wrong with it and what is allowed.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.value.is_empty() {
            write!(f, "{}: ", self.value)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// The text, and what was found wrong with it so far.
pub(super) struct Page<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Page<'t> {
    pub(super) const fn new(name: &'t str, text: &'t str) -> Page<'t> {
        Page { name, text, problems: RefCell::new(Vec::new()) }
    }

    pub(super) fn problem(&self, at: usize, value: impl Into<String>, message: impl Into<String>) {
        let line = self.text.get(..at).unwrap_or(self.text).matches('\n').count() + 1;
        self.problems.borrow_mut().push(Problem {
            file: self.name.to_owned(),
            line,
            value: value.into(),
            message: message.into(),
        });
    }

    /// Everything that is wrong, in the order of lines.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        problems.dedup();
        problems
    }
}

/// A word with its place.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

/// A table that is read.
pub(super) struct Section<'t> {
    page: &'t Page<'t>,
    table: &'t DeTable<'t>,
    /// Where it begins.
    pub(super) at: usize,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'t> Section<'t> {
    pub(super) fn new(page: &'t Page<'t>, table: &'t DeTable<'t>, at: usize) -> Section<'t> {
        Section { page, table, at, asked: RefCell::default() }
    }

    pub(super) fn problem(&self, at: usize, value: impl Into<String>, message: impl Into<String>) {
        self.page.problem(at, value, message);
    }

    fn find(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().insert(key);
        let found = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key);
        found.map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// The value as it stands in the file.
    fn written(&self, value: &Spanned<DeValue<'_>>) -> String {
        let text = self.page.text.get(value.span()).unwrap_or("");
        text.lines().next().unwrap_or("").to_owned()
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, allowed: &str) {
        let text = format!("{key} = {}", self.written(value));
        self.problem(value.span().start, text, format!("expected {allowed}"));
    }

    /// A string, if it is there.
    pub(super) fn word(&self, key: &'static str) -> Option<Word<'t>> {
        let value = self.find(key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(Word { text, at: value.span().start });
        }
        self.wrong(key, value, "a text in quotes");
        None
    }

    /// A quantity with its unit.
    pub(super) fn quantity<T>(
        &self,
        key: &'static str,
        (parse, allowed): (fn(&str) -> Option<T>, &str),
    ) -> Option<T> {
        let value = self.find(key)?;
        let parsed = match value.get_ref() {
            DeValue::String(text) => parse(text),
            _ => None,
        };
        if parsed.is_none() {
            self.wrong(key, value, &format!("{allowed}, in quotes"));
        }
        parsed
    }

    /// A quantity that must be there.
    pub(super) fn needs<T>(
        &self,
        key: &'static str,
        (parse, allowed): (fn(&str) -> Option<T>, &str),
    ) -> Option<T> {
        if !self.has(key) {
            self.problem(self.at, "", format!("{key} is missing: {allowed}"));
            return None;
        }
        self.quantity(key, (parse, allowed))
    }

    /// A whole number in a range.
    pub(super) fn whole(
        &self,
        key: &'static str,
        range: core::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.find(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let allowed = format!("a whole number from {} to {}", range.start(), range.end());
            self.wrong(key, value, &allowed);
        }
        number
    }

    /// A number above 0.
    pub(super) fn positive(&self, key: &'static str) -> Option<f64> {
        let value = self.find(key)?;
        let number: Option<f64> = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| *number > 0.0 && number.is_finite());
        if number.is_none() {
            self.wrong(key, value, "a number above 0");
        }
        number
    }

    pub(super) fn truth(&self, key: &'static str) -> Option<bool> {
        let value = self.find(key)?;
        if let DeValue::Boolean(truth) = value.get_ref() {
            return Some(*truth);
        }
        self.wrong(key, value, "true or false");
        None
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.find(key)?;
        if let DeValue::String(text) = value.get_ref()
            && let Some((_, choice)) = choices.iter().find(|(name, _)| *name == text.as_ref())
        {
            return Some(*choice);
        }
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        self.wrong(key, value, &format!("one of {}", names.join(", ")));
        None
    }

    /// Words: one, or a list.
    pub(super) fn words(&self, key: &'static str) -> Vec<Word<'t>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        self.words_of(key, value)
    }

    fn words_of(&self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Vec<Word<'t>> {
        match value.get_ref() {
            DeValue::String(text) => vec![Word { text, at: value.span().start }],
            DeValue::Array(values) => {
                values.iter().flat_map(|value| self.words_of(key, value)).collect()
            }
            _ => {
                self.wrong(key, value, "a name in quotes, or a list of names");
                Vec::new()
            }
        }
    }

    /// Lists of words.
    pub(super) fn groups(&self, key: &'static str) -> Vec<Vec<Word<'t>>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Array(groups) = value.get_ref() else {
            self.wrong(key, value, "a list of lists of names");
            return Vec::new();
        };
        groups.iter().map(|group| self.words_of(key, group)).collect()
    }

    /// A table inside, or a string: what stands for a delay.
    pub(super) fn inside(&self, key: &'static str) -> Option<Inside<'t>> {
        Some(self.as_inside(key, self.find(key)?))
    }

    fn as_inside(&self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Inside<'t> {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Table(table) => Inside::Table(Section::new(self.page, table, at)),
            DeValue::String(text) => Inside::Text(Word { text, at }),
            _ => {
                self.wrong(key, value, "a text in quotes or a table in braces");
                Inside::Neither
            }
        }
    }

    /// Tables inside with names of the writer's choice, in the order of the file.
    pub(super) fn named(&self, key: &'static str) -> Vec<(Word<'t>, Inside<'t>)> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(key, value, "a table");
            return Vec::new();
        };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let entry = |(name, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let name: &'t std::borrow::Cow<'t, str> = name.get_ref();
            let at = value.span().start;
            (Word { text: name, at }, self.as_inside(name, value))
        };
        entries.into_iter().map(entry).collect()
    }

    /// The tables of a list.
    pub(super) fn list(&self, key: &'static str) -> Vec<Section<'t>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Array(values) = value.get_ref() else {
            self.wrong(key, value, &format!("a list of tables: write [[{key}]]"));
            return Vec::new();
        };
        let tables = values.iter().filter_map(|value| match value.get_ref() {
            DeValue::Table(table) => Some(Section::new(self.page, table, value.span().start)),
            _ => {
                self.wrong(key, value, &format!("a table: write [[{key}]]"));
                None
            }
        });
        tables.collect()
    }

    /// What was not asked for has no place here.
    pub(super) fn finish(self, what: &str) {
        let asked = self.asked.borrow();
        for name in self.table.keys() {
            let key = name.get_ref().as_ref();
            if !asked.contains(key) {
                let allowed: Vec<&str> = asked.iter().copied().collect();
                let message = format!("{what} has no such key; it has {}", allowed.join(", "));
                self.problem(name.span().start, key, message);
            }
        }
    }
}

/// What stands where a table or a text may.
pub(super) enum Inside<'t> {
    /// A table.
    Table(Section<'t>),
    /// A text.
    Text(Word<'t>),
    /// Something else, of which was told.
    Neither,
}
