//! Answers, for people and for programs.

use std::io::{self, Write};

use serde_json::json;
use wire::{Label, ManagementBody, ManagementError};

use super::arguments::Asked;
use super::message::Answer;
use crate::decode::fields::{Fields, Node};
use crate::decode::{json as tree, text as plain};

/// One paragraph for each answer.
pub(super) fn text(out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
    for answer in answers {
        write!(out, "{} ({})", answer.source, answer.from)?;
        if let Some(status) = answer.error() {
            writeln!(out, ": {}", refusal(status.error))?;
            continue;
        }
        let action = answer.action.name().unwrap_or("?").to_lowercase();
        writeln!(out, ": {action}")?;
        match fields(answer) {
            Ok(fields) => lines(out, fields.nodes(), 1)?,
            Err(why) => writeln!(out, "  its data cannot be read: {why}")?,
        }
    }
    Ok(())
}

/// One object with all answers.
pub(super) fn json(out: &mut dyn Write, asked: &Asked, answers: &[Answer]) -> io::Result<()> {
    let one = |answer: &Answer| {
        let error = answer.error().map(|status| {
            let name = status.error.name().unwrap_or("?");
            json!({"number": status.error.0, "name": name, "text": refusal(status.error)})
        });
        let fields = fields(answer).ok().filter(|_| error.is_none());
        json!({
            "source": answer.source.to_string(),
            "from": answer.from,
            "action": answer.action.name(),
            "error": error,
            "fields": fields.map(|fields| tree::nodes(fields.nodes(), &answer.value)),
        })
    };
    let value = json!({
        "schema": 1,
        "action": asked.action.name(),
        "id": asked.id.name(),
        "number": asked.id.0,
        "answers": answers.iter().map(one).collect::<Vec<_>>(),
    });
    writeln!(out, "{value}")
}

/// The fields of the data; their places count from the first octet after managementId.
fn fields(answer: &Answer) -> Result<Fields, String> {
    let body = ManagementBody::decode(&answer.tlv()).map_err(|error| error.to_string())?;
    let mut all = Fields::default();
    wire::Field::walk(&body, Label::new("", 0), &mut all);
    Ok(all)
}

fn lines(out: &mut dyn Write, nodes: &[Node], depth: usize) -> io::Result<()> {
    for node in nodes {
        let (label, value) = match node {
            Node::Field { label, .. } if label.name == "managementId" => continue,
            Node::Field { value: crate::decode::fields::Owned::Reserved, .. } => continue,
            Node::Field { label, value, .. } => (label, plain::format(value, label.unit)),
            Node::Group { label, .. } => (label, String::new()),
        };
        let index = label.index.map(|index| format!("[{index}]")).unwrap_or_default();
        let name = format!("{}{index}", label.name);
        let line = format!("{:indent$}{name:<38} {value}", "", indent = depth * 2);
        writeln!(out, "{}", line.trim_end())?;
        if let Node::Group { nodes: inner, .. } = node {
            lines(out, inner, depth + 1)?;
        }
    }
    Ok(())
}

/// What an error means.
fn refusal(error: ManagementError) -> String {
    let meaning = match error {
        ManagementError::RESPONSE_TOO_BIG => "the answer does not fit into a message",
        ManagementError::NO_SUCH_ID => "it knows no such id",
        ManagementError::WRONG_LENGTH => "it expects data of another length",
        ManagementError::WRONG_VALUE => "it takes no such value, or has no such port",
        ManagementError::NOT_SETABLE => "this cannot be set there",
        ManagementError::NOT_SUPPORTED => "it does not do that, or not for us",
        _ => "something went wrong there",
    };
    format!("refused: {meaning} ({})", error.name().unwrap_or("GENERAL_ERROR"))
}
