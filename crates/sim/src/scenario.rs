//! Scenarios: a world, what happens in it and what is expected, written as TOML.
//!
//! Nodes, media and happenings are named tables; times and shares carry their units. Everything
//! that is wrong is found at once, with its line and what is allowed.

mod delays;
mod events;
mod expectations;
mod media;
mod nodes;
mod section;
mod selection;
mod units;

use toml::de::DeTable;

pub use section::Problem;

use crate::plan::{Expectation, Plan};
use section::{Inside, Page, Section, Word};

/// A world, what happens in it and what is expected.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name: that of its file.
    pub name: String,
    /// Its story in one line.
    pub title: String,
    /// How long it lasts, in its own seconds.
    pub duration_s: f64,
    /// When statistics begin.
    pub settle_s: f64,
    /// How often clocks are looked at, in seconds; 0: never.
    pub look_s: f64,
    /// Whether it takes long to compute.
    pub long: bool,
    /// The world.
    pub plan: Plan,
    /// What is expected.
    pub expectations: Vec<Expectation>,
}

/// The names of a scenario: each stands for one place, or for several that were made alike.
pub(crate) struct Names {
    entries: Vec<(String, Vec<usize>)>,
    what: &'static str,
}

impl Names {
    fn new(what: &'static str) -> Names {
        Names { entries: Vec::new(), what }
    }

    fn places(&self, word: &Word<'_>, section: &Section<'_>) -> Vec<usize> {
        let found = self.entries.iter().find(|(name, _)| name == word.text);
        if let Some((_, places)) = found {
            return places.clone();
        }
        let names: Vec<&str> = self.entries.iter().map(|(name, _)| name.as_str()).collect();
        let message = format!("there is no such {}; there are {}", self.what, names.join(", "));
        section.problem(word.at, format!("\"{}\"", word.text), message);
        Vec::new()
    }

    /// All places that the words of a key stand for.
    fn of(&self, key: &'static str, section: &Section<'_>) -> Vec<usize> {
        section.words(key).iter().flat_map(|word| self.places(word, section)).collect()
    }

    /// The one place that a key needs.
    fn one(&self, key: &'static str, section: &Section<'_>) -> Option<usize> {
        if !section.has(key) {
            section.problem(
                section.at,
                "",
                format!("{key} is missing: the name of a {}", self.what),
            );
            return None;
        }
        let word = section.word(key)?;
        self.places(&word, section).first().copied()
    }
}

impl Scenario {
    /// Reads a scenario; `name` is what problems call its file.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of lines.
    pub fn parse(name: &str, text: &str) -> Result<Scenario, Vec<Problem>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let page = Page::new(name, text);
        for error in &errors {
            page.problem(error.span().map_or(0, |span| span.start), "", error.message());
        }
        if !errors.is_empty() {
            return Err(page.into_problems());
        }
        let scenario = read(Section::new(&page, root.get_ref(), 0), name);
        let problems = page.into_problems();
        if problems.is_empty() { Ok(scenario) } else { Err(problems) }
    }
}

fn read(section: Section<'_>, name: &str) -> Scenario {
    let length = (units::length as fn(&str) -> Option<f64>, units::LENGTH);
    let lasts = (units::duration as fn(&str) -> Option<f64>, units::DURATION);
    let duration_s = section.needs("duration", lasts).unwrap_or(1.0);
    if !section.has("title") {
        section.problem(0, "", "title is missing: the story in one line");
    }
    let title = section.word("title").map_or(String::new(), |word| word.text.to_owned());
    let settle_s = section.quantity("settle", length).unwrap_or(duration_s / 3.0);
    let usual = if duration_s <= 2_000.0 { 0.1 } else { duration_s / 20_000.0 };
    let look_s = section.quantity("look", length).unwrap_or(usual);
    let long = section.truth("long").unwrap_or(false);
    let mut plan = Plan::default();
    let nodes = read_nodes(&section, &mut plan);
    let media = read_media(&section, &nodes, &mut plan);
    plan.happenings = section
        .list("event")
        .into_iter()
        .flat_map(|event| events::read(event, (&nodes, &media), &plan))
        .collect();
    let expectations = section.list("expect").into_iter();
    let expectations = expectations
        .filter_map(|expect| expectations::read(expect, &nodes, (duration_s, settle_s), &plan));
    let expectations = expectations.collect();
    check(&section, &plan);
    section.finish("a scenario");
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".toml").to_owned();
    Scenario { name, title, duration_s, settle_s, look_s, long, plan, expectations }
}

fn read_nodes(section: &Section<'_>, plan: &mut Plan) -> Names {
    let mut names = Names::new("node");
    let mut asking = Vec::new();
    for (name, inside) in section.named("node") {
        let Inside::Table(table) = inside else { continue };
        let (node, count, named) = nodes::read(&name, table);
        let first = plan.nodes.len();
        asking.push((first..first + count, named));
        for k in 0..count {
            let mut copy = node.clone();
            if count > 1 {
                copy.name = format!("{}{}", node.name, k + 1);
                names.entries.push((copy.name.clone(), vec![first + k]));
            }
            plan.nodes.push(copy);
        }
        names.entries.push((node.name, (first..first + count).collect()));
    }
    for (nodes, named) in asking {
        let places = |words: &Vec<Word<'_>>| -> Vec<usize> {
            words.iter().flat_map(|word| names.places(word, section)).collect()
        };
        let [asks, accepts] = [&named[0], &named[1]].map(places);
        for node in &mut plan.nodes[nodes] {
            node.asks.clone_from(&asks);
            node.selection.accepts.clone_from(&accepts);
        }
    }
    names
}

fn read_media(section: &Section<'_>, nodes: &Names, plan: &mut Plan) -> Names {
    let mut names = Names::new("segment or link");
    for (name, inside) in section.named("segment") {
        let Inside::Table(table) = inside else { continue };
        let medium = media::segment(&name, table, nodes, &plan.media);
        names.entries.push((medium.name.clone(), vec![plan.media.len()]));
        plan.media.push(medium);
    }
    names
}

/// What no world can be.
fn check(section: &Section<'_>, plan: &Plan) {
    if plan.nodes.is_empty() {
        section.problem(0, "", "there is no node: write [node.NAME]");
    }
    if plan.media.is_empty() {
        section.problem(0, "", "there is no segment: write [segment.NAME] with its nodes");
    }
    let ports = |node: usize| {
        let all = plan.media.iter().flat_map(|medium| &medium.ports);
        all.filter(move |port| port.node == node).count()
    };
    for (index, node) in plan.nodes.iter().enumerate() {
        match ports(index) {
            0 => section.problem(0, &node.name, "this node is in no segment"),
            17.. => section.problem(0, &node.name, "a node has at most 16 ports"),
            _ => {}
        }
    }
    let leads = plan.nodes.iter().any(|node| node.role != engine::Role::ReceiverOnly);
    let meant = section.truth("leaderless").unwrap_or(false);
    if !leads && !meant && !plan.nodes.is_empty() {
        let message = "no node may lead: give one the role \"grandmaster\", \"ordinary\" or \
                       \"boundary\", or say leaderless = true";
        section.problem(0, "", message);
    }
}

#[cfg(test)]
mod tests;
