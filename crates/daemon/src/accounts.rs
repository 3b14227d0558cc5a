//! Users and groups by name or number, from the machine's own files.

use std::fs;

/// A user and its group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct User {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

/// Looks a user up; a number that has no entry is its own group too.
pub(crate) fn user(name: &str) -> Result<User, String> {
    find_user(&read("/etc/passwd")?, name).ok_or_else(|| format!("there is no user {name}"))
}

/// Looks a group up.
pub(crate) fn group(name: &str) -> Result<u32, String> {
    find_group(&read("/etc/group")?, name).ok_or_else(|| format!("there is no group {name}"))
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))
}

fn find_user(passwd: &str, name: &str) -> Option<User> {
    let entry = |line: &str| {
        let mut fields = line.split(':');
        let found = fields.next()?;
        let user: u32 = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        (found == name || name.parse() == Ok(user)).then_some(User { user, group })
    };
    let number = || name.parse().ok().map(|user| User { user, group: user });
    passwd.lines().find_map(entry).or_else(number)
}

fn find_group(groups: &str, name: &str) -> Option<u32> {
    let entry = |line: &str| {
        let mut fields = line.split(':');
        let found = fields.next()?;
        let group: u32 = fields.nth(1)?.parse().ok()?;
        (found == name).then_some(group)
    };
    groups.lines().find_map(entry).or_else(|| name.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nptp:x:990:980::/:/usr/sbin/nologin\n";

    #[test]
    fn accounts_are_found_by_name_and_number() {
        let ptp = User { user: 990, group: 980 };
        assert_eq!(find_user(PASSWD, "ptp"), Some(ptp));
        assert_eq!(find_user(PASSWD, "990"), Some(ptp));
        assert_eq!(find_user(PASSWD, "65534"), Some(User { user: 65_534, group: 65_534 }));
        assert_eq!(find_user(PASSWD, "nobody"), None);
        assert_eq!(find_group("root:x:0:\nptp:x:980:me\n", "ptp"), Some(980));
        assert_eq!(find_group("", "12"), Some(12));
        assert_eq!(find_group("", "ptp"), None);
    }
}
