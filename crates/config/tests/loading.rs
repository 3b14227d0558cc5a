//! From files and command lines to one typed configuration.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "in the functions that tests share")]

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use config::{
    Action, ClockChoice, Config, DelayMechanism, Invocation, Role, StepChoice, check, diff, load,
    parse_args, print_config,
};
use expect_test::expect;
use time::{LogInterval, Span};

fn invocation(args: &str) -> Invocation {
    let words = ["zeitgeberd"].into_iter().chain(args.split_whitespace());
    parse_args(words.map(OsString::from)).unwrap()
}

fn with_file(test: &str, text: &str, args: &str) -> Config {
    let path = std::env::temp_dir().join(format!("zeitgeber-{test}-{}.toml", std::process::id()));
    fs::write(&path, text).unwrap();
    let (config, _) = load(&invocation(&format!("-c {} {args}", path.display()))).unwrap();
    fs::remove_file(path).unwrap();
    config
}

fn parsed(text: &str) -> Config {
    check("test", text).unwrap().0
}

#[test]
fn the_defaults_are_those_of_the_standard() {
    let (config, warnings) = load(&invocation("-i eth0")).unwrap();
    assert!(warnings.0.is_empty());
    assert_eq!((config.domain, config.priority1, config.priority2), (0, 128, 128));
    assert_eq!((config.clock_class, config.clock_accuracy, config.time_source), (248, 0xfe, 0xa0));
    assert_eq!((config.role, config.clock), (Role::Both, ClockChoice::System));
    assert_eq!(config.control, Some(PathBuf::from("/run/zeitgeber/zeitgeber.sock")));
    assert_eq!(config.control_mode, 0o660);
    assert_eq!(config.drift_file, Some(PathBuf::from("/var/lib/zeitgeber/drift")));
    assert_eq!(config.summary_interval, Some(Duration::from_secs(60)));
    assert_eq!((config.max_step, config.max_path_delay), (None, None));
    let port = &config.ports[0];
    assert_eq!(port.interface, "eth0");
    assert_eq!(port.announce_interval, LogInterval::new(1));
    assert_eq!(port.sync_interval, LogInterval::new(0));
    assert_eq!((port.event_port, port.general_port, port.ttl), (319, 320, 1));
    assert_eq!(port.announce_receipt_timeout, 3);
}

#[test]
fn the_command_line_wins_over_the_file_and_over_its_ports() {
    let text = "
domain = 5
priority1 = 10
sync_interval = -1
[[port]]
interface = \"eth0\"
sync_interval = -2
delay_mechanism = \"p2p\"
[[port]]
interface = \"eth1\"
";
    let config = with_file("wins", text, "--domain 7");
    let intervals: Vec<i8> = config.ports.iter().map(|port| port.sync_interval.log()).collect();
    assert_eq!((config.domain, config.priority1, intervals), (7, 10, vec![-2, -1]));

    let config = with_file("wins", text, "--sync-interval -3 -i eth0 -i eth7");
    let ports: Vec<_> = config
        .ports
        .iter()
        .map(|port| (port.interface.as_str(), port.sync_interval.log(), port.delay_mechanism))
        .collect();
    assert_eq!(ports, [("eth0", -3, DelayMechanism::P2p), ("eth7", -3, DelayMechanism::E2e)]);
}

#[test]
fn a_client_has_class_255_and_other_words_for_roles_are_understood() {
    for args in ["--client-only", "--slave-only", "--role slave", "--role=time-receiver"] {
        let (config, _) = load(&invocation(&format!("-i eth0 {args}"))).unwrap();
        assert_eq!((config.role, config.clock_class), (Role::ClientOnly, 255), "{args}");
    }
    let config = parsed("interfaces = \"eth0\"\nserver_only = true\nclock_class = 6\n");
    assert_eq!((config.role, config.clock_class), (Role::ServerOnly, 6));
    assert_eq!(parsed("interfaces = \"eth0\"\nclient_only = false\n").role, Role::Both);
}

#[test]
fn a_profile_sets_defaults_that_given_options_win_over() {
    let of = |args: &str| load(&invocation(args)).unwrap().0.ports[0].delay_mechanism;
    assert_eq!(of("-i eth0 --profile default-p2p"), DelayMechanism::P2p);
    assert_eq!(of("-i eth0 --profile default-p2p --delay-mechanism e2e"), DelayMechanism::E2e);
    assert_eq!(of("-i eth0 --profile default-e2e"), DelayMechanism::E2e);
}

