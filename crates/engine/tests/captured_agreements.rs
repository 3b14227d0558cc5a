//! What signaling messages of other implementations lead to, as they were captured.
#![forbid(unsafe_code)]

use engine::*;
use time::*;
use wire::*;

const SERVER: [u8; 8] = [2, 0x78, 0, 0xff, 0xfe, 0, 8, 1];
const CLIENT: [u8; 8] = [2, 0x78, 0, 0xff, 0xfe, 0, 8, 2];
const AT_SERVER: Peer = Peer::Udp4([10, 78, 8, 1]);
const AT_CLIENT: Peer = Peer::Udp4([10, 78, 8, 2]);

fn vector(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../wire/tests/vectors");
    let text = std::fs::read_to_string(format!("{folder}/{name}.hex")).unwrap();
    let digits: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    let octet = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.trim().as_bytes().chunks(2).map(octet).collect()
}

/// The same as if `source` had sent it to `target`.
fn readdressed(name: &str, source: [u8; 8], target: [u8; 8]) -> Vec<u8> {
    let mut octets = vector(name);
    octets[20..28].copy_from_slice(&source);
    octets[34..42].copy_from_slice(&target);
    octets
}

struct Bench {
    engine: Engine,
    now: Mono,
    events: Vec<Event>,
    sent: Vec<(Destination, Vec<u8>)>,
}

impl Bench {
    fn new(identity: [u8; 8], change: impl Fn(&mut UnicastSettings, &mut PortSettings)) -> Bench {
        let mut settings = Settings::ordinary(3, ClockIdentity(identity));
        let instance = &mut settings.instances[0];
        let mut unicast = UnicastSettings { duration_s: 10, ..UnicastSettings::new(PortIndex(0)) };
        change(&mut unicast, &mut instance.ports[0]);
        let leads = unicast.serving.is_some();
        instance.role = if leads { Role::TransmitterOnly } else { Role::ReceiverOnly };
        instance.unicast = vec![unicast];
        let now = Mono::default();
        let engine = Engine::new(&settings, now).unwrap();
        let mut bench = Bench { engine, now, events: vec![], sent: vec![] };
        bench.feed(Input::Link { port: PortIndex(0), state: LinkState::Up });
        bench
    }

    /// A server that leads already.
    fn server() -> Bench {
        let mut bench = Bench::new(SERVER, |unicast, port| {
            port.multicast = false;
            unicast.serving = Some(ServingSettings::default());
        });
        bench.run(10);
        assert!(bench.engine.is_grandmaster(0));
        bench
    }

    /// A client that has just asked for Announce.
    fn client() -> Bench {
        let mut bench = Bench::new(CLIENT, |unicast, _| {
            unicast.servers = vec![UnicastServer { peer: AT_SERVER, priority: 1 }];
        });
        bench.run(1);
        bench
    }

    fn run(&mut self, seconds: u64) {
        let end = self.now + std::time::Duration::from_secs(seconds);
        while self.engine.deadline() <= end {
            self.now = self.now.max(self.engine.deadline());
            self.feed(Input::Timeout);
        }
        self.now = end;
    }

    fn hear(&mut self, from: Peer, bytes: &[u8]) {
        let time = Timestamp::new(1_800_000_000, 0);
        let stamp = Stamp { clock: ClockIndex(0), epoch: 0, time, kind: StampKind::Software };
        let (port, channel) = (PortIndex(0), Channel::Either);
        self.feed(Input::Frame { port, from, channel, bytes, received: Some(stamp) });
    }

