//! The daemon's control socket, as its clients have it.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgMatches, value_parser};
use control::{Answer, Performance, Request, Status};

/// A daemon that does not answer within this is stuck.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest answer that is read.
const ANSWER_MAX: u64 = 1 << 20;

/// A connection to the daemon.
#[derive(Debug)]
pub(crate) struct Client {
    path: PathBuf,
    stream: BufReader<UnixStream>,
}

/// Why the daemon gives no answer, in one line with what to do.
#[derive(Debug)]
pub(crate) struct NoAnswer(String);

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `--control PATH`, with the default of the daemon's option of that name.
pub(crate) fn control_argument() -> Arg {
    let option = config::find("control").expect("the table has it");
    Arg::new("control")
        .long("control")
        .value_name("PATH")
        .value_parser(value_parser!(PathBuf))
        .default_value(option.default)
        .help("The control socket of the daemon")
}

/// The path that was given or is the default.
pub(crate) fn control_path(arguments: &ArgMatches) -> &Path {
    arguments.get_one::<PathBuf>("control").expect("it has a default")
}

impl Client {
    pub(crate) fn connect(path: &Path) -> Result<Client, NoAnswer> {
        let connected = UnixStream::connect(path).and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(BufReader::new(stream))
        });
        match connected {
            Ok(stream) => Ok(Client { path: path.to_owned(), stream }),
            Err(error) => Err(not_connected(path, &error)),
        }
    }

    /// Sends a request; answers come with [`Client::receive`].
    pub(crate) fn send(&mut self, request: Request) -> Result<(), NoAnswer> {
        let line = request.to_line();
        let sent = self.stream.get_mut().write_all(line.as_bytes());
        sent.map_err(|error| self.broken(&error))
    }

    /// Waits for the next answer.
    pub(crate) fn receive(&mut self) -> Result<Answer, NoAnswer> {
        let mut line = Vec::new();
        let read = (&mut self.stream).take(ANSWER_MAX).read_until(b'\n', &mut line);
        let read = read.map_err(|error| self.broken(&error))?;
        if read == 0 {
            let error = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(self.broken(&error));
        }
        Answer::parse(&line).map_err(|error| {
            let path = self.path.display();
            NoAnswer(format!(
                "what answers at {path} is not a zeitgeberd of this version ({error}); use the \
                 zeitgeber that was installed with it, or another --control PATH"
            ))
        })
    }

    /// Waits for the next status.
    pub(crate) fn receive_status(&mut self) -> Result<Status, NoAnswer> {
        loop {
            match self.receive()? {
                Answer::Status(status) => return Ok(*status),
                Answer::Error(failure) => {
                    return Err(NoAnswer(format!("the daemon refuses: {}", failure.text)));
                }
                Answer::Version(_)
                | Answer::Performance(_)
                | Answer::Event(_)
                | Answer::Reloaded(_) => {}
            }
        }
    }

    /// The records of the clock, port 0, or of a port.
    pub(crate) fn performance(&mut self, port: u16) -> Result<Performance, NoAnswer> {
        self.send(Request::Performance(port))?;
        match self.receive()? {
            Answer::Performance(records) => Ok(records),
            Answer::Error(failure) => {
                Err(NoAnswer(format!("the daemon refuses: {}", failure.text)))
            }
            _ => Err(NoAnswer("the daemon answers something else than what was asked".to_owned())),
        }
    }

    fn broken(&self, error: &io::Error) -> NoAnswer {
        let path = self.path.display();
        NoAnswer(match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!(
                "zeitgeberd at {path} has not answered for {} s: it is stopped, or what listens \
                 there is something else",
                PATIENCE.as_secs()
            ),
            _ => format!("zeitgeberd at {path} has closed the connection; has it just ended?"),
        })
    }
}

/// One look at the status.
pub(crate) fn ask_status(path: &Path) -> Result<Status, NoAnswer> {
    let mut client = Client::connect(path)?;
    client.send(Request::Status)?;
    client.receive_status()
}

fn not_connected(path: &Path, error: &io::Error) -> NoAnswer {
    let path = path.display();
    NoAnswer(match error.kind() {
        io::ErrorKind::NotFound => format!(
            "no daemon at {path}: start it (`systemctl start zeitgeber`, or `zeitgeberd -i \
             INTERFACE`), or say where its control socket is with --control PATH"
        ),
        io::ErrorKind::ConnectionRefused => format!(
            "nobody listens at {path}: zeitgeberd has ended without cleaning up; start it again \
             and see its log (`journalctl -u zeitgeber`)"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "you may not use {path}: become its owner or a member of its group (the daemon's \
             option control_group), or use the socket of its option control_readonly"
        ),
        _ => format!("cannot reach zeitgeberd at {path}: {error}"),
    })
}
