//! The codec against everybody else: vectors, captures, tshark; then against itself.

mod pcaps;
mod support;
mod vectors;
