//! How many messages of each type a port received and sent, as linuxptp's PORT_STATS_NP has them.

use wire::MessageType;

#[derive(Debug)]
pub(crate) struct PortStats {
    pub(crate) received: [u64; 16],
    pub(crate) sent: [u64; 16],
}

impl PortStats {
    pub(crate) const fn new() -> PortStats {
        PortStats { received: [0; 16], sent: [0; 16] }
    }

    pub(crate) const fn count_received(&mut self, kind: MessageType) {
        self.received[(kind.number() & 0x0f) as usize] += 1;
    }

    pub(crate) const fn count_sent(&mut self, kind: MessageType) {
        self.sent[(kind.number() & 0x0f) as usize] += 1;
    }
}
