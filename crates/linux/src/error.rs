//! What the kernel refused, in one line for the operator.

use core::fmt;
use std::io;

use crate::capability::Capability;
use crate::interface_name::InterfaceName;

/// What the operation was about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Subject {
    /// Nothing in particular.
    #[default]
    None,
    /// A UDP port.
    Port(u16),
    /// An interface.
    Interface(InterfaceName),
}

/// A system call that failed. It allocates nothing until it is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KernelError {
    /// What was tried, as the rest of "cannot ...".
    pub operation: &'static str,
    /// On what.
    pub subject: Subject,
    /// The kernel's reason (errno(3)).
    pub errno: i32,
    /// The capability that would have permitted it, where that is the reason.
    pub needs: Option<Capability>,
}

impl KernelError {
    /// `operation` failed for the reason `errno`.
    pub const fn new(operation: &'static str, errno: i32) -> KernelError {
        KernelError { operation, subject: Subject::None, errno, needs: None }
    }

    /// The same, about `subject`.
    #[must_use]
    pub const fn about(self, subject: Subject) -> KernelError {
        KernelError { subject, ..self }
    }

    /// The same; if the kernel said "not permitted", `capability` would have permitted it.
    #[must_use]
    pub const fn permitted_by(self, capability: Capability) -> KernelError {
        match self.errno {
            libc::EPERM | libc::EACCES => KernelError { needs: Some(capability), ..self },
            _ => self,
        }
    }

    /// Whether nothing is wrong but that it is not possible right now.
    pub const fn would_block(&self) -> bool {
        matches!(self.errno, libc::EAGAIN | libc::EINTR | libc::ENOBUFS)
    }
}

impl fmt::Display for KernelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.operation)?;
        match self.subject {
            Subject::None => {}
            Subject::Port(port) => write!(f, " {port}")?,
            Subject::Interface(name) => write!(f, " {name}")?,
        }
        write!(f, ": {}", io::Error::from_raw_os_error(self.errno))?;
        let Some(needs) = self.needs else { return Ok(()) };
        write!(
            f,
            "; {needs} is missing: grant it with AmbientCapabilities={needs} in the systemd unit, \
             with `setcap {}+ep` on the program, or with --cap-add {} to the container",
            needs.setcap_name(),
            needs.name()
        )?;
        match (needs, self.subject) {
            (Capability::NetBindService, Subject::Port(port)) => write!(
                f,
                "; or do without it: sysctl net.ipv4.ip_unprivileged_port_start={port} or lower"
            ),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for KernelError {}

/// The reason for which the last system call of this thread failed.
pub(crate) fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

/// What a system call returned, or why it failed.
pub(crate) fn check(returned: libc::c_int) -> Result<libc::c_int, i32> {
    if returned < 0 { Err(errno()) } else { Ok(returned) }
}

/// The same for calls that return a length.
pub(crate) fn check_len(returned: isize) -> Result<usize, i32> {
    usize::try_from(returned).map_err(|_| errno())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_is_one_line_with_three_ways_to_grant_it() {
        let line = KernelError::new("bind UDP port", libc::EACCES)
            .about(Subject::Port(319))
            .permitted_by(Capability::NetBindService)
            .to_string();

        assert_eq!(
            line,
            "cannot bind UDP port 319: Permission denied (os error 13); CAP_NET_BIND_SERVICE is \
             missing: grant it with AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, \
             with `setcap cap_net_bind_service+ep` on the program, or with --cap-add \
             NET_BIND_SERVICE to the container; or do without it: sysctl \
             net.ipv4.ip_unprivileged_port_start=319 or lower"
        );
    }

    #[test]
    fn another_reason_does_not_blame_the_rights() {
        let error =
            KernelError::new("bind", libc::EADDRINUSE).permitted_by(Capability::NetBindService);

        assert_eq!(error.needs, None);
        assert!(!error.to_string().contains("CAP_"));
    }
}
