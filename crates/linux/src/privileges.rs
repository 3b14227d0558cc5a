//! The capabilities of this thread, of which the daemon has one, and how to give them up.

use core::ffi::{c_int, c_ulong};

use crate::capability::{Capability, CapabilitySet};
use crate::error::{KernelError, check};

/// `_LINUX_CAPABILITY_VERSION_3`: sets of 64 bits in two halves.
const VERSION: u32 = 0x2008_0522;

#[repr(C)]
struct Header {
    version: u32,
    thread: c_int,
}

#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Half {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

// glibc and musl export them; the libc crate does not declare them.
unsafe extern "C" {
    fn capget(header: *mut Header, halves: *mut Half) -> c_int;
    fn capset(header: *mut Header, halves: *const Half) -> c_int;
}

/// What [`drop_to`] could not do without a right of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dropped {
    /// Whether programs that we execute cannot regain what was dropped either.
    pub bounding: bool,
}

/// What we may do now.
pub fn effective() -> Result<CapabilitySet, KernelError> {
    Ok(read()?.effective)
}

/// Whether `capability` is effective; false if the kernel does not say.
pub fn has(capability: Capability) -> bool {
    effective().is_ok_and(|set| set.has(capability))
}

/// Gives up everything but `keep`, for good, and takes into effect what is permitted of it.
///
/// # Errors
/// Of capset(2), after which nothing has been given up.
pub fn drop_to(keep: CapabilitySet) -> Result<Dropped, KernelError> {
    let now = read()?;
    // The bounding set first: to shrink it is a right that is dropped next.
    let bounding = shrink_bounding_set(keep);
    let permitted = now.permitted.intersection(keep);
    write(&Sets {
        effective: permitted,
        permitted,
        inheritable: now.inheritable.intersection(keep),
    })?;
    // Kernels before 4.3 have no ambient set.
    let _ = control(libc::PR_CAP_AMBIENT, [libc::PR_CAP_AMBIENT_CLEAR_ALL as c_ulong, 0]);
    Ok(Dropped { bounding })
}

/// Becomes `user` with `group` and no other groups, and keeps only the capabilities in `keep`.
///
/// # Errors
/// That of the first step that failed; end the program then, it is neither this nor that.
pub fn become_user(user: u32, group: u32, keep: CapabilitySet) -> Result<Dropped, KernelError> {
    let error = |operation, capability: Capability| {
        move |errno| KernelError::new(operation, errno).permitted_by(capability)
    };
    control(libc::PR_SET_KEEPCAPS, [1, 0]).map_err(error("keep rights", Capability::SetPcap))?;
    // SAFETY: setgroups(2) reads no group when their number is zero.
    check(unsafe { libc::setgroups(0, core::ptr::null()) })
        .map_err(error("leave the groups", Capability::SetGid))?;
    // SAFETY: setgid(2) takes an integer.
    check(unsafe { libc::setgid(group) }).map_err(error("change the group", Capability::SetGid))?;
    // SAFETY: setuid(2) takes an integer.
    check(unsafe { libc::setuid(user) }).map_err(error("change the user", Capability::SetUid))?;
    // The change of the user has cleared what is effective, with which the rest is done.
    let now = read()?;
    write(&Sets { effective: now.permitted, ..now })?;
    let dropped = drop_to(keep)?;
    control(libc::PR_SET_KEEPCAPS, [0, 0]).map_err(error("keep rights", Capability::SetPcap))?;
    Ok(dropped)
}

/// From now on nothing that we execute gets more rights than we have.
pub fn no_new_privileges() -> Result<(), KernelError> {
    control(libc::PR_SET_NO_NEW_PRIVS, [1, 0])
        .map_err(|errno| KernelError::new("refuse new privileges", errno))
}

#[derive(Clone, Copy)]
struct Sets {
    effective: CapabilitySet,
    permitted: CapabilitySet,
    inheritable: CapabilitySet,
}

fn read() -> Result<Sets, KernelError> {
    let mut header = Header { version: VERSION, thread: 0 };
    let mut halves = [Half::default(); 2];
    // SAFETY: capget(2) of version 3 reads the header and writes two elements.
    let returned = unsafe { capget(&raw mut header, halves.as_mut_ptr()) };
    check(returned).map_err(|errno| KernelError::new("read the capabilities", errno))?;
    let join = |half: fn(&Half) -> u32| {
        CapabilitySet::from_bits(u64::from(half(&halves[1])) << 32 | u64::from(half(&halves[0])))
    };
    Ok(Sets {
        effective: join(|half| half.effective),
        permitted: join(|half| half.permitted),
        inheritable: join(|half| half.inheritable),
    })
}

fn write(sets: &Sets) -> Result<(), KernelError> {
    let mut header = Header { version: VERSION, thread: 0 };
    let halves = [0, 32].map(|shift| Half {
        effective: (sets.effective.bits() >> shift) as u32,
        permitted: (sets.permitted.bits() >> shift) as u32,
        inheritable: (sets.inheritable.bits() >> shift) as u32,
    });
    // SAFETY: capset(2) of version 3 reads the header and two elements.
    let returned = unsafe { capset(&raw mut header, halves.as_ptr()) };
    check(returned).map(drop).map_err(|errno| KernelError::new("drop capabilities", errno))
}

/// Whether everything but `keep` is out of the bounding set.
fn shrink_bounding_set(keep: CapabilitySet) -> bool {
    (0..64).filter(|bit| keep.bits() >> bit & 1 == 0).all(|bit| {
        match control(libc::PR_CAPBSET_DROP, [bit, 0]) {
            // The kernel knows fewer than 64.
            Ok(()) | Err(libc::EINVAL) => true,
            Err(_) => false,
        }
    })
}

fn control(operation: c_int, arguments: [c_ulong; 2]) -> Result<(), i32> {
    let [first, second] = arguments;
    let none: c_ulong = 0;
    // SAFETY: prctl(2) takes only integers for the operations used in this file.
    check(unsafe { libc::prctl(operation, first, second, none, none) }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effective_set_is_what_the_kernel_shows_in_proc() {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
        let bits = u64::from_str_radix(line.trim(), 16).unwrap();

        assert_eq!(effective(), Ok(CapabilitySet::from_bits(bits)));
        assert_eq!(has(Capability::SysTime), bits >> 25 & 1 == 1);
    }

    #[test]
    fn dropping_everything_is_for_this_thread_and_for_good() {
        drop_to(CapabilitySet::EMPTY).unwrap();

        assert_eq!(effective(), Ok(CapabilitySet::EMPTY));
        drop_to(CapabilitySet::from_bits(u64::MAX)).unwrap();
        assert_eq!(effective(), Ok(CapabilitySet::EMPTY));
    }

    #[test]
    fn a_set_prints_the_names_of_its_members() {
        let set: CapabilitySet =
            [Capability::SysTime, Capability::NetBindService].into_iter().collect();
        assert_eq!(set.to_string(), "CAP_NET_BIND_SERVICE CAP_SYS_TIME");
        assert_eq!(CapabilitySet::EMPTY.to_string(), "none");
        assert_eq!(CapabilitySet::from_bits(1).to_string(), "+1");
    }
}
