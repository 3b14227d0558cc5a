//! The codec and octets from anywhere.

use wire::link::Frame;
use wire::{
    HeaderMut, Label, ManagementGet, Message, Packet, TlvBody, TlvType, TlvWriter, Value, Visit,
};

/// Adds up what it is shown, and checks that fields follow each other.
#[derive(Default)]
struct Sum {
    at: usize,
    depth: usize,
}

impl Visit for Sum {
    fn field(&mut self, label: Label, len: usize, value: Value<'_>) {
        assert_eq!(label.at, self.at, "{} does not follow the field before it", label.name);
        assert!(!format!("{value:?}").is_empty());
        self.at += len;
    }

    fn enter(&mut self, _: Label) {
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// Reads the octets in every way there is.
pub fn decode(octets: &[u8]) {
    if let Ok(frame) = Frame::parse(octets) {
        assert_eq!(frame.payload, &octets[frame.at..][..frame.payload.len()]);
        message(frame.payload);
    }
    message(octets);
}

fn message(octets: &[u8]) {
    let Ok(packet) = Packet::parse(octets) else { return };
    let mut sum = Sum::default();
    if packet.walk(&mut sum).is_ok() {
        assert_eq!((sum.at, sum.depth), (octets.len(), 0));
    }
    let Ok(message) = packet.message() else { return };
    for tlv in message.tlvs.iter() {
        let _ = TlvBody::decode(&tlv);
        if tlv.kind == TlvType::MANAGEMENT {
            let _ = ManagementGet::decode(&tlv);
        }
        let _ = tlv.path().map(Iterator::count);
    }
    let mut copy = octets.to_vec();
    let view = HeaderMut::new(&mut copy).expect("it was decoded");
    assert_eq!(view.correction(), message.header.correction);
}

/// Decodes, encodes the values and decodes again: the second decode must be the first.
pub fn decode_encode_decode(octets: &[u8]) {
    let Ok(first) = Message::decode(octets) else { return };
    let mut buffer = vec![0; 1 << 16];
    let len = first.encode(&mut buffer).expect("what was decoded fits into a message");
    assert_eq!(Message::decode(&buffer[..len]), Ok(first));

    let decoded: Result<Vec<_>, _> = first.tlvs.iter().map(|tlv| TlvBody::decode(&tlv)).collect();
    let Ok(decoded) = decoded else { return };
    let mut tlvs = vec![0; 1 << 16];
    let mut writer = TlvWriter::new(&mut tlvs);
    for body in &decoded {
        body.encode(&mut writer).expect("what was decoded fits into a TLV");
    }
    let message = Message { tlvs: writer.tlvs(), ..first };
    let len = message.encode(&mut buffer).expect("the values take no more than the octets");
    let second = Message::decode(&buffer[..len]).expect("we decode what we encode");
    assert_eq!((second.header, second.body), (first.header, first.body));
    let again: Vec<_> = second.tlvs.iter().map(|tlv| TlvBody::decode(&tlv)).collect();
    assert_eq!(again, decoded.into_iter().map(Ok).collect::<Vec<_>>());
}
