//! What the `zeitgeber` program does, one module for each subcommand.
#![forbid(unsafe_code)]

pub mod decode;
