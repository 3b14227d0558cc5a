//! Management messages over the network: linuxptp's `pmc` asks our daemon, tshark reads the answers.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

/// What `pmc` on a host prints for its commands.
fn pmc(lab: &Lab, host: usize, options: &[&str], commands: &[&str]) -> String {
    let mut command = lab.command(host, "pmc");
    command.args(options).args(["-i", "eth0"]).args(commands);
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Sends a COMMAND without data from a host to the first one, octet by octet: `pmc` knows none.
fn command(lab: &Lab, host: usize, id: u16) {
    let mut octets = vec![0x0d, 0x12, 0, 54];
    octets.extend([0; 16]);
    octets.extend([2, 0, 0, 0xff, 0xfe, 0, 0, 99, 0, 1, 0, 1, 4, 0x7f]);
    octets.extend([0xff; 10]);
    octets.extend([0, 0, 3, 0, 0, 1, 0, 2]);
    octets.extend(id.to_be_bytes());
    let text: String = octets.iter().map(|octet| format!("\\x{octet:02x}")).collect();
    let script = format!("printf '{text}' > /dev/udp/10.77.0.1/320");
    assert!(lab.command(host, "bash").args(["-c", &script]).status().unwrap().success());
}

/// What `pmc` knows of the standard's ids.
const GETS: [&str; 24] = [
    "GET NULL_MANAGEMENT",
    "GET CLOCK_DESCRIPTION",
    "GET USER_DESCRIPTION",
    "GET DEFAULT_DATA_SET",
    "GET CURRENT_DATA_SET",
    "GET PARENT_DATA_SET",
    "GET TIME_PROPERTIES_DATA_SET",
    "GET PORT_DATA_SET",
    "GET PRIORITY1",
    "GET PRIORITY2",
    "GET DOMAIN",
    "GET SLAVE_ONLY",
    "GET LOG_ANNOUNCE_INTERVAL",
    "GET ANNOUNCE_RECEIPT_TIMEOUT",
    "GET LOG_SYNC_INTERVAL",
    "GET VERSION_NUMBER",
    "GET CLOCK_ACCURACY",
    "GET TRACEABILITY_PROPERTIES",
    "GET TIMESCALE_PROPERTIES",
    "GET DELAY_MECHANISM",
    "GET LOG_MIN_PDELAY_REQ_INTERVAL",
    "GET TIME_STATUS_NP",
    "GET GRANDMASTER_SETTINGS_NP",
    "GET PORT_DATA_SET_NP",
];

#[test]
fn pmc_reads_every_id_over_every_transport() {
    if !wanted("pmc_reads_every_id_over_every_transport") {
        return;
    }
    for (way, transport) in [("-4", "udp4"), ("-6", "udp6"), ("-2", "l2")] {
        let lab = Lab::new(2);
        let name = ["--transport", transport, "--user-description", "clock;room 7"];
        let node = node(&lab, 0, &name);
        node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
        let capture = Capture::start(&lab, 1);
        let said = pmc(&lab, 1, &[way], &GETS);
        let answers = said.matches("RESPONSE MANAGEMENT").count();
        assert_eq!(answers, GETS.len(), "{way}: {said}");
        assert!(!said.contains("MANAGEMENT_ERROR_STATUS"), "{said}");
        for line in ["priority1 128", "clockClass              248", "clock;room 7"] {
            assert!(said.contains(line), "{line} in {said}");
        }
        let fields = ["_ws.malformed", "_ws.expert.message", "ptp.v2.mm.managementId"];
        let seen = capture.finish("ptp.v2.messagetype == 0xd", &fields);
        assert!(seen.len() >= 2 * GETS.len(), "{seen:?}");
        assert!(seen.iter().all(|row| row[0].is_empty() && row[1].is_empty()), "{seen:?}");
    }
}

#[test]
fn pmc_changes_only_what_it_may() {
    if !wanted("pmc_changes_only_what_it_may") {
        return;
    }
    let lab = Lab::new(2);
    let sets = ["SET PRIORITY1 77", "GET PRIORITY1", "GET PORT_DATA_SET"];
    let reader = node(&lab, 0, &[]);
    reader.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let said = pmc(&lab, 1, &["-4"], &sets);
    assert!(said.contains("priority1 128") && said.contains("MASTER"), "{said}");
    assert_eq!(said.matches("MANAGEMENT_ERROR_STATUS").count(), 1, "{said}");
    command(&lab, 1, 0x200e);
    let said = pmc(&lab, 1, &["-4"], &["GET PORT_DATA_SET"]);
    assert!(said.contains("MASTER"), "{said}");
    drop(reader);
    let writer = node(&lab, 0, &["--management", "write"]);
    writer.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let said = pmc(&lab, 1, &["-4"], &sets);
    assert!(said.contains("priority1 77"), "{said}");
    command(&lab, 1, 0x200e);
    writer.wait_for(Duration::from_secs(3), |status| {
        let set: Vec<_> = status.managed.iter().map(|set| set.id.as_str()).collect();
        status.grandmaster.is_none_or(|grandmaster| grandmaster.priority1 == 77)
            && set == ["PRIORITY1", "DISABLE_PORT"]
    });
    command(&lab, 1, 0x200d);
    let said = pmc(&lab, 1, &["-4"], &["GET PORT_DATA_SET"]);
    assert!(said.contains("LISTENING"), "{said}");
    writer.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
}

#[test]
fn what_is_saved_outlives_a_restart_and_a_reset_puts_back_the_configuration() {
    if !wanted("what_is_saved_outlives_a_restart_and_a_reset_puts_back_the_configuration") {
        return;
    }
    let lab = Lab::new(2);
    let options = ["--management", "write", "--priority1", "100"];
    let start = || {
        let node = node(&lab, 0, &options);
        node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
        node
    };
    let priority1 = |node: &Node| node.status().unwrap().grandmaster.unwrap().priority1;
    let mut first = start();
    assert_eq!(priority1(&first), 100);
    pmc(&lab, 1, &["-4"], &["SET PRIORITY1 77", "SET PRIORITY2 66"]);
    command(&lab, 1, 0x0003);
    first.wait_for(Duration::from_secs(3), |s| {
        s.managed.len() == 2 && s.managed.iter().all(|set| set.saved)
    });
    first.process.kill();
    let second = start();
    assert_eq!(priority1(&second), 77);
    assert_eq!(second.status().unwrap().managed[0].value, "priority1 77");
    command(&lab, 1, 0x0004);
    second.wait_for(Duration::from_secs(3), |s| s.managed.is_empty());
    assert_eq!(priority1(&second), 100);
    drop(second);
    assert_eq!(priority1(&start()), 100);
}

#[test]
fn a_reload_leaves_what_was_set_but_for_the_options_that_it_changes() {
    if !wanted("a_reload_leaves_what_was_set_but_for_the_options_that_it_changes") {
        return;
    }
    let lab = Lab::new(2);
    let file = lab.path("zeitgeberd.toml");
    let write = |priority2: u8| {
        let text = format!("management = \"write\"\npriority1 = 100\npriority2 = {priority2}\n");
        std::fs::write(&file, text).unwrap();
    };
    write(100);
    let node = node(&lab, 0, &["-c", file.to_str().unwrap()]);
    node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    pmc(&lab, 1, &["-4"], &["SET PRIORITY1 77", "SET PRIORITY2 66"]);
    let set = |status: &control::Status| {
        status.managed.iter().map(|set| format!("{} {}", set.id, set.value)).collect::<Vec<_>>()
    };
    node.wait_for(Duration::from_secs(3), |status| set(status).len() >= 2);
    write(90);
    node.process.signal("-HUP");
    node.wait_for(Duration::from_secs(3), |status| {
        let leader = status.grandmaster.unwrap();
        (leader.priority1, leader.priority2) == (77, 90)
    });
    let left = set(&node.status().unwrap());
    assert_eq!(left[0], "PRIORITY1 priority1 77", "{left:?}");
    assert!(!left.iter().any(|line| line.starts_with("PRIORITY2")), "{left:?}");
}
