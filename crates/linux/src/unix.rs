//! A UNIX stream socket at a path: what listens there, and both ends of a connection.
//!
//! Nothing here blocks; `EAGAIN` is [`Transfer::NotNow`].

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::descriptor::{bind, close_on_exec, connect, do_not_block, socket};
use crate::error::{KernelError, check, check_len};
use crate::unix_address::UnixAddress;

const LISTEN: &str = "listen on the control socket";
const CONNECT: &str = "connect to the control socket";
const BACKLOG: i32 = 16;

/// Who is at the other end, as the kernel vouches for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PeerCredentials {
    /// The process that connected, or listened.
    pub process: i32,
    /// Its effective user.
    pub user: u32,
    /// Its effective group.
    pub group: u32,
}

/// How reading or writing went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transfer {
    /// So many octets.
    Octets(usize),
    /// None now: wait.
    NotNow,
    /// None any more: the other end is gone.
    Closed,
}

/// What listens at a path. The file goes when it does.
#[derive(Debug)]
pub struct UnixListener {
    fd: OwnedFd,
    path: CString,
    file: FileIdentity,
}

impl UnixListener {
    /// Listens at `path`, a new file with `mode`.
    ///
    /// A socket there on which nobody answers is replaced.
    ///
    /// # Errors
    /// EADDRINUSE if somebody answers, EEXIST if something else is there, ENAMETOOLONG if the
    /// path has more than 107 octets; and of the system calls.
    pub fn bind(path: &Path, mode: u32) -> Result<UnixListener, KernelError> {
        UnixListener::bind_at(path, mode & 0o777).map_err(|errno| KernelError::new(LISTEN, errno))
    }

    /// The next connection, if there is one.
    pub fn accept(&self) -> Result<Option<UnixStream>, KernelError> {
        let (nobody, no_len) = (core::ptr::null_mut(), core::ptr::null_mut());
        // SAFETY: accept(2): the address and its length may be null.
        let accepted = check(unsafe { libc::accept(self.fd.as_raw_fd(), nobody, no_len) });
        let fd = match accepted {
            // SAFETY: the kernel has just made `fd` for us; nobody else owns it.
            Ok(fd) => unsafe { OwnedFd::from_raw_fd(fd) },
            Err(libc::EAGAIN | libc::EINTR | libc::ECONNABORTED) => return Ok(None),
            Err(errno) => return Err(KernelError::new("accept a control connection", errno)),
        };
        let prepared = close_on_exec(&fd).and_then(|()| do_not_block(&fd));
        prepared.map_err(|errno| KernelError::new("accept a control connection", errno))?;
        Ok(Some(UnixStream { fd }))
    }

    /// What to wait for.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    fn bind_at(path: &Path, mode: u32) -> Result<UnixListener, i32> {
        let address = UnixAddress::of_path(path)?;
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| libc::EINVAL)?;
        clear(&path, &address)?;
        let fd = socket(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
        // What is made by bind is not more than this even for a moment.
        // SAFETY: fchmod(2) takes no pointers.
        check(unsafe { libc::fchmod(fd.as_raw_fd(), mode) })?;
        bind(fd.as_fd(), address.octets())?;
        let file = FileIdentity::of(&path)?.ok_or(libc::ENOENT)?;
        let listener = UnixListener { fd, path, file };
        // The umask took some of it away.
        // SAFETY: chmod(2) reads a string.
        check(unsafe { libc::chmod(listener.path.as_ptr(), mode) })?;
        // SAFETY: listen(2) takes no pointers.
        check(unsafe { libc::listen(listener.fd.as_raw_fd(), BACKLOG) })?;
        Ok(listener)
    }
}

impl Drop for UnixListener {
    fn drop(&mut self) {
        // Somebody may have put another in its place.
        if FileIdentity::of(&self.path) == Ok(Some(self.file)) {
            unlink(&self.path);
        }
    }
}

/// One end of a connection.
#[derive(Debug)]
pub struct UnixStream {
    fd: OwnedFd,
}