#[test]
fn typed_fields_carry_what_was_written() {
    let config = parsed(
        r#"
interfaces = ["eth0"]
clock = "virtual"
clock_page = "/tmp/page"
virtual_offset_ns = -3_000_000_000
virtual_rate_ppb = 100000.0
clock_identity = "00-11-22-FF-FE-33-44-55"
clock_accuracy = "1us"
time_source = 0x20
utc_offset = 36
step_policy = "above"
step_threshold_ns = 1000
max_path_delay_ns = 100000
control_mode = 0o600
control = ""
state_dir = ""
summary_interval_s = 0
asymmetry_ns = -25
"#,
    );
    assert_eq!(config.virtual_offset, Span::from_seconds(-3));
    assert_eq!(config.virtual_rate_ppb.to_bits(), 100_000f64.to_bits());
    assert_eq!(config.clock_identity, Some([0, 0x11, 0x22, 0xff, 0xfe, 0x33, 0x44, 0x55]));
    assert_eq!((config.clock_accuracy, config.time_source), (0x23, 0x20));
    assert_eq!(config.utc_offset, Some(36));
    assert_eq!((config.step_policy, config.step_threshold), (StepChoice::Above, Span::MICROSECOND));
    assert_eq!(config.max_path_delay, Some(Span::MICROSECOND.times(100)));
    assert_eq!((config.control_mode, config.control.clone()), (0o600, None));
    assert_eq!((config.state_dir.clone(), config.drift_file.clone()), (None, None));
    assert_eq!(config.summary_interval, None);
    assert_eq!(config.ports[0].asymmetry, Span::from_nanos(-25));
}

#[test]
fn actions_are_recognised() {
    assert_eq!(invocation("").action, Action::Run);
    assert_eq!(invocation("--check -c x").action, Action::Check);
    assert_eq!(invocation("--print-config").action, Action::PrintConfig { all: true });
    assert_eq!(invocation("--print-config=changed").action, Action::PrintConfig { all: false });
    let Action::Print(help) = invocation("--help").action else { panic!("help is a text") };
    assert!(help.contains("--announce-interval <N>") && help.contains("--client-only"), "{help}");
    assert!(matches!(invocation("--version").action, Action::Print(_)));
}

#[test]
fn a_reload_knows_what_changed_and_what_can_be_applied() {
    let old = parsed("interfaces = [\"eth0\", \"eth1\"]\n");
    let new = parsed(
        "priority1 = 7\ndomain = 3\n[[port]]\ninterface = \"eth1\"\nannounce_interval = 0\n",
    );
    let changes: Vec<String> = diff(&old, &new)
        .into_iter()
        .map(|change| {
            let port = change.port.unwrap_or_default();
            format!("{} {port} {} -> {} {}", change.option, change.old, change.new, change.live)
        })
        .collect();
    expect![[r#"
        interfaces  eth0,eth1 -> eth1 false
        domain  0 -> 3 false
        priority1  128 -> 7 true
        announce_interval eth1 1 -> 0 true"#]]
    .assert_eq(&changes.join("\n"));
    assert_eq!(diff(&new, &new), []);
}

#[test]
fn what_was_changed_prints_as_a_short_file() {
    let (config, _) = load(&invocation(
        "-i eth0 -i eth1 --client-only --profile default-p2p --control-mode 0600 \
         --sync-interval -3 --virtual-rate-ppb 1e2",
    ))
    .unwrap();
    expect![[r#"
        control_mode = "0600"
        profile = "default-p2p"
        role = "client-only"
        virtual_rate_ppb = 100.0

        [[port]]
        interface = "eth0"
        sync_interval = -3

        [[port]]
        interface = "eth1"
        sync_interval = -3
    "#]]
    .assert_eq(&print_config(&config, false));
}

#[test]
fn the_file_with_everything_begins_with_what_each_option_means() {
    let (config, _) = load(&invocation("-i eth0")).unwrap();
    let head: Vec<String> =
        print_config(&config, true).lines().take(12).map(str::to_owned).collect();
    expect![[r##"
        # Whether the program stays in the foreground, which it always does: a
        # supervisor puts it elsewhere. Accepted so that command lines of other
        # daemons keep working.
        # true or false; default: true
        foreground = true

        # The user to become after the sockets are open, by name or number; empty to
        # stay who we are.
        # a text; default: none
        user = ""

        # The socket that answers `zeitgeber status` and takes orders such as reload;"##]]
    .assert_eq(&head.join("\n"));
}

#[test]
fn each_way_to_correct_a_clock_can_be_chosen() {
    for (word, choice) in [
        ("kalman", config::ServoChoice::Kalman),
        ("pi", config::ServoChoice::Pi),
        ("linreg", config::ServoChoice::Linreg),
    ] {
        let config = parsed(&format!("servo = \"{word}\"\n[[port]]\ninterface = \"eth0\"\n"));
        assert!(config.servo == choice, "{word}");
    }
}
