//! Addresses of UNIX sockets in the kernel's form.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

const FAMILY: usize = size_of::<libc::sa_family_t>();
/// What the kernel has room for, its NUL included.
const PATH_SIZE: usize = 108;

/// A `sockaddr_un`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnixAddress {
    octets: [u8; FAMILY + PATH_SIZE],
    len: usize,
}

impl UnixAddress {
    /// That of the file `path`; ENAMETOOLONG if it has more than 107 octets.
    pub(crate) fn of_path(path: &Path) -> Result<UnixAddress, i32> {
        let path = path.as_os_str().as_bytes();
        if path.is_empty() || path.contains(&0) {
            return Err(libc::EINVAL);
        }
        UnixAddress::new(path, 1)
    }

    /// That of the abstract `name`, which is not a file.
    pub(crate) fn of_name(name: &[u8]) -> Result<UnixAddress, i32> {
        let mut path = [0; PATH_SIZE];
        let room = path.get_mut(1..=name.len()).ok_or(libc::ENAMETOOLONG)?;
        room.copy_from_slice(name);
        UnixAddress::new(&path[..=name.len()], 0)
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets[..self.len]
    }

    fn new(path: &[u8], nul: usize) -> Result<UnixAddress, i32> {
        let len = FAMILY + path.len() + nul;
        let mut octets = [0; FAMILY + PATH_SIZE];
        if len > octets.len() {
            return Err(libc::ENAMETOOLONG);
        }
        octets[..FAMILY].copy_from_slice(&(libc::AF_UNIX as libc::sa_family_t).to_ne_bytes());
        octets[FAMILY..FAMILY + path.len()].copy_from_slice(path);
        Ok(UnixAddress { octets, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_long_as_the_kernel_has_room_and_no_longer() {
        let path = |len: usize| UnixAddress::of_path(Path::new(&"x".repeat(len)));
        assert_eq!(path(107).unwrap().octets().len(), 110);
        assert_eq!(path(108).unwrap_err(), libc::ENAMETOOLONG);
        assert_eq!(UnixAddress::of_path(Path::new("")).unwrap_err(), libc::EINVAL);
        assert_eq!(UnixAddress::of_path(Path::new("a\0b")).unwrap_err(), libc::EINVAL);

        let name = |len: usize| UnixAddress::of_name(&vec![b'x'; len]);
        assert_eq!(name(107).unwrap().octets()[2], 0);
        assert_eq!(name(108).unwrap_err(), libc::ENAMETOOLONG);
    }
}
