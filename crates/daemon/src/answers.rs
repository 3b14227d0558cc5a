//! What clients of the control sockets ask, and what they get.

use control::{Answer, Failure, FailureKind, Request, SCHEMA, Topic, Version};
use linux::{Interest, mono_now};

use crate::control_socket::Turn;
use crate::node::{Node, Token};

impl Node {
    pub(crate) fn accept(&mut self, listener: usize) {
        match self.control.accept(listener) {
            Ok(Some((place, fd))) => {
                if self.poller.add(fd, Token::Client(place).number(), Interest::READ).is_err() {
                    self.control.close(place);
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::debug!("{error}");
                self.listen(Interest { read: false, ..Interest::READ });
            }
        }
    }

    /// Waits for new clients, or lets them wait until the next second.
    pub(crate) fn listen(&mut self, interest: Interest) {
        for (_, listener) in &self.control.listeners {
            self.poller.change(listener.fd(), interest);
        }
    }

    pub(crate) fn serve(&mut self, place: usize, closed: bool) {
        let turn = self.control.read(place);
        let requests = match turn {
            Turn::Requests(requests) if !(closed && requests.is_empty()) => requests,
            _ => return self.drop_client(place),
        };
        for request in requests {
            let answer = match request {
                Ok(request) => self.answer(place, request),
                Err(failure) => Some(Answer::Error(failure)),
            };
            if let Some(answer) = answer
                && !self.control.answer(place, &answer)
            {
                return self.drop_client(place);
            }
        }
        self.watch_client(place);
    }

    /// A client can take more of what waits for it.
    pub(crate) fn continue_writing(&mut self, place: usize) {
        if self.control.flush(place) {
            self.watch_client(place);
        } else {
            self.drop_client(place);
        }
    }

    fn answer(&mut self, place: usize, request: Request) -> Option<Answer> {
        match request {
            Request::Status => Some(Answer::Status(Box::new(self.status()))),
            Request::Performance(port) => Some(self.performance_of(port)),
            Request::Version => Some(Answer::Version(Version {
                schema: SCHEMA,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                pid: std::process::id(),
            })),
            Request::Reload => Some(match self.reload() {
                Ok(reloaded) => Answer::Reloaded(reloaded),
                Err(text) => Answer::Error(Failure::new(FailureKind::Configuration, text)),
            }),
            Request::Subscribe(topic) => {
                let status = topic == Topic::Status;
                let client = self.control.client(place)?;
                client.status |= status;
                client.events |= topic == Topic::Events;
                status.then(|| Answer::Status(Box::new(self.status())))
            }
        }
    }

    fn performance_of(&self, port: u16) -> Answer {
        let unavailable =
            |text: String| Answer::Error(Failure::new(FailureKind::Unavailable, text));
        let Some(performance) = &self.performance else {
            let text = "nothing is recorded; set performance_monitoring = true and start again";
            return unavailable(text.to_owned());
        };
        match performance.view(port, mono_now()) {
            Some(records) => Answer::Performance(records),
            None => unavailable(format!("there is no port {port}")),
        }
    }

    /// The status to whoever subscribed to it.
    pub(crate) fn push_status(&mut self) {
        let subscribers = self.control.subscribers(|client| client.status);
        if !subscribers.contains(&true) {
            return;
        }
        let answer = Answer::Status(Box::new(self.status()));
        for (place, _) in subscribers.into_iter().enumerate().filter(|(_, wants)| *wants) {
            if self.control.answer(place, &answer) {
                self.watch_client(place);
            } else {
                self.drop_client(place);
            }
        }
    }
}
