//! What a Veris member must look like.

use serde_json::{Map, Value};

use crate::destination::mail::no_address;
use crate::destination::{Member, MemberFault};
use crate::roster::{Identity, Payload};

/// By which Veris knows a member.
pub(super) const IDENTITY: &str = "unique_id";
/// Set by rosterd, never mapped.
pub(super) const STATUS: &str = "status";
/// The status of somebody who left.
pub(super) const LEFT: &str = "in_active";
const PRESENT: &str = "active";

/// A field of a Veris member that may be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// How badly Veris wants it.
    pub need: Need,
}

/// How badly a target wants a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it nobody is sent.
    Mandatory,
    /// The seed calls it required and leaves it out of its own example: worth a warning when unmapped.
    Expected,
    /// May be left out.
    Optional,
}

/// Every field that may be mapped. `status` is not among them: it says whether somebody left, which rosterd decides.
pub const FIELDS: &[Field] = &[
    Field { name: IDENTITY, need: Need::Mandatory },
    Field { name: "first_name", need: Need::Mandatory },
    Field { name: "last_name", need: Need::Mandatory },
    Field { name: "designation", need: Need::Mandatory },
    Field { name: "email", need: Need::Mandatory },
    Field { name: "country", need: Need::Mandatory },
    Field { name: "group", need: Need::Expected },
    Field { name: "department", need: Need::Expected },
    Field { name: "phone", need: Need::Optional },
    Field { name: "city", need: Need::Optional },
];

/// The member a mapped person becomes.
///
/// # Errors
///
/// Every rule that is broken, in the order of [`FIELDS`], without values.
pub(super) fn member(mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
    let (mut fields, mut faults) = (Map::new(), Vec::new());
    for &Field { name, need } in FIELDS {
        let mut fault = |message: String| faults.push(MemberFault { field: name.to_owned(), message });
        match mapped.fields().get(name).map_or(Ok(None), text) {
            Err(message) => fault(message),
            Ok(Some(text)) => {
                broken_rules(name, &text).into_iter().for_each(&mut fault);
                fields.insert(name.to_owned(), Value::String(text));
            }
            Ok(None) if need == Need::Mandatory => {
                let present = mapped.fields().get(name).is_some_and(|value| !value.is_null());
                fault(if present { "is empty" } else { "is missing" }.to_owned());
            }
            // Left out, never null or "": the target might take that for a value.
            Ok(None) => {}
        }
    }
    faults.extend(mapped.fields().keys().filter_map(|name| stray(name)));
    match fields.get(IDENTITY).and_then(Value::as_str).map(Identity::new) {
        Some(identity) if faults.is_empty() => {
            let payload = Payload::new(fields).with(STATUS, PRESENT);
            Ok(Member::new(identity, payload))
        }
        _ => Err(faults),
    }
}

/// A field's text, if there is any: all of Veris's fields are strings.
fn text(value: &Value) -> Result<Option<String>, String> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        // `4.10` has already become 4.1 by now, so its text is not what was written.
        Value::Number(_) => {
            return Err("is a number with a fraction where a text is wanted: put it in quotes".to_owned());
        }
        Value::Array(_) | Value::Object(_) => {
            return Err("has several values where one text is wanted: take one, as by `| first`".to_owned());
        }
    };
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

fn broken_rules(name: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if text.chars().any(char::is_control) {
        broken.push("contains control characters".to_owned());
    }
    match name {
        "designation" => broken.extend(too_long(text, 128)),
        "country" => broken.extend(too_long(text, 64)),
        "email" => broken.extend(no_address(text).map(str::to_owned)),
        // The target may trim it, and then two accounts here would be one member there.
        IDENTITY if text.trim() != text => broken.push("begins or ends with white space".to_owned()),
        _ => {}
    }
    broken
}

/// The seed's lengths, in characters as a reader counts them.
fn too_long(text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    (length > most).then(|| format!("has {length} characters, {most} are allowed"))
}

/// Nothing that was mapped is dropped in silence. Names of fields come from the config and are nobody's values.
fn stray(name: &str) -> Option<MemberFault> {
    if name == STATUS {
        return Some(MemberFault {
            field: STATUS.to_owned(),
            message: "is set by rosterd and cannot be mapped".to_owned(),
        });
    }
    let known = FIELDS.iter().any(|field| field.name == name);
    (!known).then(|| MemberFault { field: "fields".to_owned(), message: format!("Veris has no field `{name}`") })
}
