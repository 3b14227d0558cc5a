//! Boundary clocks in any arrangement: one tree to one grandmaster, again after each cut and repair.
#![forbid(unsafe_code)]

mod net;

use std::collections::BTreeSet;

use engine::*;
use net::*;
use time::*;
use wire::MessageType;

const ANNOUNCE: LogInterval = LogInterval::new(-2);
const ANNOUNCE_S: f64 = 0.25;

/// Numbers from a seed (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

/// Which nodes are joined: all of them somehow, and some more often.
fn edges(nodes: usize, draw: &mut Draw) -> BTreeSet<(usize, usize)> {
    let mut edges: BTreeSet<_> = (1..nodes).map(|node| (draw.below(node), node)).collect();
    for _ in 0..draw.below(nodes) {
        let (a, b) = (draw.below(nodes), draw.below(nodes));
        if a != b {
            edges.insert((a.min(b), a.max(b)));
        }
    }
    let degree = |node| edges.iter().filter(|(a, b)| *a == node || *b == node).count();
    let crowded: Vec<_> =
        edges.iter().copied().filter(|(a, b)| degree(*a) > 16 || degree(*b) > 16).collect();
    assert!(crowded.is_empty(), "a seed with more than 16 ports");
    edges
}

/// Clocks joined by these edges; each wire has two ends.
fn build(nodes: usize, edges: &BTreeSet<(usize, usize)>, draw: &mut Draw) -> Net {
    let mut ports = vec![0u8; nodes];
    let mut wires: Vec<[At; 2]> = Vec::new();
    for (a, b) in edges {
        wires.push([(*a, ports[*a]), (*b, ports[*b])]);
        ports[*a] += 1;
        ports[*b] += 1;
    }
    let clocks = (0..nodes).map(|node| {
        let mut settings = clock(node as u8 + 1, usize::from(ports[node]));
        let instance = &mut settings.instances[0];
        instance.priority1 = 100 + draw.below(20) as u8;
        for port in &mut instance.ports {
            port.announce = ANNOUNCE;
            port.sync = LogInterval::new(4);
            port.min_delay_req = LogInterval::new(5);
        }
        settings
    });
    let wires: Vec<&[At]> = wires.iter().map(|wire| &wire[..]).collect();
    let mut net = Net::new(clocks.collect::<Vec<_>>(), &wires);
    net.keep = false;
    net
}

/// The best clock of all leads, everybody follows it, and each wire has one that speaks.
fn assert_one_tree(net: &Net, edges: &BTreeSet<(usize, usize)>, cut: Option<usize>, what: &str) {
    let roots = net.trees().unwrap_or_else(|why| panic!("{what}: {why}"));
    let root: BTreeSet<usize> = roots.values().copied().collect();
    assert_eq!(root.len(), 1, "{what}: {roots:?}");
    assert_eq!(net.grandmasters().len(), 1, "{what}");
    let mut ports = vec![0u8; net.nodes.len()];
    for (wire, (a, b)) in edges.iter().enumerate() {
        let ends = [(*a, ports[*a]), (*b, ports[*b])];
        ports[*a] += 1;
        ports[*b] += 1;
        let speaks = |at: &At| net.state(*at) == PortState::TimeTransmitter;
        let speakers = ends.iter().filter(|at| speaks(at)).count();
        if cut != Some(wire) {
            assert_eq!(speakers, 1, "{what}: wire {wire} {ends:?}");
        }
    }
}

/// Whether all are joined without this edge.
fn joined_without(nodes: usize, edges: &BTreeSet<(usize, usize)>, without: usize) -> bool {
    let mut reached = BTreeSet::from([0]);
    loop {
        let before = reached.len();
        for (i, (a, b)) in edges.iter().enumerate() {
            if i != without && (reached.contains(a) || reached.contains(b)) {
                reached.extend([*a, *b]);
            }
        }
        if reached.len() == before {
            return before == nodes;
        }
    }
}

