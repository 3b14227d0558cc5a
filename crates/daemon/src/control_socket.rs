//! The control sockets: who may ask what, and answers in bounded space.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use control::{Access, Answer, Failure, Lines, Request};
use linux::{KernelError, Transfer, UnixListener, UnixStream};

/// Clients at a time; more are turned away.
pub(crate) const CLIENTS_MAX: usize = 8;

/// Octets that may wait for a client to read them; a slower one is cut off.
const BACKLOG_MAX: usize = 256 * 1024;

/// The sockets and whoever is connected.
#[derive(Debug)]
pub(crate) struct ControlSocket {
    pub(crate) listeners: Vec<(Access, UnixListener)>,
    /// User and group of the read-write socket's file.
    owner: Option<(u32, u32)>,
    clients: [Option<Client>; CLIENTS_MAX],
}

#[derive(Debug)]
pub(crate) struct Client {
    stream: UnixStream,
    access: Access,
    lines: Lines,
    backlog: Vec<u8>,
    pub(crate) events: bool,
    pub(crate) status: bool,
}

/// What a client's turn led to.
pub(crate) enum Turn {
    Requests(Vec<Result<Request, Failure>>),
    Gone,
}

impl ControlSocket {
    pub(crate) fn open(
        paths: &[(Access, &Option<PathBuf>, u32)],
    ) -> (ControlSocket, Vec<KernelError>) {
        let mut errors = Vec::new();
        let mut listeners = Vec::new();
        for (access, path, mode) in paths {
            let Some(path) = path else { continue };
            if let Some(folder) = path.parent() {
                let _ = std::fs::create_dir_all(folder);
            }
            match UnixListener::bind(path, *mode) {
                Ok(listener) => listeners.push((*access, listener)),
                Err(error) => errors.push(error),
            }
        }
        (ControlSocket { listeners, owner: None, clients: [const { None }; CLIENTS_MAX] }, errors)
    }

    /// Looks who owns the read-write socket, once it has the owner that it keeps.
    pub(crate) fn learn_owner(&mut self, path: Option<&Path>) {
        let metadata = path.and_then(|path| std::fs::metadata(path).ok());
        self.owner = metadata.map(|metadata| (metadata.uid(), metadata.gid()));
    }

    /// Takes the next connection; its place, if there is room for it.
    ///
    /// # Errors
    /// The kernel has no descriptor for it: the connection still waits.
    pub(crate) fn accept(&mut self, listener: usize) -> Result<Option<(usize, i32)>, KernelError> {
        let Some((access, listener)) = self.listeners.get(listener) else { return Ok(None) };
        let Some(stream) = listener.accept()? else { return Ok(None) };
        let access = (*access).min(self.access_of(&stream));
        let free = self.clients.iter().position(Option::is_none);
        let Some(place) = free else { return Ok(None) };
        let fd = stream.fd();
        self.clients[place] = Some(Client {
            stream,
            access,
            lines: Lines::default(),
            backlog: Vec::new(),
            events: false,
            status: false,
        });
        Ok(Some((place, fd)))
    }

    /// What the kernel says of who is at the other end: the socket's owner and group, and root, may
    /// order; whoever else got in may ask.
    fn access_of(&self, stream: &UnixStream) -> Access {
        let Ok(peer) = stream.peer() else { return Access::ReadOnly };
        let owns = |(user, group): (u32, u32)| peer.user == user || peer.group == group;
        if peer.user == 0 || self.owner.is_some_and(owns) {
            Access::ReadWrite
        } else {
            Access::ReadOnly
        }
    }

    /// Reads what a client sent.
    pub(crate) fn read(&mut self, place: usize) -> Turn {
        let Some(client) = self.clients.get_mut(place).and_then(Option::as_mut) else {
            return Turn::Gone;
        };
        let mut buffer = [0; 1024];
        let mut requests = Vec::new();
        match client.stream.read(&mut buffer) {
            Ok(Transfer::Octets(len)) => {
                let access = client.access;
                client.lines.push(&buffer[..len], |request| {
                    let permitted =
                        request.and_then(|request| request.permit(access).map(|()| request));
                    requests.push(permitted);
                });
                Turn::Requests(requests)
            }
            Ok(Transfer::NotNow) => Turn::Requests(requests),
            Ok(Transfer::Closed) | Err(_) => Turn::Gone,
        }
    }

    /// Queues an answer and writes what the client takes; false when it is to be cut off.
    pub(crate) fn answer(&mut self, place: usize, answer: &Answer) -> bool {
        let Some(client) = self.clients.get_mut(place).and_then(Option::as_mut) else {
            return false;
        };
        answer.write_line(&mut client.backlog);
        client.backlog.len() <= BACKLOG_MAX && client.flush()
    }

    /// Writes what the client takes; false when it is gone.
    pub(crate) fn flush(&mut self, place: usize) -> bool {
        self.client(place).is_some_and(Client::flush)
    }

    /// Whether there is something left to write.
    pub(crate) fn waits_to_write(&self, place: usize) -> bool {
        self.clients.get(place).and_then(Option::as_ref).is_some_and(|c| !c.backlog.is_empty())
    }

    pub(crate) fn client(&mut self, place: usize) -> Option<&mut Client> {
        self.clients.get_mut(place).and_then(Option::as_mut)
    }

    /// Where clients are that want something of every kind.
    pub(crate) fn subscribers(&self, wants: impl Fn(&Client) -> bool) -> [bool; CLIENTS_MAX] {
        core::array::from_fn(|place| self.clients[place].as_ref().is_some_and(&wants))
    }

    pub(crate) fn fd(&self, place: usize) -> Option<i32> {
        Some(self.clients.get(place)?.as_ref()?.stream.fd())
    }

    pub(crate) fn close(&mut self, place: usize) {
        if let Some(client) = self.clients.get_mut(place) {
            *client = None;
        }
    }
}

impl Client {
    fn flush(&mut self) -> bool {
        while !self.backlog.is_empty() {
            match self.stream.write(&self.backlog) {
                Ok(Transfer::Octets(len)) => drop(self.backlog.drain(..len)),
                Ok(Transfer::NotNow) => return true,
                Ok(Transfer::Closed) | Err(_) => return false,
            }
        }
        self.backlog = Vec::new();
        true
    }
}
