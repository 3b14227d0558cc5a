//! What the fuzzer runs. Each target is a plain function of octets in a file of its own, which
//! ordinary tests include too; it panics where something does not hold.
#![forbid(unsafe_code)]

pub mod codec;
