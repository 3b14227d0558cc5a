//! What a client asks, and who may ask it.

use serde_json::{Map, Value, json};

use crate::answer::{Failure, FailureKind};

/// What a client asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Request {
    /// `{"get":"status"}`: one answer.
    Status,
    /// `{"get":"version"}`: one answer.
    Version,
    /// `{"performance":PORT}`: one answer, with the records of a port, or with 0 of the clock.
    Performance(u16),
    /// `{"subscribe":TOPIC}`: an answer each time, until the client closes.
    Subscribe(Topic),
    /// `{"reload":null}`: read the configuration again and apply what can be.
    Reload,
}

/// What a client can be told of without asking again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Topic {
    /// Each event.
    Events,
    /// The status, once a second.
    Status,
}

/// What a socket's clients may do.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Access {
    /// Ask.
    ReadOnly,
    /// Ask and order.
    ReadWrite,
}

impl Request {
    /// Reads one line, with or without its end.
    ///
    /// # Errors
    ///
    /// Says what to answer.
    pub fn parse(line: &[u8]) -> Result<Request, Failure> {
        let value: Value = serde_json::from_slice(line)
            .map_err(|error| Failure::new(FailureKind::Malformed, format!("not JSON: {error}")))?;
        let Value::Object(members) = value else {
            let text = "a request is an object like {\"get\":\"status\"}";
            return Err(Failure::new(FailureKind::Malformed, text));
        };
        let mut asked = ["get", "performance", "subscribe", "reload"]
            .into_iter()
            .filter_map(|verb| members.get(verb).map(|object| (verb, object)));
        match (asked.next(), asked.next()) {
            (Some((verb, object)), None) => Request::from_verb(verb, object),
            (Some(_), Some(_)) => Err(Failure::new(FailureKind::Malformed, "one request per line")),
            (None, _) => Err(unknown(&members)),
        }
    }

    fn from_verb(verb: &str, object: &Value) -> Result<Request, Failure> {
        if verb == "performance"
            && let Some(port) = object.as_u64().and_then(|port| u16::try_from(port).ok())
        {
            return Ok(Request::Performance(port));
        }
        match (verb, object.as_str()) {
            ("get", Some("status")) => Ok(Request::Status),
            ("get", Some("version")) => Ok(Request::Version),
            ("subscribe", Some("events")) => Ok(Request::Subscribe(Topic::Events)),
            ("subscribe", Some("status")) => Ok(Request::Subscribe(Topic::Status)),
            ("reload", _) => Ok(Request::Reload),
            _ => {
                let text = format!("there is no {object} to {verb}");
                Err(Failure::new(FailureKind::Unknown, text))
            }
        }
    }

    /// The right that it takes.
    pub fn needs(&self) -> Access {
        match self {
            Request::Status
            | Request::Version
            | Request::Performance(_)
            | Request::Subscribe(_) => Access::ReadOnly,
            Request::Reload => Access::ReadWrite,
        }
    }

    /// Nothing if a client with `access` may ask this, or what to answer.
    ///
    /// # Errors
    ///
    /// It may not.
    pub fn permit(&self, access: Access) -> Result<(), Failure> {
        if access >= self.needs() {
            return Ok(());
        }
        let text = "this socket only answers; use the read-write one, as its owner or group";
        Err(Failure::new(FailureKind::Forbidden, text))
    }

    /// As one line with its end.
    pub fn to_line(&self) -> String {
        let value = match self {
            Request::Status => json!({"get": "status"}),
            Request::Version => json!({"get": "version"}),
            Request::Performance(port) => json!({"performance": port}),
            Request::Subscribe(Topic::Events) => json!({"subscribe": "events"}),
            Request::Subscribe(Topic::Status) => json!({"subscribe": "status"}),
            Request::Reload => json!({"reload": null}),
        };
        format!("{value}\n")
    }
}

fn unknown(members: &Map<String, Value>) -> Failure {
    let name = members.keys().next().map_or("nothing", String::as_str);
    let name: String = name.chars().take(40).collect();
    let text =
        format!("unknown request {name:?}; there are get, performance, subscribe and reload");
    Failure::new(FailureKind::Unknown, text)
}
