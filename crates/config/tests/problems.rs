//! What a person reads when a configuration is wrong.
#![forbid(unsafe_code)]

use std::ffi::OsString;

use config::{check, parse_args};
use expect_test::{Expect, expect};

fn problems(text: &str, expected: &Expect) {
    let problems = match check("z.toml", text) {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    };
    expected.assert_eq(&format!("{problems}\n"));
}

fn argument_problems(args: &str, expected: &Expect) {
    let words = ["zeitgeberd"].into_iter().chain(args.split_whitespace());
    let problems = match parse_args(words.map(OsString::from)) {
        Ok(invocation) => config::load(&invocation).expect_err("it is wrong"),
        Err(problems) => problems,
    };
    expected.assert_eq(&format!("{problems}\n"));
}

#[test]
fn all_problems_are_reported_at_once_in_their_order() {
    problems(
        r#"
domain = 256
prioritty1 = 3
role = "slave-olny"
transport = "udp5"
clock = "/dev/ptp0"
logSyncInterval = 1
step_policy = 7

[[port]]
interface = "eth0/1"
sync_interval = 8
priority1 = 3

[[port]]
ttl = "many"

[servo]
kp = 1
"#,
        &expect![[r#"
            z.toml:2:1: error: domain = 256: a whole number in 0..255 is expected
            z.toml:3:1: error: unknown option prioritty1; did you mean priority1?
            z.toml:4:1: error: role = slave-olny: one of both | client-only | server-only is expected; did you mean slave-only?
            z.toml:5:1: error: transport = udp5: one of udp4 | udp6 | l2 is expected; did you mean udp4?
            z.toml:6:1: error: clock = /dev/ptp0: this is not available in this version: it comes with hardware clocks; use one of system | virtual | observe
            z.toml:7:1: error: unknown option logSyncInterval; did you mean sync_interval?
            z.toml:8:1: error: step_policy = 7: one of never | first | always | above is expected
            z.toml:11:1: error: interface = eth0/1: an interface name has 1..15 visible characters and no slash; `ip link` lists them
            z.toml:12:1: error: sync_interval = 8: a whole number in -7..7 log2 s is expected; it is a logarithm: -3 is 1/8 s, 0 is 1 s, 1 is 2 s
            z.toml:13:1: error: priority1 belongs to the clock, not to a port; put it above the first [[port]]
            z.toml:15:1: error: this port has no interface; add interface = "..."
            z.toml:16:1: error: ttl = many: a whole number in 1..255 hops is expected
            z.toml:18:2: error: there is no table [servo]: options stand at the top or in a [[port]]
        "#]],
    );
}

#[test]
fn broken_syntax_has_a_place_too() {
    problems(
        "port = 5\n",
        &expect![[r#"
        z.toml:1:1: error: port is a list: write [[port]], then interface = "..." on the next line
    "#]],
    );
    problems(
        "domain = \npriority1 = = 3\n[[port]\n",
        &expect![[r#"
        z.toml:1:10: error: string values must be quoted, expected literal string
        z.toml:2:13: error: extra `=`, expected nothing
        z.toml:2:15: error: unexpected key or value, expected newline, `#`
        z.toml:3:8: error: unclosed array table, expected `]`
    "#]],
    );
}

#[test]
fn values_of_a_wrong_shape_say_what_is_expected() {
    problems(
        r#"
interfaces = [1, 2]
path_trace = "maybe"
domain = 1979-05-27
clock_identity = "00:11"
l2_group = "00:1b:19:00:00:00"
clock_accuracy = "100n"
bound_sigma = 11
control_mode = "9"
sync_interval = 125
time_source = { a = 1 }
"#,
        &expect![[r#"
            z.toml:2:1: error: interfaces: a list of texts is expected, like ["eth0", "eth1"]
            z.toml:3:1: error: path_trace = maybe: true or false is expected
            z.toml:4:1: error: domain: a date is not a value of any option
            z.toml:5:1: error: clock_identity = 00:11: 8 octets are expected, that is 16 hexadecimal digits
            z.toml:6:1: error: l2_group = 00:1b:19:00:00:00: 6 octets like 01:1b:19:00:00:00, the first of them odd are expected
            z.toml:7:1: error: clock_accuracy = 100n: a whole number in 0..255 | 25ns | 100ns | 250ns | 1us | 2.5us | 10us | 25us | 100us | 250us | 1ms | 2.5ms | 10ms | 25ms | 100ms | 250ms | 1s | 10s | unknown is expected; did you mean 100ns?
            z.toml:8:1: error: bound_sigma = 11: a number in 1..10 standard deviations is expected
            z.toml:9:1: error: control_mode = 9: access rights in octal, "0000".."0777" are expected
            z.toml:10:1: error: sync_interval = 125: a whole number in -7..7 log2 s is expected; it is a logarithm: -3 is 1/8 s, 0 is 1 s, 1 is 2 s
            z.toml:11:1: error: there is no table [time_source]: options stand at the top or in a [[port]]
        "#]],
    );
}

#[test]
fn options_that_do_not_fit_together_say_why() {
    problems(
        r#"
interfaces = ["eth0", "eth1", "eth0"]
role = "client-only"
clock_class = 6
step_threshold_ns = 5
virtual_rate_ppb = 100.0
control_readonly = "/run/zeitgeber/zeitgeber.sock"
sdo_id = 257
minor_version = 0
event_port = 320
alternate_timescales = "CET:+3563,EST:-5h"
[[port]]
interface = "eth2"
[[port]]
interface = "eth2"
"#,
        &expect![[r#"
            z.toml:2:1: error: interface eth0 is named twice; remove one
            z.toml:4:1: error: clock_class = 6: a client-only clock has class 255 (7.6.2.5); remove clock_class, or set role = "both"
            z.toml:5:1: warning: step_threshold_ns has no effect with step_policy = "first"; it needs "above"
            z.toml:6:1: warning: virtual_rate_ppb has no effect with clock = "system"; it needs "virtual"
            z.toml:7:1: error: control_readonly = /run/zeitgeber/zeitgeber.sock: this is the path of control; choose another
            z.toml:8:1: error: sdo_id = 257: its low 8 bits exist since the edition of 2019 (7.1.4); set minor_version = 1, or a multiple of 256
            z.toml:10:1: error: general_port and event_port of eth0 are both 320; choose another for one
            z.toml:11:1: error: alternate_timescales = EST:-5h: -5h is no offset; whole seconds are expected, as +3563
            z.toml:15:1: error: eth2 already has a port at z.toml:13:1; remove one
        "#]],
    );
}

#[test]
fn a_virtual_clock_is_warned_of_what_it_cannot_do() {
    problems(
        r#"
interfaces = ["eth0"]
clock = "virtual"
virtual_rate_ppb = -2000.5
max_rate_ppb = 1000
arb_timescale = "utc"
"#,
        &expect![[r#"
            z.toml:4:1: warning: virtual_rate_ppb = -2000.5: max_rate_ppb = 1000 cannot make up for it; the clock will not lock
            z.toml:6:1: warning: arb_timescale has no effect: a virtual clock follows the arbitrary timescale as it is
        "#]],
    );
}

#[test]
fn the_command_line_collects_its_problems_as_well() {
    argument_problems(
        "-i eth0 --domian 3 --priority1 256 --frobnicate yes --priority1=7 --clock /dev/ptp3",
        &expect![[r#"
            command line: error: unknown option domian; did you mean domain?
            command line: error: unknown option frobnicate
            command line: error: clock = /dev/ptp3: this is not available in this version: it comes with hardware clocks; use one of system | virtual | observe
            command line: error: priority1 = 256: a whole number in 0..255 is expected
        "#]],
    );
    argument_problems(
        "--domain",
        &expect![[r#"
        command line: error: a value is required for '--domain <N>' but none was supplied
    "#]],
    );
    argument_problems(
        "eth0",
        &expect![[r#"
        command line: error: unexpected argument 'eth0' found
    "#]],
    );
    argument_problems(
        "-i eth0 --client-only --server-only",
        &expect![[r#"
        command line: error: server_only means role, which was already given (command line); remove one
    "#]],
    );
    argument_problems(
        "-c /nonexistent.toml",
        &expect![[r#"
        /nonexistent.toml:1:1: error: cannot read the configuration: No such file or directory (os error 2)
    "#]],
    );
    argument_problems(
        "--priority1 1",
        &expect![[r#"
        configuration: error: no interface is named; use -i IFACE, or [[port]] with interface = "..."
    "#]],
    );
}

#[test]
fn explanations_say_all_that_is_known() {
    let text = |name| config::explain(name).unwrap_or_else(|problem| problem + "\n");
    expect![[r#"
        delay_mechanism (--delay-mechanism)
          How the path delay is measured: e2e with the time transmitter, p2p with the
          neighbour (11.3, 11.4); auto: e2e until a neighbour is heard that measures,
          then p2p; none: not at all, and the offset contains it.
          values:  e2e | p2p | common-p2p | auto | none
          default: e2e
          scope:   port
          change:  needs a restart
          ptp4l:   delay_mechanism
          e2e            E2E, end-to-end
          p2p            P2P, peer-to-peer
          common-p2p     COMMON_P2P, cmlds
          auto           Auto, AUTO
          none           NONE, NoMechanism, DELAY_DISABLED
    "#]]
    .assert_eq(&text("delay-mechanism"));
    expect![[r#"
        announce_interval (--announce-interval)
          The logarithm to base 2 of the seconds between Announce messages (7.7.2.2).
          values:  -7..7 log2 s
          default: 1
          scope:   port
          change:  applied on reload
          also:    log_announce_interval
          ptp4l:   logAnnounceInterval
    "#]]
    .assert_eq(&text("announce_interval"));
    expect![[r#"
        there is no option log_announce_intervall; did you mean log_announce_interval?
    "#]]
    .assert_eq(&text("log_announce_intervall"));
    expect![[r#"
        there is no option clientOnly; did you mean role?
    "#]]
    .assert_eq(&text("clientOnly"));
}

#[test]
fn lists_name_the_item_that_is_wrong() {
    for (line, wanted) in [
        ("acceptable = \"00:11:22\"", "acceptable = 00:11:22: a clock is 8 octets"),
        ("acceptable = \"001122.fffe.334455-0\"", "-PORT (1 to 65534)"),
        ("acceptable = \"001122.fffe.334455/0\"", "/PRIORITY1 (1 to 255)"),
        ("also_domains = \"1,1\"", "domain 1 is named twice"),
        ("also_domains = \"256\"", "256: a domain is a number from 0 to 255"),
        ("also_domains = \"0\"", "0 is our own domain"),
        ("local_priority = 3", "local_priority has no effect with bmca = \"2019\""),
    ] {
        let said = match config::check("test", &format!("interfaces = [\"eth0\"]\n{line}\n")) {
            Ok((_, warnings)) => warnings.to_string(),
            Err(problems) => problems.to_string(),
        };
        assert!(said.contains(wanted), "{line}: {said}");
        assert!(said.contains("test:2:"), "{line}: {said}");
    }
}

#[test]
fn unicast_that_cannot_work_says_why() {
    problems(
        r#"
role = "server-only"
multicast = false
[[port]]
interface = "eth0"
unicast_servers = ["10.0.0.1", "ptp.example.org"]
[[port]]
interface = "eth1"
transport = "udp6"
unicast_clients = ["fd00::1", "10.0.0.1"]
unicast_negotiation = false
unicast_listen = true
"#,
        &expect![[r#"
            z.toml:3:1: error: multicast = false: eth0 serves nobody; set unicast_listen = true, or name whom to serve in unicast_clients
            z.toml:6:1: error: unicast_servers of eth0: ptp.example.org: an address of IPv4 (192.0.2.1), IPv6 (2001:db8::1) or Ethernet (02:00:00:00:00:01) is expected; names are not looked up
            z.toml:10:1: error: unicast_clients of eth1: address 2 is none of transport = "udp6"; name one of it
            z.toml:12:1: warning: unicast_listen of eth1 has no effect without unicast_negotiation; name whom to serve in unicast_clients
        "#]],
    );
}

#[test]
fn what_belongs_to_a_thing_that_is_off_has_no_effect() {
    let said = |lines: &str| {
        let text = format!("interfaces = [\"eth0\"]\n{lines}\n");
        config::check("test", &text).unwrap().1.to_string()
    };
    let wanted = "holdover_class has no effect; it needs holdover_upgrade = true";
    assert!(said("holdover_class = 135").contains(wanted));
    assert_eq!(said("holdover_class = 135\nholdover_upgrade = true"), "");
    assert_eq!(said("profile = \"g8275.1\"\nrole = \"client-only\""), "");
}

#[test]
fn stamps_of_hardware_are_refused_with_the_reason() {
    argument_problems(
        "-i eth0 --timestamping hardware",
        &expect![[r#"
            command line: error: timestamping = hardware: this is not available in this version: it comes with hardware clocks; use one of auto | software
        "#]],
    );
}