    fn feed(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input);
        let mut frame = [0; FRAME_LEN];
        while let Some(output) = self.engine.poll(&mut frame) {
            match output {
                Output::Send { to, len, .. } => self.sent.push((to, frame[..len].to_vec())),
                Output::Event(event) => self.events.push(event),
                Output::Measured(_) | Output::Answer { .. } => {}
            }
        }
    }

    /// The TLVs of the signaling message sent last, and to whom.
    fn said(&self) -> (Destination, Vec<u8>) {
        let last = self.sent.iter().rfind(|(_, octets)| octets[0] & 0x0f == 0x0c).unwrap();
        (last.0, Message::decode(&last.1).unwrap().tlvs.octets().to_vec())
    }

    fn changes(&self) -> Vec<(MessageType, Agreement)> {
        let change = |event: &Event| match event {
            Event::Unicast { service, change, .. } => Some((*service, *change)),
            _ => None,
        };
        self.events.iter().filter_map(change).collect()
    }

    fn granted(&self) -> [bool; 4] {
        let port = PortIndex(0);
        let terms =
            self.engine.unicast_clients(0, port).chain(self.engine.unicast_servers(0, port));
        terms.map(|terms| terms.granted.map(|granted| granted.is_some())).next().unwrap_or_default()
    }
}

fn tlvs(name: &str) -> Vec<u8> {
    vector(name)[44..].to_vec()
}

#[test]
fn a_request_for_announce_is_granted_as_linuxptp_grants_it() {
    let mut server = Bench::server();
    server.hear(AT_CLIENT, &vector("25-signaling-request-unicast-announce"));
    let grant = tlvs("26-signaling-grant-unicast-announce");
    assert_eq!(server.said(), (Destination::Unicast(AT_CLIENT), grant));
    let client = PortIdentity { clock: ClockIdentity(CLIENT), port: 1 };
    let octets = &server.sent.last().unwrap().1;
    assert_eq!(Message::decode(octets).unwrap().body, Body::Signaling(client));
    server.run(3);
    assert!(server.sent.iter().any(|(to, octets)| {
        *to == Destination::Unicast(AT_CLIENT) && octets[0] & 0x0f == 0x0b
    }));
}

#[test]
fn our_request_is_linuxptps_and_its_grant_is_understood() {
    let mut client = Bench::client();
    let request = tlvs("25-signaling-request-unicast-announce");
    assert_eq!(client.said(), (Destination::Unicast(AT_SERVER), request));
    client.hear(AT_SERVER, &vector("26-signaling-grant-unicast-announce"));
    assert_eq!(client.changes(), [(MessageType::Announce, Agreement::Obtained)]);
    assert_eq!(client.granted(), [true, false, false, false]);
}

#[test]
fn two_requests_in_one_message_are_granted_in_one() {
    let mut server = Bench::server();
    server.hear(AT_CLIENT, &vector("27-signaling-request-sync-delayresp"));
    let (_, said) = server.said();
    assert_eq!(said[4..10], [0x00, 0, 0, 0, 0, 10]);
    assert_eq!(said[16..22], [0x90, 0, 0, 0, 0, 10]);
    assert_eq!(server.granted(), [false, true, true, false]);
    let answers = server.sent.len();
    server.hear(AT_CLIENT, &vector("29-delayreq-unicast"));
    let (to, octets) = &server.sent[answers];
    assert_eq!((*to, octets[0] & 0x0f), (Destination::Unicast(AT_CLIENT), 0x09));
}

#[test]
fn a_sync_of_whom_we_do_not_follow_and_a_delay_req_without_a_grant_come_to_nothing() {
    let mut client = Bench::client();
    client.hear(AT_SERVER, &vector("28-sync-unicast"));
    assert!(matches!(client.events.last(), Some(Event::Discarded { reason: Discard::State, .. })));
    let mut server = Bench::server();
    server.hear(AT_CLIENT, &vector("29-delayreq-unicast"));
    let last = server.events.last();
    assert!(matches!(last, Some(Event::Discarded { reason: Discard::NotGranted, .. })));
}

