//! That messages go to whom the cell says: tcpdump catches those that do not.

use std::time::{Duration, Instant};

use crate::cell::{Cell, Mode, Transport};
use crate::lab::{Lab, Net, Process};

/// A capture of what should not be.
pub struct Witness {
    tcpdump: Process,
}

impl Witness {
    pub fn start(lab: &Lab, host: usize, cell: Cell) -> Witness {
        let mut command = lab.command(host, "tcpdump");
        command.args(["-i", "eth0", "-w", "/dev/null", &wrong(cell)]);
        let tcpdump = Process::start(command, lab.path("witness.log"));
        let start = Instant::now();
        while !tcpdump.lines().iter().any(|line| line.contains("listening on")) {
            assert!(start.elapsed() < Duration::from_secs(10), "{:?}", tcpdump.lines());
            std::thread::sleep(Duration::from_millis(20));
        }
        Witness { tcpdump }
    }

    /// How many it caught.
    pub fn count(mut self) -> usize {
        self.tcpdump.signal("-INT");
        self.tcpdump.wait(Duration::from_secs(5)).expect("tcpdump ends when asked");
        let lines = self.tcpdump.lines();
        // "3 packets captured"
        let line = lines.iter().find(|line| line.contains(" captured"));
        let caught = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        caught.unwrap_or_else(|| panic!("{lines:?}"))
    }
}

/// The frames of PTP, in words of pcap-filter(7), that the cell does not have: in multicast those
/// for one host, in mixed mode delay requests for all, in unicast those for all, peer delay messages
/// apart: these are for the neighbour, who is alone.
fn wrong(cell: Cell) -> String {
    let (ptp, kind) = match cell.transport {
        Transport::Udp4 => ("(ip and (udp port 319 or udp port 320))", "udp[8]"),
        Transport::Udp6 => ("(ip6 and (udp port 319 or udp port 320))", "ip6[48]"),
        Transport::L2 => ("(ether proto 0x88f7)", "ether[14]"),
    };
    match cell.mode {
        Mode::Multicast => format!("{ptp} and not ether multicast"),
        Mode::Hybrid => format!("{ptp} and ether multicast and {kind} & 0x0f = 1"),
        Mode::Unicast => {
            let peer_delay = ["2", "3", "10"].map(|number| format!("{kind} & 0x0f = {number}"));
            format!("{ptp} and ether multicast and not ({})", peer_delay.join(" or "))
        }
    }
}
