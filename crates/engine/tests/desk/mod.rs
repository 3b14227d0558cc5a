//! A clock on a bench that is asked by management messages, written octet by octet as Table 56 has
//! them and read by the places of their fields.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use engine::*;
use time::*;
use wire::ClockIdentity;

pub const GET: u8 = 0;
pub const SET: u8 = 1;
pub const RESPONSE: u8 = 2;
pub const COMMAND: u8 = 3;
pub const ACKNOWLEDGE: u8 = 4;

pub const EVERY_PORT: u16 = 0xffff;

/// Where the asker is.
pub const ASKER: Peer = Peer::Udp4([10, 0, 0, 77]);

pub struct Desk {
    pub engine: Engine,
    pub now: Mono,
    pub events: Vec<Event>,
    pub sent: Vec<(PortIndex, Destination, Vec<u8>)>,
    /// Answers to requests of the driver's own.
    pub local: Vec<(RequestId, Vec<u8>)>,
    /// Answers whose sender puts the time in.
    pub timed: usize,
    sequence: u16,
}

/// A management message as it left.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub link: u8,
    pub to: Destination,
    pub domain: u8,
    pub source: u16,
    pub sequence: u16,
    pub target: Vec<u8>,
    pub hops: (u8, u8),
    pub action: u8,
    pub id: u16,
    /// dataField, or why there is none.
    pub data: Result<Vec<u8>, u16>,
}

pub fn identity(n: u8) -> ClockIdentity {
    ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, n])
}

/// A clock of so many ports that lets everybody write.
pub fn writable(ports: usize) -> Settings {
    let mut settings = Settings::ordinary(7, identity(1));
    settings.links = vec![LinkSettings::default(); ports];
    settings.instances[0].ports = vec![PortSettings::default(); ports];
    settings.instances[0].management.access = Access::Write;
    settings.instances[0].management.storage = true;
    settings
}

/// A management message with one TLV.
pub struct Ask<'a> {
    pub action: u8,
    pub id: u16,
    pub port: u16,
    pub data: &'a [u8],
    pub clock: [u8; 8],
    pub domain: u8,
    pub hops: (u8, u8),
    pub unicast: bool,
}

pub const ASK: Ask<'static> = Ask {
    action: GET,
    id: 0,
    port: EVERY_PORT,
    data: &[],
    clock: [0xff; 8],
    domain: 0,
    hops: (1, 1),
    unicast: false,
};

impl Ask<'_> {
    pub fn octets(&self, sequence: u16) -> Vec<u8> {
        let mut octets = vec![0x0d, 0x12, 0, 0, self.domain, 0, 0, 0];
        octets[6] = if self.unicast { 0x04 } else { 0 };
        octets.extend([0; 12]);
        octets.extend([2, 0, 0, 0xff, 0xfe, 0, 0, 99, 0, 5]);
        octets.extend(sequence.to_be_bytes());
        octets.extend([4, 0x7f]);
        octets.extend(self.clock);
        octets.extend(self.port.to_be_bytes());
        octets.extend([self.hops.0, self.hops.1, self.action, 0]);
        octets.extend([0, 1]);
        octets.extend((2 + self.data.len() as u16).next_multiple_of(2).to_be_bytes());
        octets.extend(self.id.to_be_bytes());
        octets.extend(self.data);
        octets.resize(octets.len().next_multiple_of(2), 0);
        let length = octets.len() as u16;
        octets[2..4].copy_from_slice(&length.to_be_bytes());
        octets
    }
}

impl Desk {
    pub fn new(settings: &Settings) -> Desk {
        let now = Mono::from_nanos(0);
        let engine = Engine::new(settings, now).unwrap();
        let mut desk = Desk {
            engine,
            now,
            events: Vec::new(),
            sent: Vec::new(),
            local: Vec::new(),
            timed: 0,
            sequence: 0,
        };
        for port in (0..settings.links.len() as u8).map(PortIndex) {
            desk.feed(Input::Link { port, state: LinkState::Up });
        }
        desk
    }