/// Steps from end to end, at most.
fn diameter(nodes: usize, edges: &BTreeSet<(usize, usize)>) -> usize {
    let from = |start: usize| {
        let mut distance = vec![usize::MAX; nodes];
        distance[start] = 0;
        for _ in 0..nodes {
            for (a, b) in edges {
                let (da, db) = (distance[*a], distance[*b]);
                distance[*a] = da.min(db.saturating_add(1));
                distance[*b] = db.min(da.saturating_add(1));
            }
        }
        distance.into_iter().max().unwrap_or(0)
    };
    (0..nodes).map(from).max().unwrap_or(0)
}

#[test]
fn five_hundred_arrangements_settle_in_one_tree() {
    for seed in 0..500 {
        let mut draw = Draw(seed);
        let nodes = 3 + draw.below(28);
        let edges = edges(nodes, &mut draw);
        let mut net = build(nodes, &edges, &mut draw);
        let settle = ANNOUNCE_S * 8.0 * (diameter(nodes, &edges) + 2) as f64;
        net.run(settle);
        assert_one_tree(&net, &edges, None, &format!("seed {seed}"));
        let spare = (0..edges.len()).find(|edge| joined_without(nodes, &edges, *edge));
        let Some(spare) = spare else { continue };
        let ends = net.cut(spare);
        net.run(2.0 * settle);
        assert_one_tree(&net, &edges, Some(spare), &format!("seed {seed} cut"));
        net.mend(spare, ends);
        net.run(2.0 * settle);
        assert_one_tree(&net, &edges, None, &format!("seed {seed} mended"));
    }
}

/// Four boundary clocks in a ring, a grandmaster at two of them: the wire farthest from the leader
/// carries nothing of one side.
#[test]
fn a_ring_of_four_with_two_grandmasters_has_the_right_passive_port() {
    let mut clocks: Vec<Settings> =
        (0..4).map(|n| clock(n + 10, if n % 2 == 0 { 3 } else { 2 })).collect();
    for (n, priority1) in [(1, 50), (2, 60)] {
        let mut leader = clock(n, 1);
        leader.instances[0].priority1 = priority1;
        clocks.push(leader);
    }
    for settings in &mut clocks {
        for port in &mut settings.instances[0].ports {
            port.announce = ANNOUNCE;
        }
    }
    let ring: [&[At]; 6] = [
        &[(0, 0), (1, 0)],
        &[(1, 1), (2, 0)],
        &[(2, 1), (3, 0)],
        &[(3, 1), (0, 1)],
        &[(4, 0), (0, 2)],
        &[(5, 0), (2, 2)],
    ];
    let mut net = Net::new(clocks, &ring);
    net.run(20.0);
    assert_eq!(net.grandmasters(), [4]);
    // Node 2 is two steps from node 0 on both ways: it follows over the better identity, node 1.
    assert_eq!(net.state((2, 0)), PortState::Uncalibrated);
    assert_eq!(net.state((2, 1)), PortState::Passive);
    assert_eq!(net.state((3, 0)), PortState::TimeTransmitter);
    assert_eq!(net.state((2, 2)), PortState::TimeTransmitter);
    for wire in 0..4 {
        let ends = net.cut(wire);
        net.run(20.0);
        assert_eq!(net.grandmasters(), [4], "wire {wire} cut");
        let all = (0..4).flat_map(|node| [(node, 0), (node, 1)]);
        let passive = all.filter(|at| net.state(*at) == PortState::Passive).count();
        assert_eq!(passive, 0, "wire {wire} cut: a line needs every wire");
        assert!(net.trees().unwrap().values().all(|root| *root == 4));
        net.mend(wire, ends);
        net.run(20.0);
        assert_eq!(net.state((2, 1)), PortState::Passive, "wire {wire} mended");
        assert_eq!(net.state((2, 0)), PortState::Uncalibrated, "wire {wire} mended");
    }
    // The second grandmaster takes over when the first is gone.
    net.nodes[4].alive = false;
    net.run(20.0);
    assert_eq!(net.grandmasters(), [5]);
    assert!(!net.sent_by((5, 0), MessageType::Announce).is_empty());
}
