//! The codec against everybody else: vectors, captures, tshark; then against itself.
#![expect(clippy::unwrap_used, reason = "what does not hold ends the test")]

mod pcaps;
mod support;
mod vectors;
