//! Transparent clocks seen from outside: what they say a message was kept for, against captures of
//! both of their interfaces and of what is next to them. Ours between two of ptp4l, and ptp4l between
//! two of ours.
//!
//! A capture sees what leaves some microseconds before the kernel stamps it for the sender, and what
//! arrives when the receiver's stamp is taken. So a message left between what the two ends of a wire
//! saw, and a correction is to lie between what follows from either.
#![forbid(unsafe_code)]

mod lab;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use control::ClockState;
use lab::*;

/// How far a correction may be outside what the captures show.
const OUTSIDE_MAX_NS: i64 = 2_000;

const FAST: [&str; 4] =
    ["--announce-interval=-2", "--sync-interval=-4", "--delay-interval=-4", "--pdelay-interval=-3"];
const PTP4L_FAST: [&str; 4] = [
    "logAnnounceInterval -2",
    "logSyncInterval -4",
    "logMinDelayReqInterval -4",
    "logMinPdelayReqInterval -3",
];

const FIELDS: [&str; 11] = [
    "frame.time_epoch",
    "ptp.v2.messagetype",
    "ptp.v2.clockidentity",
    "ptp.v2.sourceportid",
    "ptp.v2.sequenceid",
    "ptp.v2.correction.ns",
    "ptp.v2.dr.requestingsourceportidentity",
    "ptp.v2.pdrs.requestreceipttimestamp.seconds",
    "ptp.v2.pdrs.requestreceipttimestamp.nanoseconds",
    "ptp.v2.pdfu.responseorigintimestamp.seconds",
    "ptp.v2.pdfu.responseorigintimestamp.nanoseconds",
];

const SYNC: u64 = 0;
const DELAY_REQ: u64 = 1;
const PDELAY_REQ: u64 = 2;
const PDELAY_RESP: u64 = 3;
const FOLLOW_UP: u64 = 8;
const DELAY_RESP: u64 = 9;
const PDELAY_RESP_FOLLOW_UP: u64 = 10;

/// Who sent an event message, and its number.
type Whose = (String, u16);

/// What one interface saw, by kind and event message: when, and with which correction; of peer
/// delay answers, the time in it.
#[derive(Debug, Default)]
struct Seen(BTreeMap<u64, BTreeMap<Whose, (i64, i64, i64)>>);

impl Seen {
    fn new(capture: Capture) -> Seen {
        let mut seen = Seen::default();
        for line in capture.finish("ptp", &FIELDS) {
            let number = |i: usize| parse(&line[i]);
            let kind = number(1) as u64;
            let whose = match kind {
                DELAY_RESP => line[6].clone(),
                // There is one neighbour: the number alone tells its answers.
                PDELAY_REQ | PDELAY_RESP | PDELAY_RESP_FOLLOW_UP => String::new(),
                _ => format!("{} {}", line[2], line[3]),
            };
            let whose = if kind == DELAY_REQ { line[2].clone() } else { whose };
            let time = [7, 9].map(|i| number(i) * 1_000_000_000 + number(i + 1)).iter().sum();
            let entry = (nanoseconds(&line[0]), number(5), time);
            seen.0.entry(kind).or_default().insert((whose, number(4) as u16), entry);
        }
        seen
    }

    fn of(&self, kind: u64, whose: &Whose) -> Option<(i64, i64, i64)> {
        self.0.get(&kind)?.get(whose).copied()
    }

    fn all(&self, kind: u64) -> impl Iterator<Item = &Whose> {
        self.0.get(&kind).into_iter().flat_map(BTreeMap::keys)
    }

    /// The correction of an event message and of what follows it.
    fn correction(&self, kind: u64, whose: &Whose) -> Option<i64> {
        Some(self.of(kind, whose)?.1 + self.of(follower(kind), whose)?.1)
    }

