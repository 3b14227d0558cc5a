//! What asks the daemon, against a socket that answers with lines written by hand.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use expect_test::expect;
use support::{Folder, fake_daemon, stderr, stdout, zeitgeber};

const LOCKED: &str = r#"{"status":{"schema":1,"version":"0.1.0","pid":4711,"domain":0,
"clock":{"identity":"00:11:22:ff:fe:33:44:55","kind":"virtual","timescale":"tai"},
"role":"client-only","state":"locked","since_s":200,"reason":null,"offset_ns":-12.5,
"offset_rms_ns":300.0,"mean_delay_ns":15000.0,"rate_ppb":-99999.5,"bound_random_ns":900.0,
"bound_ns":1900.0,"true_error_ns":-1234567.0,
"parent":{"identity":"aa:bb:cc:ff:fe:dd:ee:ff","port":1,"address":"10.0.0.1"},
"grandmaster":{"identity":"aa:bb:cc:ff:fe:dd:ee:00","priority1":128,"priority2":127,"class":6,
"accuracy":33,"variance":65535},"steps_removed":2,
"time_properties":{"utc_offset":37,"utc_offset_valid":true,"leap59":false,"leap61":true,
"time_traceable":true,"frequency_traceable":false,"ptp_timescale":true,"time_source":32},
"utc_offset":37,"steps":1,
"ports":[{"number":1,"interface":"eth0","state":"receiver","timestamping":"software",
"counters":{"rx_announce":6,"tx_announce":0,"rx_sync":12,"rx_delay_resp":3,"tx_delay_req":4,
"discarded_malformed":2,"discarded_state":25,"tx_stamps_missing":1,"heard_not_for_us":5}},
{"number":2,"interface":"wlan0","state":"passive","counters":{}}],
"heard":[{"what":"domain 127, we are 0","port":1,"count":3,"last_s":2}],
"notes":["another time daemon runs: chronyd"],"capabilities":["CAP_NET_BIND_SERVICE"]}}"#;

const LISTENING: &str = r#"{"status":{"schema":1,
"clock":{"identity":"00:11:22:ff:fe:33:44:55","kind":"system","timescale":"utc"},
"role":"both","state":"listening","reason":"no Announce is heard: check cable, VLAN, firewall (UDP 319 and 320) and multicast, or `zeitgeber doctor`","ports":[]}}"#;

fn one_line(text: &str) -> String {
    text.replace('\n', "")
}

fn asked(answers: &[&str], arguments: &[&str]) -> std::process::Output {
    let folder = Folder::new();
    let path = folder.path("control");
    fake_daemon(&path, answers.iter().map(|answer| one_line(answer)).collect());
    let control = ["--control", path.to_str().unwrap()];
    zeitgeber(&[arguments, &control].concat())
}

#[test]
fn the_status_of_a_follower_is_one_screen() {
    let output = asked(&[LOCKED], &["status"]);

    assert_eq!(output.status.code(), Some(0));
    expect![[r#"
        state           locked for 3 min 20 s
        clock           00:11:22:ff:fe:33:44:55, a virtual clock, client only, domain 0
        daemon          zeitgeberd 0.1.0, process 4711
        follows         aa:bb:cc:ff:fe:dd:ee:ff port 1 at 10.0.0.1
        grandmaster     aa:bb:cc:ff:fe:dd:ee:00, 2 steps away; class 6, accuracy 100 ns, priorities 128 and
                        127
        offset          12.5 ns behind, rms 300 ns, path delay 15.0 us
        sure to         ±1.90 us, of which chance ±900 ns
        true error      -1.23 ms against the system's clock
        correction      -99.999 ppm of the oscillator
        time            TAI, TAI - UTC 37 s, stepped once
        source says     TAI, TAI - UTC 37 s, a second is put in at the end of this UTC day, traceable time
        note            another time daemon runs: chronyd
        not for us      domain 127, we are 0: 3 times, last 2 s ago, port 1

        port  interface  state     stamps    announce rx/tx  sync rx/tx  delay rx/tx  pdelay rx/tx  trouble
        1     eth0       receiver  software  6/0             12/0        3/4          0/0           discarded malformed 2, tx stamps missing 1
        2     wlan0      passive   -         0/0             0/0         0/0          0/0           none
    "#]].assert_eq(&stdout(&output));
}

/// Of the clock of a daemon with one port, and of the port.
const RECORDS: [&str; 2] = [
    r#"{"performance":{"port":0,"records":[{"index":0,"length_s":900,"began_s":125,"complete":false,
"offset":{"count":4,"min_ns":-200.0,"max_ns":300.0,"mean_ns":12.5,"deviation_ns":55.0},
"mean_delay":{"count":1,"min_ns":15000.0,"max_ns":15000.0,"mean_ns":15000.0,"deviation_ns":null}},
{"index":1,"length_s":900,"began_s":1025,"complete":true}]}}"#,
    r#"{"performance":{"port":1,"records":[{"index":98,"length_s":86400,"began_s":90000,
