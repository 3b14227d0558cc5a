//! Ours beside the peers' own servos: all follow one leader through one switch with jitter, at the
//! same time and the same rate, each with a clock of its own that is as far off and as fast. In a
//! virtual machine, where nothing else disturbs them.
//!
//! `ZEITGEBER_BESIDE_SECONDS` says how long they have to settle, and are then watched, in each of
//! several cases; without it, there is one.
#![forbid(unsafe_code)]

mod lab;

use std::process::Command;
use std::time::Duration;

use control::{Answer, Status};
use lab::*;

const SECONDS: u64 = 30;
/// The exponent of the interval, and what the switch does with frames.
const CASES: [(i8, &str); 4] = [
    (-3, "delay 200us 50us"),
    (-3, "delay 50us 10us"),
    (0, "delay 200us 50us"),
    (-3, "delay 200us 50us loss 10%"),
];

/// `$1` is the exponent of the interval, `$2` the seconds, `$3` and on the jitter.
const SCRIPT: &str = r#"
log=$1; seconds=$2; shift 2
ip netns add s; ip -n s link add br0 type bridge; ip -n s link set br0 up
number=0
for host in leader ours pi linreg ptpd; do
    number=$((number + 1))
    ip netns add $host; ip -n $host link set lo up
    ip -n $host link add e0 type veth peer name $host netns s
    ip -n s link set dev $host master br0; ip -n s link set dev $host up; ip -n $host link set e0 up
    ip -n $host address add 10.0.0.$number/24 dev e0
    # Where frames leave the switch: the hosts stamp before and behind it.
    tc -n s qdisc add dev $host root netem "$@"
done
sleep 3
peer() {
    host=$1; shift
    export OWN_CLOCK_OFFSET_NS=20000000 OWN_CLOCK_PPB=15000 OWN_CLOCK_PAGE=page-$host
    LD_PRELOAD=/bin/own_clock.so ip netns exec $host "$@" > log-$host 2>&1 &
    unset OWN_CLOCK_OFFSET_NS OWN_CLOCK_PPB OWN_CLOCK_PAGE
}
conf() {
    printf "[global]\ntime_stamping software\ntx_timestamp_timeout 100\nuds_address uds-$1\n" > conf-$1
    printf "logSyncInterval $log\nlogMinDelayReqInterval $log\n$2" >> conf-$1
}
conf leader 'free_running 1\npriority1 10\n'
ip netns exec leader ptp4l -f conf-leader -i e0 > log-leader 2>&1 &
for servo in pi linreg; do
    conf $servo "slaveOnly 1\nclock_servo $servo\n"
    peer $servo ptp4l -f conf-$servo -i e0
done
peer ptpd ptpd -C -L -V -s -i e0 -r $log
ip netns exec ours zeitgeberd -i e0 --client-only --clock virtual --clock-page page-ours --control control \
    --state-dir state --virtual-offset-ns=20000000 --virtual-rate-ppb=15000 \
    --sync-interval=$log --delay-interval=$log > log-ours 2>&1 &
# Looking is work, which changes how long frames wait here: it begins at once, and the first half does not count.
for look in $(seq $seconds); do
    sleep 2
    echo "ours-$look $(zeitgeber status --json --control control)"
    time=$(adjtimex | grep tv_ | tr -dc '0-9\n' | tr '\n' ' ')
    echo "theirs-$look $time $(cat page-pi page-linreg page-ptpd | od -An -v -w96 -t d8)"
done
"#;

/// How far a clock was ahead, in ns, at each look.
struct Errors {
    name: &'static str,
    ns: Vec<f64>,
}

impl Errors {
    fn rms(&self) -> f64 {
        let squares: f64 = self.ns.iter().map(|ns| ns * ns).sum();
        (squares / self.ns.len() as f64).sqrt()
    }

    fn mean(&self) -> f64 {
        self.ns.iter().sum::<f64>() / self.ns.len() as f64
    }

