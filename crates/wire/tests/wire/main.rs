//! The codec against everybody else: vectors, captures, tshark; then against itself.
#![expect(clippy::unwrap_used, reason = "what does not hold ends the test")]

mod completeness;
mod link;
mod patch;
mod pcaps;
mod round_trip;
mod support;
mod tshark;
mod vectors;
