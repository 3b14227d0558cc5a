//! The control socket between two ends.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use linux::{Interest, Poller, Transfer, UnixListener, UnixStream, Wait};

/// A path in a directory of its own, which is removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Place {
        let name = format!("zeitgeber-unix-{}-{test}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        Place(directory)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("control")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn connected(place: &Place) -> (UnixListener, UnixStream, UnixStream) {
    let listener = UnixListener::bind(&place.socket(), 0o600).unwrap();
    let client = UnixStream::connect(&place.socket()).unwrap();
    let mut poller = Poller::new(1);
    poller.add(listener.fd(), 0, Interest::READ).unwrap();
    assert_eq!(poller.wait(), Ok(Wait::Ready));
    let server = listener.accept().unwrap().unwrap();
    (listener, client, server)
}

#[test]
fn both_ends_talk_and_know_each_other() {
    let place = Place::new("talk");
    let (listener, client, server) = connected(&place);
    let mut buffer = [0; 16];

    assert_eq!(listener.accept().unwrap().map(drop), None);
    assert_eq!(server.read(&mut buffer), Ok(Transfer::NotNow));
    assert_eq!(client.write(b"ask"), Ok(Transfer::Octets(3)));
    assert_eq!(server.read(&mut buffer), Ok(Transfer::Octets(3)));
    assert_eq!(&buffer[..3], b"ask");
    assert_eq!(server.peer().unwrap().process, std::process::id().cast_signed());
    assert_eq!(server.peer().unwrap(), client.peer().unwrap());
    drop(client);
    assert_eq!(server.read(&mut buffer), Ok(Transfer::Closed));
    assert_eq!(server.write(b"x"), Ok(Transfer::Closed));
}

#[test]
fn who_does_not_read_does_not_block_who_writes() {
    let place = Place::new("full");
    let (_listener, client, _server) = connected(&place);
    let mut written = 0;

    while let Transfer::Octets(octets) = client.write(&[0; 65_536]).unwrap() {
        written += octets;
        assert!(written < 100_000_000);
    }

    assert_eq!(client.write(b"x"), Ok(Transfer::NotNow));
}

#[test]
fn the_file_has_the_mode_and_goes_with_the_listener() {
    let place = Place::new("mode");
    for mode in [0o600, 0o666] {
        let listener = UnixListener::bind(&place.socket(), mode).unwrap();
        let found = std::fs::metadata(place.socket()).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode);
        drop(listener);
        assert!(!place.socket().exists());
    }
}

#[test]
fn only_a_socket_on_which_nobody_answers_is_replaced() {
    let place = Place::new("stale");
    let errno = || UnixListener::bind(&place.socket(), 0o600).map(drop).map_err(|e| e.errno);

    std::fs::write(place.socket(), "precious").unwrap();
    assert_eq!(errno(), Err(libc::EEXIST));
    std::fs::remove_file(place.socket()).unwrap();

    let listener = std::os::unix::net::UnixListener::bind(place.socket()).unwrap();
    assert_eq!(errno(), Err(libc::EADDRINUSE));
    drop(listener);
    assert!(place.socket().exists());
    assert_eq!(errno(), Ok(()));

    let _datagrams = std::os::unix::net::UnixDatagram::bind(place.socket()).unwrap();
    assert_eq!(errno(), Err(libc::EADDRINUSE));
    assert!(place.socket().exists());
}

#[test]
fn the_file_of_a_successor_is_left_alone() {
    let place = Place::new("successor");
    let old = UnixListener::bind(&place.socket(), 0o600).unwrap();
    std::fs::remove_file(place.socket()).unwrap();
    let _new = UnixListener::bind(&place.socket(), 0o600).unwrap();

    drop(old);

    assert!(UnixStream::connect(&place.socket()).is_ok());
}

#[test]
fn a_path_that_is_too_long_says_so() {
    let place = Place::new("long");
    let path = place.0.join("x".repeat(108));
    let listening = UnixListener::bind(&path, 0o600).unwrap_err();
    let connecting = UnixStream::connect(&path).unwrap_err();

    assert_eq!((listening.errno, connecting.errno), (libc::ENAMETOOLONG, libc::ENAMETOOLONG));
    assert!(listening.to_string().contains("File name too long"), "{listening}");
    assert_eq!(UnixStream::connect(&place.socket()).unwrap_err().errno, libc::ENOENT);
}
