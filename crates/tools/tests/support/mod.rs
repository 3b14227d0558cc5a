//! The program, and a daemon that only has a control socket.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of it, and what fails here fails the test"
)]

pub mod cable;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A folder that is gone when dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("zgtools-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Answers the first request of each connection with one of `answers`, in order; the last one
/// again and again.
pub fn fake_daemon(path: &Path, answers: Vec<String>) {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || {
        let mut left = answers.into_iter().peekable();
        let mut last = String::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = reader.read_line(&mut request);
            last = left.next().unwrap_or(last);
            let _ = stream.write_all(format!("{last}\n").as_bytes());
        }
    });
}

/// Runs the program.
pub fn zeitgeber(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zeitgeber")).args(arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
