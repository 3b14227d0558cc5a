//! Requests out of a stream of octets, in bounded space.

use crate::answer::{Failure, FailureKind};
use crate::request::Request;

/// The longest request, with its end of line.
pub const REQUEST_MAX: usize = 4096;

/// Cuts what a client sends into requests. What is too long is skipped and answered once.
#[derive(Clone, Debug)]
pub struct Lines {
    held: Vec<u8>,
    skipping: bool,
}

impl Default for Lines {
    fn default() -> Lines {
        Lines { held: Vec::with_capacity(REQUEST_MAX), skipping: false }
    }
}

impl Lines {
    /// Takes octets that arrived and calls `each` for every request in them, in order.
    pub fn push(&mut self, mut octets: &[u8], mut each: impl FnMut(Result<Request, Failure>)) {
        while let Some(end) = octets.iter().position(|octet| *octet == b'\n') {
            let (line, rest) = octets.split_at(end);
            octets = &rest[1..];
            if let Some(request) = self.end_line(line) {
                each(request);
            }
        }
        if let Some(failure) = self.hold(octets) {
            each(Err(failure));
        }
    }

    fn end_line(&mut self, line: &[u8]) -> Option<Result<Request, Failure>> {
        let failure = self.hold(line);
        let skipped = std::mem::take(&mut self.skipping);
        let request = match failure {
            Some(failure) => Some(Err(failure)),
            None if skipped || self.held.trim_ascii().is_empty() => None,
            None => Some(Request::parse(&self.held)),
        };
        self.held.clear();
        request
    }

    fn hold(&mut self, octets: &[u8]) -> Option<Failure> {
        if self.skipping {
            return None;
        }
        if self.held.len() + octets.len() < REQUEST_MAX {
            self.held.extend_from_slice(octets);
            return None;
        }
        self.held.clear();
        self.skipping = true;
        let text = format!("a request has at most {REQUEST_MAX} octets");
        Some(Failure::new(FailureKind::TooLong, text))
    }
}
