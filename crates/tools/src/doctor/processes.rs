//! Other time daemons, and who holds PTP's ports.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::finding::Finding;

/// As the kernel has their names, which are cut after 15 octets; what they do, and how to end it.
const DAEMONS: [(&str, Work, &str); 10] = [
    ("chronyd", Work::Steers, "systemctl disable --now chrony"),
    ("ntpd", Work::Steers, "systemctl disable --now ntp"),
    ("openntpd", Work::Steers, "systemctl disable --now openntpd"),
    ("systemd-timesyn", Work::Steers, "timedatectl set-ntp false"),
    ("phc2sys", Work::Steers, "systemctl disable --now phc2sys@*"),
    ("timemaster", Work::Steers, "systemctl disable --now timemaster"),
    ("ptpd", Work::Steers, "systemctl disable --now ptpd"),
    ("ptpd2", Work::Steers, "systemctl disable --now ptpd"),
    ("ptp4l", Work::Speaks, "systemctl disable --now ptp4l@*"),
    ("zeitgeberd", Work::Ours, ""),
];

#[derive(Clone, Copy, Eq, PartialEq)]
enum Work {
    /// It may steer the system's clock.
    Steers,
    /// It speaks PTP.
    Speaks,
    Ours,
}

/// `ports` are those of UDP that are wanted.
pub(super) fn examine(ports: &[u16]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = running().into_iter().filter_map(describe).collect();
    if findings.is_empty() {
        findings.push(Finding::ok("time daemons", "no other one is seen to run"));
    }
    findings.extend(ports.iter().map(|port| holder(*port)));
    findings
}

/// The processes by name.
fn running() -> BTreeMap<String, Vec<u32>> {
    let mut running: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for id in processes() {
        let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        running.entry(name.trim().to_owned()).or_default().push(id);
    }
    running
}

fn processes() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn describe((name, ids): (String, Vec<u32>)) -> Option<Finding> {
    let (known, work, end) = DAEMONS.into_iter().find(|(known, ..)| *known == name)?;
    let known = if known == "systemd-timesyn" { "systemd-timesyncd" } else { known };
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let text = format!("{known} runs (process {})", ids.join(", "));
    Some(match work {
        Work::Ours => Finding::ok("time daemons", text),
        Work::Speaks => Finding::note("time daemons", text).advise(format!(
            "`{end}` if zeitgeberd is to do its work; together they need different clocks"
        )),
        Work::Steers => Finding::problem("time daemons", text).advise(format!(
            "it may steer the system's clock, as zeitgeberd would: keep one of them (`{end}`), or \
             run zeitgeberd with `--clock virtual` or `--clock observe`"
        )),
    })
}

/// Who holds a port in this network namespace.
fn holder(port: u16) -> Finding {
    let tables = ["/proc/net/udp", "/proc/net/udp6"];
    let inodes: Vec<String> = tables
        .iter()
        .flat_map(|table| inodes(&fs::read_to_string(table).unwrap_or_default(), port))
        .collect();
    if inodes.is_empty() {
        return Finding::ok("ports", format!("UDP port {port} is free"));
    }
    let mut names: Vec<String> =
        processes().into_iter().filter(|id| holds(*id, &inodes)).map(named).collect();
    if names.is_empty() {
        names.push("a process that you may not look into".into());
    }
    let text = format!("UDP port {port} is held by {}", names.join(", "));
    if names.iter().all(|name| name.starts_with("zeitgeberd ")) {
        return Finding::ok("ports", text);
    }
    Finding::note("ports", text).advise("end it if zeitgeberd cannot bind the port beside it")
}

/// Of the sockets that are bound to `port`; the address is in hexadecimal, the inode the tenth
/// column.
fn inodes(table: &str, port: u16) -> Vec<String> {
    let end = format!(":{port:04X}");
    let rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let bound = rows.filter(|row| row.get(1).is_some_and(|local| local.ends_with(&end)));
    bound.filter_map(|row| Some(format!("socket:[{}]", row.get(9)?))).collect()
}

fn holds(id: u32, sockets: &[String]) -> bool {
    let entries = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    entries.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|link: std::path::PathBuf| {
        sockets.iter().any(|socket| link.as_path() == Path::new(socket))
    })
}

fn named(id: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    format!("{} (process {id})", name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref
  81: 00000000:013F 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2
  82: 0100007F:1140 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4243 2
";

    #[test]
    fn sockets_are_found_by_their_port() {
        assert_eq!(inodes(TABLE, 319), ["socket:[4242]"]);
        assert!(inodes(TABLE, 320).is_empty());
    }

    #[test]
    fn who_steers_the_clock_is_a_problem_and_who_is_unknown_is_none() {
        let found = describe(("chronyd".into(), vec![7])).unwrap();

        assert!(found.text == "chronyd runs (process 7)" && found.advice.is_some());
        assert_eq!(describe(("bash".into(), vec![8])), None);
    }
}
