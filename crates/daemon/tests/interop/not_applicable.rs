//! The table of the cells that cannot be, and why.

use crate::cell::Cell;

const TABLE: &str = include_str!("not_applicable.toml");

/// Why some cells cannot be: those that have all the words of the rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    words: Vec<(String, String)>,
    pub reason: String,
}

impl Rule {
    /// As they are in the file.
    pub fn all() -> Vec<Rule> {
        let table: toml::Table = TABLE.parse().unwrap();
        let rules = table["cells"].as_array().unwrap();
        rules.iter().map(|rule| Rule::read(rule.as_table().unwrap())).collect()
    }

    fn read(table: &toml::Table) -> Rule {
        let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
        let words = table.iter().filter(|(key, _)| *key != "reason");
        Rule {
            words: words.map(|(key, value)| (key.clone(), text(value))).collect(),
            reason: text(&table["reason"]),
        }
    }

    pub fn covers(&self, cell: &Cell) -> bool {
        self.words.iter().all(|(axis, word)| cell.word(axis) == word)
    }
}

/// Why a cell cannot be, if it cannot.
pub fn reason(cell: &Cell) -> Option<String> {
    Rule::all().into_iter().find(|rule| rule.covers(cell)).map(|rule| rule.reason)
}