    pub fn feed(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input);
        let mut frame = [0; FRAME_LEN];
        let mut outputs = 0;
        while let Some(output) = self.engine.poll(&mut frame) {
            outputs += 1;
            assert!(outputs <= OUTPUTS_MAX);
            match output {
                Output::Send { port, to, len, stamp, .. } => {
                    self.timed += usize::from(matches!(stamp, TxStamp::InsertTime));
                    self.sent.push((port, to, frame[..len].to_vec()));
                }
                Output::Event(event) => self.events.push(event),
                Output::Answer { request, len, .. } => {
                    self.local.push((request, frame[..len].to_vec()));
                }
                Output::Measured(_) => {}
            }
        }
    }

    pub fn run(&mut self, seconds: f64) {
        let end = Mono::from_nanos(self.now.nanos() + (seconds * 1e9) as u64);
        while self.engine.deadline() <= end {
            self.now = self.now.max(self.engine.deadline());
            self.feed(Input::Timeout);
        }
        self.now = end;
    }

    pub fn hear(&mut self, port: u8, octets: &[u8]) {
        let (port, channel, received) = (PortIndex(port), Channel::General, None);
        self.feed(Input::Frame { port, from: ASKER, channel, bytes: octets, received });
    }

    /// What is answered to a message that comes in at a port, counted from 0.
    pub fn ask_at(&mut self, port: u8, ask: &Ask<'_>) -> Vec<Answer> {
        self.sequence += 1;
        let octets = ask.octets(self.sequence);
        let before = self.sent.len();
        self.hear(port, &octets);
        // What is passed on has another's sourcePortIdentity.
        let ours = |frame: &[u8]| frame[0] & 0x0f == 0x0d && frame[27] != 99;
        let answers = self.sent[before..].iter().filter(|(_, _, frame)| ours(frame));
        answers.map(read).collect()
    }

    pub fn ask(&mut self, action: u8, id: u16, port: u16, data: &[u8]) -> Vec<Answer> {
        self.ask_at(0, &Ask { action, id, port, data, ..ASK })
    }

    /// The data of the only answer, or why there is none.
    pub fn get(&mut self, id: u16) -> Result<Vec<u8>, u16> {
        self.one(GET, id, &[])
    }

    pub fn one(&mut self, action: u8, id: u16, data: &[u8]) -> Result<Vec<u8>, u16> {
        let answers = self.ask(action, id, 1, data);
        assert_eq!(answers.len(), 1, "{id:#06x} {action}: {answers:?}");
        answers[0].data.clone()
    }

    pub fn state(&self, port: u8) -> PortState {
        self.engine.port_state(0, PortIndex(port))
    }

    pub fn discards(&self, reason: Discard) -> usize {
        let same =
            |event: &&Event| matches!(event, Event::Discarded { reason: r, .. } if *r == reason);
        self.events.iter().filter(same).count()
    }
}

/// Reads a message by the places of its fields (Tables 56 to 58).
fn read((link, to, frame): &(PortIndex, Destination, Vec<u8>)) -> Answer {
    let word = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
    let length = usize::from(word(50));
    assert_eq!(usize::from(word(2)), frame.len(), "messageLength");
    assert_eq!(52 + length, frame.len(), "lengthField");
    assert_eq!(length % 2, 0, "lengthField");
    let (id, data) = match word(48) {
        1 => (word(52), Ok(frame[54..].to_vec())),
        2 => {
            assert_eq!(length, 8, "an error without text");
            (word(54), Err(word(52)))
        }
        other => panic!("a TLV of type {other}"),
    };
    Answer {
        link: link.0,
        to: *to,
        domain: frame[4],
        source: word(28),
        sequence: word(30),
        target: frame[34..44].to_vec(),
        hops: (frame[44], frame[45]),
        action: frame[46],
        id,
        data,
    }
}