"complete":true,"messages":{"rx_sync":7,"tx_delay_req":3}}]}}"#,
];

#[test]
fn the_records_of_performance_are_tables() {
    let one_port =
        LOCKED.replace(r#"{"number":2,"interface":"wlan0","state":"passive","counters":{}}"#, "");
    let one_port = one_port.replace("},\n]", "}]");
    let answers = [one_port.as_str(), RECORDS[0], RECORDS[1]];
    let output = asked(&answers, &["status", "--performance"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    expect![[r#"
        The clock
                         began           offset                                delay                         Sync took  Delay_Req took 
         quarter so far  2 min 5 s ago   12.5 ns ±55.0 ns (-200 ns to 300 ns)  15.0 us (15.0 us to 15.0 us)  -          -              
         quarter         17 min 5 s ago  -                                     -                             -          -              

        Port 1
              began        link  messages                  
         day  1 d 1 h ago  -     rx_sync 7, tx_delay_req 3 

    "#]].assert_eq(&stdout(&output));
    let refused = r#"{"error":{"kind":"unavailable","text":"nothing is recorded"}}"#;
    let output = asked(&[one_port.as_str(), refused], &["status", "--performance"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nothing is recorded"));
}

#[test]
fn the_status_of_a_lonely_clock_says_why_it_is_not_better() {
    let output = asked(&[LISTENING], &["status"]);

    assert_eq!(output.status.code(), Some(0));
    expect![[r#"
        state           listening for 0 s
        clock           00:11:22:ff:fe:33:44:55, the system's clock, may lead and follow, domain 0
        follows         nobody
        time            UTC, never stepped
        why not better  no Announce is heard: check cable, VLAN, firewall (UDP 319 and 320) and multicast,
                        or `zeitgeber doctor`
    "#]].assert_eq(&stdout(&output));
}

#[test]
fn json_is_the_status_on_one_line() {
    let output = asked(&[LOCKED], &["status", "--json"]);

    let text = stdout(&output);
    assert_eq!(text.lines().count(), 1);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], 1);
    assert_eq!(value["bound_ns"], 1900.0);
    assert_eq!(value["ports"][0]["counters"]["rx_sync"], 12);
}

#[test]
fn a_watch_prints_until_the_daemon_ends() {
    let twice = format!("{}\n{}", one_line(LOCKED), one_line(LISTENING));
    let folder = Folder::new();
    let path = folder.path("control");
    fake_daemon(&path, vec![twice]);

    let output = zeitgeber(&["status", "--watch", "--control", path.to_str().unwrap()]);

    let text = stdout(&output);
    assert_eq!(text.matches("locked for").count(), 1);
    assert_eq!(text.matches("listening for").count(), 1);
    assert!(!text.contains('\x1b'), "no terminal, no control sequences");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_daemon_that_is_not_there_is_one_line_that_says_what_to_do() {
    let output = zeitgeber(&["status", "--control", "/nowhere/control"]);

    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains("no daemon at /nowhere/control: start it"), "{text}");
}

#[test]
fn an_answer_that_makes_no_sense_is_said_to_be_none() {
    for nonsense in ["", "{\"weather\":{}}", "HTTP/1.1 400 Bad Request", "{\"status\":{}}"] {
        let output = asked(&[nonsense], &["status"]);

        assert_eq!(output.status.code(), Some(1), "{nonsense}");
        assert!(stderr(&output).contains("is not a zeitgeberd of this version"), "{nonsense}");
    }
}

#[test]
fn a_refusal_is_passed_on() {
    let refusal = r#"{"error":{"kind":"forbidden","text":"not you"}}"#;

    let output = asked(&[refusal], &["status"]);

    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the daemon refuses: not you"));
}

#[test]
fn a_wait_ends_when_the_clock_is_locked_within_the_bound() {
    let wide = LOCKED.replace("\"bound_ns\":1900.0", "\"bound_ns\":5000.0");

    let wait = ["wait", "--locked", "--within", "2000", "--timeout", "20"];
    let output = asked(&[LISTENING, &wide, LOCKED], &wait);

    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "locked, error bound ±1.90 us\n");
}

#[test]
fn a_wait_that_is_in_vain_ends_in_time_and_says_the_last_reason() {
    let wait = ["wait", "--locked", "--timeout", "1"];

    let output = asked(&[LISTENING], &wait);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("it is listening: no Announce is heard"));

    let output = asked(&[LOCKED], &["wait", "--locked", "--within", "100", "--timeout", "1"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("its error bound is ±1.90 us"), "{}", stderr(&output));
}

#[test]
fn wrong_arguments_end_with_2() {
    for wrong in [&["status", "--colour"][..], &["wait"], &[], &["check"], &["moon"]] {
        assert_eq!(zeitgeber(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
