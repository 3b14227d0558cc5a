//! Scenarios with absurd values: what parses can be run, and nothing panics.

use sim::{RunOptions, Scenario, library, run};

const VALUES: [&str; 7] = ["0 s", "-5 s", "1e300 s", "80 days", "0 %", "100 %", "1 ppm"];

/// The text with the first quoted value of a line replaced.
fn with(text: &str, line: usize, value: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let own = &lines[line];
    let start = own.find("= \"")? + 3;
    let end = start + own[start..].find('"')?;
    lines[line] = format!("{}{value}{}", &own[..start], &own[end..]);
    Some(lines.join("\n"))
}

#[test]
fn what_parses_runs_and_what_does_not_is_told() {
    let (mut ran, mut refused) = (0, 0);
    for (index, entry) in library().iter().enumerate() {
        for line in 0..entry.text.lines().count() {
            let value = VALUES[(index + line) % VALUES.len()];
            let Some(text) = with(entry.text, line, value) else { continue };
            match Scenario::parse(entry.name, &text) {
                Ok(mut scenario) => {
                    ran += 1;
                    scenario.look_s = 0.5;
                    let mut options =
                        RunOptions { duration_s: Some(12.0), ..RunOptions::default() };
                    run(&scenario, 1, &mut options);
                }
                Err(problems) => {
                    refused += 1;
                    assert!(problems.iter().all(|p| p.line > 0), "{problems:?}");
                }
            }
        }
    }
    assert!(ran > 100 && refused > 300, "{ran} ran, {refused} were refused");
}

#[test]
fn a_scenario_without_one_of_its_lines_is_no_panic() {
    for entry in library() {
        for line in 0..entry.text.lines().count() {
            let rest = entry.text.lines().enumerate().filter(|(number, _)| *number != line);
            let rest: Vec<&str> = rest.map(|(_, text)| text).collect();
            let _ = Scenario::parse(entry.name, &rest.join("\n"));
        }
    }
}