    /// The median delay of this link that the answers of its other end show.
    fn link_delay(&self) -> i64 {
        let exchange = |whose: &Whose| {
            let (t1, ..) = self.of(PDELAY_REQ, whose)?;
            let (t4, resp, t2) = self.of(PDELAY_RESP, whose)?;
            let (_, follow_up, t3) = self.of(PDELAY_RESP_FOLLOW_UP, whose)?;
            Some((t4 - t1 - (t3 - t2) - resp - follow_up) / 2)
        };
        let mut delays: Vec<i64> = self.all(PDELAY_RESP).filter_map(exchange).collect();
        delays.sort_unstable();
        assert!(delays.len() >= 10, "{} exchanges on a link", delays.len());
        delays[delays.len() / 2]
    }
}

fn follower(kind: u64) -> u64 {
    if kind == SYNC { FOLLOW_UP } else { DELAY_RESP }
}

fn parse(text: &str) -> i64 {
    let hex = text.strip_prefix("0x").map(|hex| i64::from_str_radix(hex, 16));
    hex.unwrap_or_else(|| text.parse()).unwrap_or(0)
}

/// Of seconds with nine decimals.
fn nanoseconds(text: &str) -> i64 {
    let (seconds, rest) = text.split_once('.').unwrap();
    parse(seconds) * 1_000_000_000 + format!("{rest:0<9}")[..9].parse::<i64>().unwrap()
}

/// An event message on its way through a clock.
#[derive(Clone, Copy, Debug)]
struct Passed {
    /// What the captures say that it was kept for: at least, and at most.
    kept: (i64, i64),
    /// What the clock says.
    grown: i64,
}

impl Passed {
    /// How far the clock's word is outside of what the captures show.
    fn outside(&self) -> i64 {
        self.grown - self.grown.clamp(self.kept.0, self.kept.1)
    }
}

/// Each event message of a kind that came in on one interface, left through another and arrived at
/// the next clock; `besides` is what its correction grows by besides.
fn passed(kind: u64, besides: i64, [ingress, egress, next]: [&Seen; 3]) -> Vec<Passed> {
    let one = |whose: &Whose| {
        let came = ingress.of(kind, whose)?.0;
        let kept = (egress.of(kind, whose)?.0 - came, next.of(kind, whose)?.0 - came);
        let grown = match kind {
            SYNC => egress.correction(kind, whose)? - ingress.correction(kind, whose)?,
            // The answer comes the other way.
            _ => ingress.of(DELAY_RESP, whose)?.1 - egress.of(DELAY_RESP, whose)?.1,
        };
        Some(Passed { kept, grown: grown - besides })
    };
    ingress.all(kind).filter_map(one).filter(|passed| passed.kept.0 > 0).collect()
}

/// Sums it up: enough of them, some kept for milliseconds, and the corrections right.
fn judge(what: &str, passed: &[Passed]) {
    let below = share_below(passed.iter().map(Passed::outside), OUTSIDE_MAX_NS);
    let long = passed.iter().filter(|passed| passed.kept.0 > 1_000_000).count();
    let mut after: Vec<i64> = passed.iter().map(|passed| passed.grown - passed.kept.0).collect();
    after.sort_unstable();
    let at = |percent: usize| after.get(after.len() * percent / 100).copied().unwrap_or(0);
    println!(
        "{what}: {} messages, {long} kept above 1 ms (longest {} us), {:.1} % right; above the \
         captured residence by {} ns in the median, {} ns at 5 %, {} ns at 95 %",
        passed.len(),
        passed.iter().map(|passed| passed.kept.0).max().unwrap_or(0) / 1_000,
        below * 100.0,
        at(50),
        at(5),
        at(95),
    );
    assert!(passed.len() >= 50, "{what}: {} messages", passed.len());
    assert!(long >= 10, "{what}: {long} kept above 1 ms");
    assert!(below >= 0.95, "{what}: {below:.3} right: {passed:?}");
}

/// Lets a process stand still for some milliseconds again and again.
fn stutter(process: &Process, length: Duration) {
    let mut draw = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        draw ^= draw << 13;
        draw ^= draw >> 7;
        draw ^= draw << 17;
        Duration::from_micros(3_000 + draw % 9_000)
    };
    let start = Instant::now();
    while start.elapsed() < length {
        process.signal("-STOP");
        std::thread::sleep(next());
        process.signal("-CONT");
        std::thread::sleep(next());
    }
}

