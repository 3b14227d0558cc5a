//! Memory and CPU of a time receiver and a time transmitter: ours beside ptp4l's and ptpd's, at the
//! same time and at the same rates, each pair in two network namespaces of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use comfy_table::Table;
use xshell::{Shell, cmd};

use crate::peers;

const LENGTH: Duration = Duration::from_secs(60);
/// Before the measurement begins: peers find each other.
const WARM_UP: Duration = Duration::from_secs(15);

pub(crate) fn run(sh: &Shell) -> Result<(), xshell::Error> {
    if !peers::is_root(sh) || !peers::install(sh)? {
        println!("memory and CPU: not measured, namespaces and peers need root");
        return Ok(());
    }
    cmd!(sh, "cargo build --release --quiet --package zeitgeber-daemon").run()?;
    println!("\nMemory and CPU over {} s, default intervals", LENGTH.as_secs());
    measure(sh, 0)?;
    println!("\nMemory and CPU over {} s, Sync and Delay_Req 128 times a second", LENGTH.as_secs());
    measure(sh, -7)
}

struct Program {
    name: &'static str,
    transmitter: Vec<String>,
    receiver: Vec<String>,
}

fn measure(sh: &Shell, log_interval: i8) -> Result<(), xshell::Error> {
    let folder = sh.create_temp_dir()?;
    let programs = programs(folder.path(), log_interval);
    let mut running: Vec<(String, Child)> = Vec::new();
    for (i, program) in programs.iter().enumerate() {
        let (a, b) = pair(sh, i)?;
        for (host, role, words) in
            [(a, "transmitter", &program.transmitter), (b, "receiver", &program.receiver)]
        {
            let name = format!("{} {role}", program.name);
            let log = folder.path().join(name.replace(' ', "-"));
            running.push((name, spawn(&host, words, &log)));
        }
    }
    std::thread::sleep(WARM_UP);
    let before: Vec<f64> = running.iter().map(|(_, child)| cpu_seconds(child.id())).collect();
    std::thread::sleep(LENGTH);
    let mut table = Table::new();
    table.set_header(["program", "peak RSS (KiB)", "CPU (ms per s)", "RSS / ours", "CPU / ours"]);
    let figures: Vec<(u64, f64)> = running
        .iter()
        .zip(&before)
        .map(|((_, child), before)| {
            let cpu = (cpu_seconds(child.id()) - before) * 1000.0 / LENGTH.as_secs_f64();
            (peak_rss(child.id()), cpu)
        })
        .collect();
    for (i, (name, _)) in running.iter().enumerate() {
        let ((rss, cpu), ours) = (figures[i], figures[i % 2]);
        table.add_row([
            name.clone(),
            rss.to_string(),
            format!("{cpu:.3}"),
            format!("{:.2}", rss as f64 / ours.0.max(1) as f64),
            format!("{:.2}", cpu / ours.1.max(0.001)),
        ]);
    }
    println!("{table}");
    for (_, child) in &mut running {
        let _ = child.kill();
        let _ = child.wait();
    }
    for host in (0..programs.len()).flat_map(|i| [host(i, 'a'), host(i, 'b')]) {
        cmd!(sh, "ip netns delete {host}").quiet().run()?;
    }
    Ok(())
}

fn programs(folder: &Path, log: i8) -> Vec<Program> {
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let ours = Path::new("target/release/zeitgeberd").canonicalize().unwrap_or_default();
    let zeitgeber = |role: &str, clock: &str| {
        words(format!(
            "{} -i eth0 --clock {clock} {role} --control {}/{clock} --sync-interval={log} \
             --delay-interval={log}",
            ours.display(),
            folder.display()
        ))
    };
    let ptp4l = |name: &str, more: &str| {
        let file = folder.join(name);
        let socket = folder.join(format!("{name}.sock"));
        let text = format!(
            "[global]\ntime_stamping software\nfree_running 1\ntx_timestamp_timeout 100\n\
             logSyncInterval {log}\nlogMinDelayReqInterval {log}\nsummary_interval 10\n\
             uds_address {}\n{more}\n",
            socket.display()
        );
        fs::write(&file, text).expect("the temporary folder is ours");
        words(format!("ptp4l -i eth0 -f {}", file.display()))
    };
    let ptpd = |preset: &str| {
        words(format!(
            "ptpd -C -n -L -i eth0 --ptpengine:preset={preset} \
             --ptpengine:log_sync_interval={log} --ptpengine:log_delayreq_interval={log} \
             --ptpengine:log_delayreq_interval_initial={log}"
        ))
    };
    vec![
        Program {
            name: "zeitgeberd",
            transmitter: zeitgeber("--server-only", "observe"),
            receiver: zeitgeber("--client-only", "virtual"),
        },
        Program {
            name: "ptp4l",
            transmitter: ptp4l("transmitter", "priority1 10"),
            receiver: ptp4l("receiver", "slaveOnly 1"),
        },
        Program { name: "ptpd", transmitter: ptpd("masteronly"), receiver: ptpd("slaveonly") },
    ]
}

fn host(i: usize, side: char) -> String {
    format!("zgbench{}-{i}{side}", std::process::id())
}

fn pair(sh: &Shell, i: usize) -> Result<(String, String), xshell::Error> {
    let (a, b) = (host(i, 'a'), host(i, 'b'));
    cmd!(sh, "ip netns add {a}").quiet().run()?;
    cmd!(sh, "ip netns add {b}").quiet().run()?;
    cmd!(sh, "ip -n {a} link add eth0 type veth peer name eth0 netns {b}").quiet().run()?;
    for (name, address) in [(&a, "10.79.0.1/24"), (&b, "10.79.0.2/24")] {
        cmd!(sh, "ip -n {name} address add {address} dev eth0").quiet().run()?;
        cmd!(sh, "ip -n {name} link set eth0 up").quiet().run()?;
        cmd!(sh, "ip -n {name} link set lo up").quiet().run()?;
    }
    Ok((a, b))
}

/// `ip netns exec` becomes the program, so the process is the program's.
fn spawn(host: &str, words: &[String], log: &PathBuf) -> Child {
    let out = File::create(log).expect("the temporary folder is ours");
    let error = out.try_clone().expect("a file can be shared");
    let mut command = Command::new("ip");
    command.args(["netns", "exec", host]).args(words);
    command.stdin(Stdio::null()).stdout(out).stderr(error).spawn().expect("iproute2 is installed")
}

/// The first number of `schedstat`: nanoseconds on a CPU. `stat` counts only hundredths of a second.
fn cpu_seconds(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/schedstat")).unwrap_or_default();
    let nanos = text.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    nanos.unwrap_or(0.0) * 1e-9
}

fn peak_rss(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0)
}
