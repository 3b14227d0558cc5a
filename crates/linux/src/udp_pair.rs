//! The two UDP sockets of a port on one interface, whatever the version of IP.
//!
//! Only event messages are stamped. A transmit stamp is requested for each datagram by a control
//! message, so that there is exactly one for each that wants one, and arrives in the error queue
//! with the whole frame.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::capability::Capability;
use crate::cmsg::{Ancillary, Control};
use crate::datagram::{Class, Degraded};
use crate::descriptor::{bind, set_int, set_option, socket};
use crate::error::{KernelError, Subject};
use crate::interface_name::InterfaceName;
use crate::message::{Message, receive, transmit};
use crate::stamping::{ask_for_stamp, request_stamps};

/// How to open both, as far as the versions of IP do not differ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairOptions {
    pub(crate) family: libc::c_int,
    pub(crate) interface: InterfaceName,
    pub(crate) interface_index: u32,
    /// Of event and general messages.
    pub(crate) ports: [u16; 2],
}

#[derive(Debug)]
pub(crate) struct UdpPair {
    event: OwnedFd,
    general: OwnedFd,
    degraded: Degraded,
    interface: InterfaceName,
    interface_index: u32,
}

impl UdpPair {
    /// Opens both: `prepare` sets what the version of IP has before the bind to what `any` makes of
    /// a port, `configure` what it has after, `join` joins the groups.
    pub(crate) fn open<const LEN: usize>(
        options: &PairOptions,
        any: impl Fn(u16) -> [u8; LEN],
        prepare: impl Fn(BorrowedFd<'_>) -> Result<(), i32>,
        configure: impl Fn(BorrowedFd<'_>, Class) -> Result<(), i32>,
    ) -> Result<UdpPair, KernelError> {
        let mut degraded = Degraded::default();
        let mut open = |class| {
            let port = options.port(class);
            let fd = open_bound(options, port, &any(port), &prepare, &mut degraded)?;
            configure(fd.as_fd(), class).map_err(|errno| {
                KernelError::new("configure the socket on interface", errno)
                    .about(Subject::Interface(options.interface))
                    // Of all that is set, only a high priority is privileged.
                    .permitted_by(Capability::NetAdmin)
            })?;
            Ok(fd)
        };
        let (event, general) = (open(Class::Event)?, open(Class::General)?);
        degraded.no_stamps = request_stamps(event.as_fd()).err();
        let (interface, interface_index) = (options.interface, options.interface_index);
        Ok(UdpPair { event, general, degraded, interface, interface_index })
    }

    /// Does the same to both sockets, about their groups.
    pub(crate) fn of_groups(
        &self,
        operation: &'static str,
        change: impl Fn(BorrowedFd<'_>) -> Result<(), i32>,
    ) -> Result<(), KernelError> {
        for fd in [&self.event, &self.general] {
            change(fd.as_fd()).map_err(|errno| self.error(operation, errno))?;
        }
        Ok(())
    }

    /// Takes the next datagram of `class`; nothing if there is none for us.
    pub(crate) fn receive(
        &self,
        class: Class,
        buffer: &mut [u8],
    ) -> Result<Option<(Message, Ancillary)>, KernelError> {
        let message = match receive(self.socket(class).as_fd(), buffer, 0) {
            Ok(message) => message,
            Err(libc::EAGAIN | libc::EINTR) => return Ok(None),
            Err(errno) => return Err(self.error("receive on interface", errno)),
        };
        let ancillary = message.control.read();
        let elsewhere = |index| index != self.interface_index;
        if self.degraded.not_bound_to_interface.is_some()
            && ancillary.interface.is_some_and(elsewhere)
        {
            return Ok(None);
        }
        Ok(Some((message, ancillary)))
    }

    /// Takes the next thing from the error queue; nothing if there is none.
    pub(crate) fn receive_sent(
        &self,
        buffer: &mut [u8],
    ) -> Result<Option<(usize, Ancillary)>, KernelError> {
        let message = match receive(self.event.as_fd(), buffer, libc::MSG_ERRQUEUE) {
            Ok(message) => message,
            Err(libc::EAGAIN | libc::EINTR) => return Ok(None),
            Err(errno) => return Err(self.error("receive transmit stamps on interface", errno)),
        };
        let queued = message.flags & libc::MSG_ERRQUEUE != 0;
        Ok(queued.then(|| (message.len, message.control.read())))
    }

    /// Sends `data` to the address `to`; with `stamp`, its stamp will be in the error queue.
    pub(crate) fn send(
        &self,
        class: Class,
        to: &[u8],
        data: &[u8],
        (stamp, mut control): (bool, Control),
    ) -> Result<(), KernelError> {
        if stamp && class == Class::Event && self.degraded.no_stamps.is_none() {
            ask_for_stamp(&mut control);
        }
        transmit(self.socket(class).as_fd(), to, data, &control)
            .map_err(|errno| self.error("send on interface", errno))
    }

    pub(crate) fn fd(&self, class: Class) -> RawFd {
        self.socket(class).as_raw_fd()
    }

    pub(crate) fn degraded(&self) -> &Degraded {
        &self.degraded
    }

    fn socket(&self, class: Class) -> &OwnedFd {
        match class {
            Class::Event => &self.event,
            Class::General => &self.general,
        }
    }

    fn error(&self, operation: &'static str, errno: i32) -> KernelError {
        KernelError::new(operation, errno).about(Subject::Interface(self.interface))
    }
}

impl PairOptions {
    const fn port(&self, class: Class) -> u16 {
        match class {
            Class::Event => self.ports[0],
            Class::General => self.ports[1],
        }
    }
}

fn open_bound(
    options: &PairOptions,
    port: u16,
    any: &[u8],
    prepare: impl Fn(BorrowedFd<'_>) -> Result<(), i32>,
    degraded: &mut Degraded,
) -> Result<OwnedFd, KernelError> {
    let interface = Subject::Interface(options.interface);
    let fails = |operation, subject| move |errno| KernelError::new(operation, errno).about(subject);
    let fd = socket(options.family, libc::SOCK_DGRAM, 0)
        .map_err(fails("open a UDP socket", Subject::None))?;
    set_int(fd.as_fd(), libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)
        .map_err(fails("share UDP port", Subject::Port(port)))?;
    let name = options.interface.with_nul();
    match set_option(fd.as_fd(), libc::SOL_SOCKET, libc::SO_BINDTODEVICE, name) {
        Ok(()) => {}
        // Before Linux 5.7 it was privileged.
        Err(errno @ (libc::EPERM | libc::EACCES)) => {
            let error = fails("bind to interface", interface)(errno);
            degraded.not_bound_to_interface = Some(error.permitted_by(Capability::NetRaw));
        }
        Err(errno) => return Err(fails("bind to interface", interface)(errno)),
    }
    prepare(fd.as_fd()).map_err(fails("configure the socket on interface", interface))?;
    bind(fd.as_fd(), any).map_err(|errno| {
        let error = fails("bind UDP port", Subject::Port(port))(errno);
        error.permitted_by(Capability::NetBindService)
    })?;
    Ok(fd)
}
