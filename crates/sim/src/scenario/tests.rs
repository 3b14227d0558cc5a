use super::*;

const QUIET: &str = r#"
title = "Quiet"
duration = "60 s"
[node.gm]
role = "grandmaster"
[node.rx]
count = 2
[segment.lan]
nodes = ["gm", "rx"]
"#;

fn problems(text: &str) -> Vec<String> {
    let problems = Scenario::parse("test.toml", text).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

fn with(more: &str) -> String {
    format!("{QUIET}{more}")
}

#[test]
fn a_small_scenario_needs_little() {
    let scenario = Scenario::parse("a/quiet.toml", QUIET).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.title.as_str()), ("quiet", "Quiet"));
    assert_eq!((scenario.duration_s, scenario.settle_s), (60.0, 20.0));
    let names: Vec<&str> = scenario.plan.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["gm", "rx1", "rx2"]);
    assert_eq!(scenario.plan.media[0].ports.len(), 3);
}

#[test]
fn a_missing_unit_says_what_is_allowed() {
    let text = QUIET.replace("60 s", "60");
    assert_eq!(
        problems(&text),
        ["test.toml:3: duration = \"60\": expected a time above 0 and up to 100 days with a \
          unit: ps to day, in quotes"]
    );
}

#[test]
fn an_unknown_key_says_which_there_are() {
    let text = QUIET.replace("count = 2", "cuont = 2");
    let problems = problems(&text);
    assert!(problems[0].starts_with("test.toml:7: cuont: a node has no such key"), "{problems:?}");
    assert!(problems[0].contains("count"), "{problems:?}");
}

#[test]
fn an_unknown_node_in_a_segment_says_which_there_are() {
    let text = QUIET.replace("[\"gm\", \"rx\"]", "[\"gm\", \"xr\", \"rx\"]");
    assert_eq!(
        problems(&text),
        ["test.toml:9: \"xr\": there is no such node; there are gm, rx1, rx2, rx"]
    );
}

#[test]
fn a_world_without_anybody_who_may_lead_is_meant_or_a_problem() {
    let text = QUIET.replace("role = \"grandmaster\"", "role = \"receiver\"");
    assert!(problems(&text)[0].contains("no node may lead"), "{:?}", problems(&text));
    assert_eq!(problems(&format!("leaderless = true\n{text}")), Vec::<String>::new());
}

#[test]
fn everything_wrong_is_told_at_once_in_the_order_of_lines() {
    let text = with(
        "delay = { kind = \"exponential\", floor = \"1 us\" }\n\
         [[event]]\nat = \"1 s\"\ndo = \"explode\"\n\
         [[expect]]\nwhat = \"rms\"\nbelow = 5\n",
    );
    let problems = problems(&text);
    assert_eq!(problems.len(), 3, "{problems:#?}");
    assert!(problems[0].contains("mean is missing"), "{problems:#?}");
    assert!(problems[1].contains("do = \"explode\": expected one of \"unplug\""), "{problems:#?}");
    assert!(problems[2].contains("below = 5: expected a time"), "{problems:#?}");
}

#[test]
fn broken_toml_is_a_problem_with_its_line() {
    let problems = problems("title = \"a\nduration = 3");
    assert!(problems[0].starts_with("test.toml:1: "), "{problems:?}");
}

#[test]
fn hostile_text_is_never_a_panic() {
    for text in ["node = 3", "[node]\na = 1", "[[segment]]", "[node.a]\ncount = -1", "event = [1]"]
    {
        assert!(!problems(text).is_empty(), "{text}");
    }
}

#[test]
fn events_repeat_and_speak_of_every_node_of_a_name() {
    let text = with(
        "[[event]]\nat = \"1 s\"\ndo = \"unplug\"\nnode = \"rx\"\nevery = \"2 s\"\ntimes = 3\n",
    );
    let scenario = Scenario::parse("test", &text).unwrap();
    let times: Vec<f64> = scenario.plan.happenings.iter().map(|event| event.at_s).collect();
    assert_eq!(times, [1.0, 1.0, 3.0, 3.0, 5.0, 5.0]);
}
