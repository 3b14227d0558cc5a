//! `zeitgeberd`.
#![forbid(unsafe_code)]

fn main() {
    daemon::run(std::env::args_os()).end()
}
