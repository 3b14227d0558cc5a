//! What a service says to systemd (sd_notify(3)). Without systemd it says nothing.

use core::fmt::{self, Write};
use core::time::Duration;
use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use time::Mono;

use crate::cmsg::Control;
use crate::descriptor::socket;
use crate::error::KernelError;
use crate::message::transmit;
use crate::unix_address::UnixAddress;

/// Longer messages are cut.
const MESSAGE_MAX: usize = 512;

/// The way to systemd, if there is one.
#[derive(Debug, Default)]
pub struct Notifier {
    way: Option<(OwnedFd, UnixAddress)>,
}

impl Notifier {
    /// To where the environment says (NOTIFY_SOCKET).
    pub fn from_environment() -> Result<Notifier, KernelError> {
        match std::env::var_os("NOTIFY_SOCKET") {
            Some(name) => Notifier::to(&name),
            None => Ok(Notifier::default()),
        }
    }

    /// To the socket `name`: a path, or an abstract name behind `@`.
    pub fn to(name: &OsStr) -> Result<Notifier, KernelError> {
        let error = |errno| KernelError::new("reach systemd", errno);
        let address = match name.as_bytes() {
            [b'@', name @ ..] => UnixAddress::of_name(name),
            [b'/', ..] => UnixAddress::of_path(Path::new(name)),
            _ => Err(libc::EINVAL),
        };
        let address = address.map_err(error)?;
        let fd = socket(libc::AF_UNIX, libc::SOCK_DGRAM, 0).map_err(error)?;
        Ok(Notifier { way: Some((fd, address)) })
    }

    /// Whether anybody listens.
    pub fn is_wanted(&self) -> bool {
        self.way.is_some()
    }

    /// The start, or a reload, is complete.
    pub fn ready(&self) -> Result<(), KernelError> {
        self.say(format_args!("READY=1\n"))
    }

    /// A reload begins, at `now`.
    pub fn reloading(&self, now: Mono) -> Result<(), KernelError> {
        self.say(format_args!("RELOADING=1\nMONOTONIC_USEC={}\n", now.nanos() / 1000))
    }

    /// The end begins.
    pub fn stopping(&self) -> Result<(), KernelError> {
        self.say(format_args!("STOPPING=1\n"))
    }

    /// Still alive.
    pub fn watchdog(&self) -> Result<(), KernelError> {
        self.say(format_args!("WATCHDOG=1\n"))
    }

    /// What `systemctl status` shows. Control characters become spaces.
    pub fn status(&self, status: fmt::Arguments<'_>) -> Result<(), KernelError> {
        let mut message = Message::new();
        let _ = message.write_str("STATUS=");
        let _ = message.write_fmt(status);
        for octet in &mut message.octets[..message.len] {
            *octet = if *octet < b' ' { b' ' } else { *octet };
        }
        self.send(&message)
    }

    fn say(&self, text: fmt::Arguments<'_>) -> Result<(), KernelError> {
        let mut message = Message::new();
        let _ = message.write_fmt(text);
        self.send(&message)
    }

    fn send(&self, message: &Message) -> Result<(), KernelError> {
        let Some((fd, address)) = &self.way else { return Ok(()) };
        let data = &message.octets[..message.len];
        transmit(fd.as_fd(), address.octets(), data, &Control::empty())
            .map_err(|errno| KernelError::new("notify systemd", errno))
    }
}

/// How often systemd wants to hear [`Notifier::watchdog`] at least (WATCHDOG_USEC), if at all and
/// from this process (WATCHDOG_PID).
pub fn watchdog_interval() -> Option<Duration> {
    let variable = |name| std::env::var(name).ok();
    interval(variable("WATCHDOG_USEC")?.as_str(), variable("WATCHDOG_PID").as_deref())
}

fn interval(microseconds: &str, process: Option<&str>) -> Option<Duration> {
    let ours = process.is_none_or(|process| process.parse() == Ok(std::process::id()));
    let microseconds = microseconds.parse().ok().filter(|&count| count > 0 && ours)?;
    Some(Duration::from_micros(microseconds))
}

/// Text in a place of its own, cut between characters when that is full.
struct Message {
    octets: [u8; MESSAGE_MAX],
    len: usize,
}

impl Message {
    const fn new() -> Message {
        Message { octets: [0; MESSAGE_MAX], len: 0 }
    }
}

impl Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MESSAGE_MAX - self.len;
        let end = (0..=room.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
        let text = &text.as_bytes()[..end.unwrap_or(0)];
        self.octets[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use super::*;

    fn systemd() -> (UnixDatagram, Notifier) {
        let name = format!("zeitgeber-notify-{}-{:?}", std::process::id(), mono_now_nanos());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let notifier = Notifier::to(OsStr::new(&format!("@{name}"))).unwrap();
        (UnixDatagram::bind_addr(&address).unwrap(), notifier)
    }

    fn mono_now_nanos() -> u64 {
        crate::timer::mono_now().nanos()
    }

    fn heard(systemd: &UnixDatagram) -> String {
        let mut buffer = [0; 1024];
        let len = systemd.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..len].to_vec()).unwrap()
    }

    #[test]
    fn systemd_hears_what_is_said() {
        let (systemd, notifier) = systemd();

        notifier.ready().unwrap();
        assert_eq!(heard(&systemd), "READY=1\n");
        notifier.reloading(Mono::from_nanos(5_000_999)).unwrap();
        assert_eq!(heard(&systemd), "RELOADING=1\nMONOTONIC_USEC=5000\n");
        notifier.watchdog().unwrap();
        assert_eq!(heard(&systemd), "WATCHDOG=1\n");
        notifier.stopping().unwrap();
        assert_eq!(heard(&systemd), "STOPPING=1\n");
    }

    #[test]
    fn a_status_is_one_line_that_says_nothing_else() {
        let (systemd, notifier) = systemd();

        notifier.status(format_args!("follows {}\nREADY=1", "ab")).unwrap();
        assert_eq!(heard(&systemd), "STATUS=follows ab READY=1");
        notifier.status(format_args!("{}", "\u{e9}".repeat(400))).unwrap();
        assert_eq!(heard(&systemd), format!("STATUS={}", "\u{e9}".repeat(252)));
    }

    #[test]
    fn without_systemd_nothing_is_said_and_nothing_fails() {
        let notifier = Notifier::default();
        assert_eq!((notifier.ready(), notifier.is_wanted()), (Ok(()), false));
        assert_eq!(Notifier::to(OsStr::new("relative")).unwrap_err().errno, libc::EINVAL);
    }

    #[test]
    fn the_watchdog_is_ours_or_not() {
        let own = std::process::id().to_string();
        let second = Some(Duration::from_secs(1));

        assert_eq!(interval("1000000", None), second);
        assert_eq!(interval("1000000", Some(&own)), second);
        assert_eq!(interval("1000000", Some("1")), None);
        assert_eq!(interval("0", None), None);
        assert_eq!(interval("soon", None), None);
    }
}