    fn worst(&self) -> f64 {
        self.ns.iter().fold(0.0, |worst, ns| ns.abs().max(worst))
    }
}

fn ours(line: &str) -> (f64, Option<f64>) {
    match Answer::parse(format!("{{\"status\":{line}}}").as_bytes()) {
        Ok(Answer::Status(status)) => {
            let Status { true_error_ns, bound_ns, .. } = *status;
            (true_error_ns.unwrap(), bound_ns)
        }
        other => panic!("{other:?}"),
    }
}

/// `SECONDS MICROSECONDS`, then `TURN SINCE THEN RATE` of each peer's page, the rate as bits.
fn theirs(line: &str, place: usize) -> f64 {
    let words: Vec<i64> = line.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let now = words[0] * 1_000_000_000 + words[1] * 1_000;
    let [_turn, since, then, rate] = words[2 + 4 * place..][..4] else { unreachable!() };
    (then - since) as f64 + (now - since) as f64 * f64::from_bits(rate as u64)
}

fn race((log_interval, netem): (i8, &str), seconds: u64) -> (Vec<Errors>, usize) {
    let name = format!("beside{}", log_interval.unsigned_abs());
    let folder = std::env::temp_dir().join(format!("zq{}{name}", std::process::id()));
    let mut guest = Guest::new(folder.clone(), Pace::Instructions);
    guest.brings = vec![own_clock_library().to_owned(), found("ptpd"), found("od")];
    let script = format!("set -e\nset -- {log_interval} {seconds} {netem}\n{SCRIPT}");
    let guest = guest.boot(&script, Command::new(EMULATOR));
    let lines = finish(guest, Duration::from_secs(180 + 6 * seconds));
    std::fs::remove_dir_all(folder).unwrap();
    let looks = |who: &'static str| {
        let lines = &lines;
        (seconds / 2 + 1..=seconds).map(move |look| value(lines, &format!("{who}-{look}")))
    };
    let looked: Vec<(f64, Option<f64>)> = looks("ours").map(ours).collect();
    let held = looked.iter().filter(|(error, bound)| bound.is_some_and(|b| error.abs() <= b));
    let held = held.count();
    let ns = looked.iter().map(|look| look.0).collect();
    let mut all = vec![Errors { name: "zeitgeberd", ns }];
    for (place, name) in ["ptp4l, pi", "ptp4l, linreg", "ptpd"].into_iter().enumerate() {
        all.push(Errors { name, ns: looks("theirs").map(|line| theirs(line, place)).collect() });
    }
    println!("2^{log_interval} s, {netem}:");
    for errors in &all {
        println!(
            "{:14} {:9.2} us rms, {:6.1} times ours; mean {:+9.2} us, worst {:9.2} us",
            errors.name,
            errors.rms() / 1e3,
            errors.rms() / all[0].rms(),
            errors.mean() / 1e3,
            errors.worst() / 1e3,
        );
    }
    println!("ours inside its bound in {held} of {} looks", looked.len());
    (all, held)
}

#[test]
fn under_jitter_ours_is_nearer_to_the_truth_than_theirs_at_the_same_rate() {
    if !wanted("under_jitter_ours_is_nearer_to_the_truth_than_theirs_at_the_same_rate") {
        return;
    }
    let _quiet = quiet();
    let seconds = std::env::var("ZEITGEBER_BESIDE_SECONDS").ok().and_then(|s| s.parse().ok());
    let cases = if seconds.is_some() { &CASES[..] } else { &CASES[..1] };
    for case in cases {
        let (all, held) = race(*case, seconds.unwrap_or(SECONDS));
        if seconds.is_some() {
            continue;
        }
        assert!(all[1..].iter().all(|theirs| theirs.rms() > all[0].rms()), "{case:?}");
        assert!(held * 100 >= all[0].ns.len() * 99, "{case:?}: {held}");
    }
}