impl UnixStream {
    /// Connects to what listens at `path`.
    pub fn connect(path: &Path) -> Result<UnixStream, KernelError> {
        let connected = UnixAddress::of_path(path).and_then(|address| {
            let fd = socket(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
            connect(fd.as_fd(), address.octets())?;
            Ok(UnixStream { fd })
        });
        connected.map_err(|errno| KernelError::new(CONNECT, errno))
    }

    /// Reads what there is.
    pub fn read(&self, buffer: &mut [u8]) -> Result<Transfer, KernelError> {
        let (fd, len) = (self.fd.as_raw_fd(), buffer.len());
        // SAFETY: recv(2) writes up to `len` octets, which are those of `buffer`.
        let returned =
            unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), len, libc::MSG_DONTWAIT) };
        match check_len(returned) {
            Ok(0) if len > 0 => Ok(Transfer::Closed),
            done => transfer(done, "read from the control socket"),
        }
    }

    /// Writes as much of `data` as there is room for.
    pub fn write(&self, data: &[u8]) -> Result<Transfer, KernelError> {
        let (fd, flags) = (self.fd.as_raw_fd(), libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL);
        // SAFETY: send(2) reads the octets of `data`.
        let returned = unsafe { libc::send(fd, data.as_ptr().cast(), data.len(), flags) };
        transfer(check_len(returned), "write to the control socket")
    }

    /// Who is at the other end.
    pub fn peer(&self) -> Result<PeerCredentials, KernelError> {
        let mut peer = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
        let mut len = size_of::<libc::ucred>() as libc::socklen_t;
        // SAFETY: getsockopt(2) with SO_PEERCRED writes one ucred, within the length given.
        let returned = unsafe {
            libc::getsockopt(
                self.fd.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_PEERCRED,
                (&raw mut peer).cast(),
                &raw mut len,
            )
        };
        check(returned).map_err(|errno| KernelError::new("ask who is connected", errno))?;
        Ok(PeerCredentials { process: peer.pid, user: peer.uid, group: peer.gid })
    }

    /// What to wait for.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

fn transfer(done: Result<usize, i32>, operation: &'static str) -> Result<Transfer, KernelError> {
    match done {
        Ok(octets) => Ok(Transfer::Octets(octets)),
        Err(libc::EAGAIN | libc::EINTR) => Ok(Transfer::NotNow),
        Err(libc::EPIPE | libc::ECONNRESET) => Ok(Transfer::Closed),
        Err(errno) => Err(KernelError::new(operation, errno)),
    }
}

/// Which file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct FileIdentity {
    device: libc::dev_t,
    inode: libc::ino_t,
    is_socket: bool,
}

impl FileIdentity {
    /// That at `path`, if there is one; a symbolic link is not followed.
    fn of(path: &CString) -> Result<Option<FileIdentity>, i32> {
        // SAFETY: no system call: a stat is integers, all of which may be zero.
        let mut stat: libc::stat = unsafe { core::mem::zeroed() };
        // SAFETY: lstat(2) reads a string and writes one stat.
        match check(unsafe { libc::lstat(path.as_ptr(), &raw mut stat) }) {
            Ok(_) => Ok(Some(FileIdentity {
                device: stat.st_dev,
                inode: stat.st_ino,
                is_socket: stat.st_mode & libc::S_IFMT == libc::S_IFSOCK,
            })),
            Err(libc::ENOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }
}

/// Makes room at `path`: only a socket on which nobody answers is removed.
fn clear(path: &CString, address: &UnixAddress) -> Result<(), i32> {
    match FileIdentity::of(path)? {
        None => return Ok(()),
        Some(FileIdentity { is_socket: false, .. }) => return Err(libc::EEXIST),
        Some(FileIdentity { is_socket: true, .. }) => {}
    }
    let probe = socket(libc::AF_UNIX, libc::SOCK_STREAM, 0)?;
    match connect(probe.as_fd(), address.octets()) {
        Err(libc::ECONNREFUSED) => {
            unlink(path);
            Ok(())
        }
        // Also one of another type, or whose backlog is full: somebody is there.
        _ => Err(libc::EADDRINUSE),
    }
}

fn unlink(path: &CString) {
    // SAFETY: unlink(2) reads a string.
    let _ = unsafe { libc::unlink(path.as_ptr()) };
}