/// Captures both sides of the clock in the middle while it stutters.
fn measure(chain: &Chain, middle: &Process, p2p: bool) {
    let places = [(0, "e0"), (1, "e0"), (1, "e1"), (2, "e1")];
    let captures = places.map(|(host, interface)| Capture::start_on(chain, host, interface));
    stutter(middle, Duration::from_secs(6));
    std::thread::sleep(Duration::from_millis(300));
    let [before, near, far, after] = captures.map(Seen::new);
    let delay = if p2p { near.link_delay() } else { 0 };
    if p2p {
        println!("link delay {delay} ns");
    }
    judge("Sync", &passed(SYNC, delay, [&near, &far, &after]));
    if !p2p {
        judge("Delay_Req", &passed(DELAY_REQ, 0, [&far, &near, &before]));
    }
}

fn ours_between_theirs(mechanism: &str, ptp4l_says: &[&str]) {
    let _quiet = quiet();
    let chain = Chain::new(3, &[(0, 1), (1, 2)]);
    let says = [&PTP4L_FAST[..], ptp4l_says].concat();
    let _leader = ptp4l_on(&chain, 0, &["e0"], &[&says[..], &["priority1 10"]].concat());
    let kind = format!("{mechanism}-transparent");
    let middle = node_on(&chain, 1, &["e0", "e1"], &[&FAST[..], &["--clock-type", &kind]].concat());
    let _end = ptp4l_on(&chain, 2, &["e1"], &[&says[..], &["slaveOnly 1"]].concat());
    middle.wait_state(Duration::from_secs(40), ClockState::Locked);
    measure(&chain, &middle.process, mechanism == "p2p");
}

#[test]
fn our_end_to_end_transparent_clock_says_how_long_it_kept_messages() {
    if wanted("our_end_to_end_transparent_clock_says_how_long_it_kept_messages") {
        ours_between_theirs("e2e", &[]);
    }
}

#[test]
fn our_peer_to_peer_transparent_clock_says_how_long_it_kept_messages() {
    if wanted("our_peer_to_peer_transparent_clock_says_how_long_it_kept_messages") {
        ours_between_theirs("p2p", &["delay_mechanism P2P"]);
    }
}

fn theirs_between_ours(mechanism: &str) {
    let _quiet = quiet();
    let chain = Chain::new(3, &[(0, 1), (1, 2)]);
    let ours = [&FAST[..], &["--delay-mechanism", mechanism]].concat();
    let leader = node_on(&chain, 0, &["e0"], &[&ours[..], &["--server-only"]].concat());
    let (kind, mechanism_says) = (
        format!("clock_type {}_TC", mechanism.to_uppercase()),
        format!("delay_mechanism {}", mechanism.to_uppercase()),
    );
    let says = [&PTP4L_FAST[..], &["priority1 254", &kind, &mechanism_says]].concat();
    let middle = ptp4l_on(&chain, 1, &["e0", "e1"], &says);
    let end = node_on(&chain, 2, &["e1"], &[&ours[..], &["--client-only"]].concat());
    end.wait_state(Duration::from_secs(40), ClockState::Locked);
    measure(&chain, &middle, mechanism == "p2p");
    let (leader, end) = (Watch::open(&leader.page), Watch::open(&end.page));
    let looks = (0..50).map(|_| {
        std::thread::sleep(Duration::from_millis(40));
        let (ours, theirs) = (end.look(), leader.look());
        (ours.error_ns - theirs.error_ns, ours.bound_ns.unwrap_or(0) as i64)
    });
    let looks: Vec<(i64, i64)> = looks.collect();
    let below = share_below(looks.iter().map(|(error, _)| *error), 50_000);
    println!("{:.1} % of the end's errors below 50 us", below * 100.0);
    assert!(below >= 0.95, "{looks:?}");
}

#[test]
fn their_end_to_end_transparent_clock_serves_ours() {
    if wanted("their_end_to_end_transparent_clock_serves_ours") {
        theirs_between_ours("e2e");
    }
}

#[test]
fn their_peer_to_peer_transparent_clock_serves_ours() {
    if wanted("their_peer_to_peer_transparent_clock_serves_ours") {
        theirs_between_ours("p2p");
    }
}
