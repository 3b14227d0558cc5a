//! `check` and `explain`, which need no daemon.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use expect_test::expect;
use support::{Folder, stderr, stdout, zeitgeber};

fn checked(text: &str) -> (i32, String) {
    let folder = Folder::new();
    let file = folder.path("zeitgeber.toml");
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let output = zeitgeber(&["check", file]);
    (output.status.code().unwrap(), stdout(&output).replace(file, "FILE"))
}

#[test]
fn all_problems_of_a_file_are_said_at_once() {
    let (code, text) =
        checked("priorty1 = 1\ndomain = 900\n[[port]]\ninterface = \"eth0\"\nttl = 0\n");

    assert_eq!(code, 1);
    expect![[r#"
        FILE:1:1: error: unknown option priorty1; did you mean priority1?
        FILE:2:1: error: domain = 900: a whole number in 0..255 is expected
        FILE:5:1: error: ttl = 0: a whole number in 1..255 hops is expected
        FILE: not usable, 3 errors and 0 warnings
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_right_file_is_usable() {
    let (code, text) = checked("[[port]]\ninterface = \"eth0\"\n");

    assert_eq!((code, text.as_str()), (0, "FILE: nothing is wrong\n"));
}

#[test]
fn a_file_that_is_not_there_is_a_problem() {
    let output = zeitgeber(&["check", "/nowhere/zeitgeber.toml"]);

    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("cannot read the configuration: No such file"));
}

#[test]
fn an_option_is_explained_in_any_spelling() {
    for spelling in ["priority1", "--priority1"] {
        let output = zeitgeber(&["explain", "--", spelling]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).starts_with("priority1 (--priority1)\n"));
    }
}

#[test]
fn a_name_that_is_nearly_an_option_is_recognised() {
    let output = zeitgeber(&["explain", "priorty1"]);

    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("did you mean priority1?"));
}
