//! Four boundary clocks in a ring, and a grandmaster of ptp4l's at two of them.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::{ClockState, PortState, Status};
use lab::*;

const INTERVALS: [&str; 3] =
    ["--announce-interval=-3", "--sync-interval=-3", "--delay-interval=-3"];

/// How long a change may take to get around: the receipt timeouts of four clocks in a row, and room
/// for a machine that does other things too.
const SETTLE: Duration = Duration::from_secs(15);

/// The wires of each boundary clock, and where the better grandmaster is heard with which of them
/// cut: stepsRemoved of each clock.
const WIRES: [&[&str]; 4] =
    [&["e0", "e3", "e4"], &["e0", "e1"], &["e1", "e2", "e5"], &["e2", "e3"]];
const WHOLE: [u16; 4] = [1, 2, 3, 2];
const CUT: [[u16; 4]; 4] = [[1, 4, 3, 2], [1, 2, 3, 2], [1, 2, 3, 2], [1, 2, 3, 4]];

struct Ring {
    nodes: Vec<Node>,
    chain: Chain,
}

impl Ring {
    fn statuses(&self) -> Vec<Status> {
        self.nodes.iter().filter_map(Node::status).collect()
    }

    /// Waits until all four clocks are as wanted.
    fn wait(&self, what: &str, wanted: impl Fn(&[Status]) -> bool) {
        let start = Instant::now();
        while start.elapsed() < SETTLE {
            let all = self.statuses();
            if all.len() == 4 && wanted(&all) {
                println!("{what}: after {:?}", start.elapsed());
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let all = self.statuses();
        let ports = all.iter().map(|s| {
            let ports = s.ports.iter().map(|port| (port.interface.clone(), port.state));
            (s.steps_removed, s.grandmaster.map(|gm| gm.priority1), ports.collect::<Vec<_>>())
        });
        panic!("{what}: not within {SETTLE:?}: {:#?}", ports.collect::<Vec<_>>());
    }

    /// Waits until all follow the grandmaster of this priority, so many steps away, and the ports
    /// that stand by are these.
    fn settles(&self, what: &str, priority1: u8, steps: [u16; 4], passive: &[(usize, &str)]) {
        self.wait(what, |all| {
            let follow = all.iter().zip(steps).all(|(status, steps)| {
                status.grandmaster.is_some_and(|gm| gm.priority1 == priority1)
                    && status.steps_removed == Some(steps)
            });
            let named = |node: usize, status: &Status, wanted: PortState| {
                let ports = status.ports.iter().filter(move |port| port.state == wanted);
                ports.map(|port| (node, port.interface.clone())).collect::<Vec<_>>()
            };
            let of = |wanted: PortState| -> Vec<(usize, String)> {
                all.iter().enumerate().flat_map(|(n, s)| named(n, s, wanted)).collect()
            };
            let stand_by = of(PortState::Passive);
            let right = stand_by.iter().map(|(node, name)| (*node, name.as_str()));
            let receivers = of(PortState::Receiver).len() + of(PortState::Uncalibrated).len();
            follow && receivers == 4 && right.eq(passive.iter().copied())
        });
    }
}

#[test]
fn a_ring_of_four_boundary_clocks_opens_and_closes() {
    if !wanted("a_ring_of_four_boundary_clocks_opens_and_closes") {
        return;
    }
    let _quiet = quiet();
    let chain = Chain::new(6, &[(0, 1), (1, 2), (2, 3), (3, 0), (4, 0), (5, 2)]);
    let ptp4l_says = ["logAnnounceInterval -3", "logSyncInterval -3", "logMinDelayReqInterval -3"];
    let leader = |host: usize, wire: &str, priority: &str| {
        ptp4l_on(&chain, host, &[wire], &[&ptp4l_says[..], &[priority]].concat())
    };
    let mut first = leader(4, "e4", "priority1 50");
    let _second = leader(5, "e5", "priority1 60");
    let nodes = (0..4).map(|host| node_on(&chain, host, WIRES[host], &INTERVALS)).collect();
    let ring = Ring { nodes, chain };
    // Clock 2 is as far from the leader on both ways; clock 1 has the better identity.
    let closed = [(2, "e2")];
    ring.settles("at first", 50, WHOLE, &closed);
    for (wire, steps) in CUT.into_iter().enumerate() {
        ring.chain.set_wire(wire, wire, false);
        ring.settles(&format!("wire {wire} cut"), 50, steps, &[]);
        ring.chain.set_wire(wire, wire, true);
        ring.settles(&format!("wire {wire} mended"), 50, WHOLE, &closed);
    }
    ring.wait("all locked", |all| all.iter().all(|status| status.state == ClockState::Locked));
    first.kill();
    // Now clock 0 is the one with two ways of one length.
    let closed = [(0, "e3")];
    ring.settles("the second leads", 60, [3, 2, 1, 2], &closed);
}
