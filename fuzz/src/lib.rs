//! What the fuzzer runs. Each target is a plain function of octets in a file of its own, which
//! ordinary tests include too; it panics where something does not hold.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none TARGET`, with `decode`,
//! `decode_encode_decode` or `engine`; no nightly toolchain is needed.
#![forbid(unsafe_code)]

pub mod codec;
pub mod driver;
