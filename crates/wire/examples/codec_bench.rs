//! How long decoding and encoding take, in nanoseconds for each message: the median of batches.
//!
//! `cargo run --release -p zeitgeber-wire --example codec_bench`
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what does not hold ends the program")]

use std::hint::black_box;
use std::time::Instant;

use wire::{Body, Message, MessageType, Packet, TlvBody, TlvWriter, Tlvs};

#[path = "../tests/wire/support/samples.rs"]
mod samples;

const BATCHES: usize = 101;
const RUNS: u32 = 2000;

/// The median of the time one run takes, in nanoseconds.
fn median_ns(mut run: impl FnMut()) -> f64 {
    let mut batches = [0.0; BATCHES];
    for batch in &mut batches {
        let start = Instant::now();
        for _ in 0..RUNS {
            run();
        }
        *batch = start.elapsed().as_nanos() as f64 / f64::from(RUNS);
    }
    batches.sort_by(f64::total_cmp);
    batches[BATCHES / 2]
}

/// Reads the header, the body and the value of each TLV.
fn decode(octets: &[u8]) {
    let message = Message::decode(black_box(octets)).unwrap();
    for tlv in message.tlvs.iter() {
        black_box(TlvBody::decode(&tlv).unwrap());
    }
    black_box(message);
}

fn encode(body: Body, tlv: Option<&TlvBody<'_>>, buffers: &mut [[u8; 1500]; 2]) {
    let [octets, tlvs] = buffers;
    let header = samples::header(1, body.kind());
    let len = match tlv {
        None => black_box(Message { header, body, tlvs: Tlvs::NONE }).encode(octets).unwrap(),
        Some(tlv) => {
            let mut writer = TlvWriter::new(tlvs);
            black_box(tlv).encode(&mut writer).unwrap();
            black_box(Message { header, body, tlvs: writer.tlvs() }).encode(octets).unwrap()
        }
    };
    black_box(len);
}

fn report(name: &str, body: Body, tlv: Option<&TlvBody<'_>>) {
    let octets = samples::message(1, body, tlv);
    let mut buffers = [[0; 1500]; 2];
    let header_ns = median_ns(|| {
        black_box(Packet::parse(black_box(&octets)).unwrap());
    });
    let decode_ns = median_ns(|| decode(&octets));
    let encode_ns = median_ns(|| encode(body, tlv, &mut buffers));
    println!("{name:<52}{:>7}{header_ns:>9.1}{decode_ns:>9.1}{encode_ns:>9.1}", octets.len());
}

/// What a TLV is called, with the id of a management TLV.
fn name(tlv: &TlvBody<'_>) -> String {
    match tlv {
        TlvBody::Management(body) => format!("MANAGEMENT {}", body.id()),
        tlv => tlv.kind().to_string(),
    }
}

fn main() {
    println!("{:<52}{:>7}{:>9}{:>9}{:>9}", "message", "octets", "header", "decode", "encode");
    for body in samples::bodies() {
        report(body.kind().name(), body, None);
    }
    for tlv in samples::tlvs() {
        let body = samples::carrier(&tlv);
        let kind: MessageType = body.kind();
        report(&format!("{} {}", kind.name(), name(&tlv)), body, Some(&tlv));
    }
}
