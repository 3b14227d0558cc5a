//! What the fuzzer does to an engine, on a stable toolchain: its inputs, and random ones.
#![forbid(unsafe_code)]

#[expect(unreachable_pub, reason = "it is another crate's")]
#[path = "../../../fuzz/src/driver.rs"]
mod driver;

#[test]
fn the_corpus_of_the_fuzzer_still_holds() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/engine");
    let mut inputs = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        driver::engine(&std::fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 50);
}

#[test]
fn random_drivers_do_no_harm() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..500 {
        let octets: Vec<u8> = (0..4000)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 24) as u8
            })
            .collect();
        driver::engine(&octets);
    }
}

/// Every kind of clock, under octets that nobody chose.
#[test]
fn chance_finds_nothing_in_any_kind_of_clock() {
    let count = std::env::var("ZEITGEBER_CHANCES").ok().and_then(|n| n.parse().ok());
    for seed in 0..count.unwrap_or(4_000_u64) {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut octets: Vec<u8> = (0..600)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect();
        octets[1] = octets[1] & !7 | (seed % 8) as u8;
        driver::engine(&octets);
    }
}