#[test]
fn a_cancellation_ends_what_it_does_not_maintain_and_is_acknowledged_as_it_is() {
    let cancel = "67-c-signaling-cancel-unicast";
    let mut server = Bench::server();
    server.hear(AT_CLIENT, &vector("25-signaling-request-unicast-announce"));
    server.hear(AT_CLIENT, &vector("27-signaling-request-sync-delayresp"));
    assert_eq!(server.granted(), [true, true, true, false]);
    server.hear(AT_CLIENT, &readdressed(cancel, CLIENT, SERVER));
    // The request for Announce is maintained.
    assert_eq!(server.granted(), [true, false, false, false]);
    let mut acknowledged = tlvs(cancel);
    acknowledged.chunks_mut(6).for_each(|tlv| tlv[1] = 7);
    assert_eq!(server.said(), (Destination::Unicast(AT_CLIENT), acknowledged));

    let mut client = Bench::client();
    client.hear(AT_SERVER, &vector("26-signaling-grant-unicast-announce"));
    client.hear(AT_SERVER, &readdressed(cancel, SERVER, CLIENT));
    assert_eq!(client.granted(), [false; 4]);
    assert_eq!(client.changes().last(), Some(&(MessageType::Announce, Agreement::Lost)));
}

#[test]
fn what_is_acknowledged_is_not_cancelled_again() {
    for acknowledged in [true, false] {
        let mut client = Bench::client();
        client.hear(AT_SERVER, &vector("26-signaling-grant-unicast-announce"));
        // It came after all, but is wanted no longer: nobody is selected.
        let mut sync = vector("26-signaling-grant-unicast-announce");
        sync[30] = 9;
        sync[48] = 0x00;
        client.hear(AT_SERVER, &sync);
        if acknowledged {
            client.run(0);
            let mut acknowledge = readdressed("68-c-signaling-ack-cancel-unicast", SERVER, CLIENT);
            acknowledge[48] = 0x00;
            client.hear(AT_SERVER, &acknowledge);
        }
        client.run(5);
        let cancels = client.sent.iter().filter(|(_, octets)| octets.get(45) == Some(&6));
        assert_eq!(cancels.count(), if acknowledged { 1 } else { 3 });
    }
}

#[test]
fn a_denial_is_told_and_changes_nothing_that_is_granted() {
    let mut client = Bench::client();
    client.hear(AT_SERVER, &vector("26-signaling-grant-unicast-announce"));
    client.hear(AT_SERVER, &readdressed("69-c-signaling-grant-denied", SERVER, CLIENT));
    assert_eq!(client.changes().last(), Some(&(MessageType::Sync, Agreement::Denied)));
    assert_eq!(client.granted(), [true, false, false, false]);
}

#[test]
fn what_is_malformed_or_for_others_does_not_count() {
    let mut server = Bench::server();
    let mut short = vector("25-signaling-request-unicast-announce");
    short.truncate(52);
    short[3] = 52;
    short[47] = 4;
    server.hear(AT_CLIENT, &short);
    let last = server.events.last();
    assert!(matches!(last, Some(Event::Discarded { reason: Discard::Malformed(_), .. })));
    server.hear(AT_CLIENT, &readdressed("27-signaling-request-sync-delayresp", CLIENT, CLIENT));
    assert_eq!(server.granted(), [false; 4]);
    assert!(server.sent.iter().all(|(_, octets)| octets[0] & 0x0f != 0x0c));
    let mut client = Bench::client();
    let stranger = Peer::Udp4([10, 66, 6, 6]);
    client.hear(stranger, &vector("26-signaling-grant-unicast-announce"));
    assert_eq!(client.granted(), [false; 4]);
    let last = client.events.last();
    assert!(matches!(last, Some(Event::Discarded { reason: Discard::NotListed, .. })));
}

#[test]
fn more_than_is_acted_upon_is_counted() {
    let mut server = Bench::server();
    let mut octets = vector("25-signaling-request-unicast-announce");
    let tlv = octets[44..].to_vec();
    (0..11).for_each(|_| octets.extend(&tlv));
    octets[3] = octets.len() as u8;
    server.hear(AT_CLIENT, &octets);
    let (_, said) = server.said();
    assert_eq!(said.len(), 8 * 12);
    let last = server.events.iter().rfind(|event| matches!(event, Event::Discarded { .. }));
    assert!(matches!(last, Some(Event::Discarded { reason: Discard::SignalingLimit, .. })));
}
