//! A member as the documentation has it, and every rule a field can break.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// A member that keeps the rules.
#[derive(Clone, PartialEq, Serialize)]
pub struct Member {
    /// What a member is known by.
    pub unique_id: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Up to 128 characters.
    pub designation: String,
    /// Something with an @ in it.
    pub email: String,
    /// Up to 64 characters.
    pub country: String,
    /// `active` or `in_active`.
    pub status: Status,
    /// Optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// "Other required", though the documentation's own example goes without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// "Other required", though the documentation's own example goes without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Fields the documentation does not know, kept as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Whether a member is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Let in.
    Active,
    /// Not let in.
    InActive,
}

/// The rule a field breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) field: String,
    pub(super) rule: &'static str,
}

impl Member {
    /// A member out of JSON, or the first rule it breaks, in the documentation's order. `required` names optional fields
    /// that are mandatory for once.
    pub(super) fn read(value: Value, required: &[String]) -> Result<Self, Broken> {
        let Value::Object(fields) = value else {
            return Err(broken("", "a member is a JSON object"));
        };
        if let Some(missing) = required.iter().find(|name| !fields.contains_key(*name)) {
            return Err(broken(missing, "mandatory"));
        }
        let mut fields = Fields(fields);
        Ok(Self {
            first_name: fields.mandatory("first_name")?,
            last_name: fields.mandatory("last_name")?,
            designation: fields.at_most("designation", 128, "longer than 128 characters")?,
            email: fields.email("email")?,
            country: fields.at_most("country", 64, "longer than 64 characters")?,
            status: fields.status("status")?,
            unique_id: fields.mandatory("unique_id")?,
            phone: fields.text("phone")?,
            city: fields.text("city")?,
            group: fields.text("group")?,
            department: fields.text("department")?,
            other: fields.0,
        })
    }
}

/// Members are people: their values stay out of logs and panics.
impl fmt::Debug for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Member").field("status", &self.status).finish_non_exhaustive()
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    /// A field that may be absent, but is a string with something in it where it is not.
    fn text(&mut self, name: &str) -> Result<Option<String>, Broken> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Err(broken(name, "empty")),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(broken(name, "not a string")),
        }
    }

    fn mandatory(&mut self, name: &str) -> Result<String, Broken> {
        self.text(name)?.ok_or_else(|| broken(name, "mandatory"))
    }

    fn at_most(&mut self, name: &str, limit: usize, rule: &'static str) -> Result<String, Broken> {
        let text = self.mandatory(name)?;
        if text.chars().nth(limit).is_some() { Err(broken(name, rule)) } else { Ok(text) }
    }

    fn email(&mut self, name: &str) -> Result<String, Broken> {
        let text = self.mandatory(name)?;
        match text.split_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Ok(text),
            _ => Err(broken(name, "not a mail address")),
        }
    }

    fn status(&mut self, name: &str) -> Result<Status, Broken> {
        match self.mandatory(name)?.as_str() {
            "active" => Ok(Status::Active),
            "in_active" => Ok(Status::InActive),
            _ => Err(broken(name, "neither active nor in_active")),
        }
    }
}

fn broken(field: &str, rule: &'static str) -> Broken {
    Broken { field: field.into(), rule }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Value {
        json!({"first_name": "test", "last_name": "test", "designation": "Project Manager", "email": "test@veris.in",
            "phone": "Not Mandatory", "city": "test", "country": "India", "status": "active", "unique_id": "test"})
    }

    fn with(field: &str, value: Value) -> Result<Member, Broken> {
        let mut member = sample();
        member[field] = value;
        Member::read(member, &[])
    }

    fn rule(field: &str, value: Value) -> &'static str {
        let fault = with(field, value).unwrap_err();
        assert_eq!(fault.field, field);
        fault.rule
    }

    #[test]
    fn the_documentations_own_member_comes_back_as_it_was_sent() {
        let member = Member::read(sample(), &[]).unwrap();
        assert_eq!(serde_json::to_value(&member).unwrap(), sample());
        assert_eq!(with("status", json!("in_active")).unwrap().status, Status::InActive);
    }

    #[test]
    fn mandatory_fields_are_there_and_are_strings_with_something_in_them() {
        for field in ["first_name", "last_name", "designation", "email", "country", "status", "unique_id"] {
            let mut member = sample();
            member.as_object_mut().unwrap().remove(field);
            assert_eq!(Member::read(member, &[]).unwrap_err(), broken(field, "mandatory"));
            assert_eq!(rule(field, json!("")), "empty");
            assert_eq!(rule(field, json!("  ")), "empty");
            assert_eq!(rule(field, json!(null)), "not a string");
            assert_eq!(rule(field, json!(7)), "not a string");
        }
    }

    #[test]
    fn optional_fields_may_be_absent_but_not_empty_or_null() {
        for field in ["phone", "city", "group", "department"] {
            let mut member = sample();
            member.as_object_mut().unwrap().remove(field);
            assert!(Member::read(member.clone(), &[]).is_ok());
            assert_eq!(Member::read(member, &[field.to_owned()]).unwrap_err(), broken(field, "mandatory"));
            assert_eq!(rule(field, json!("")), "empty");
            assert_eq!(rule(field, json!(null)), "not a string");
            assert!(with(field, json!("4.4A")).is_ok());
        }
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        assert!(with("designation", json!("é".repeat(128))).is_ok());
        assert_eq!(rule("designation", json!("é".repeat(129))), "longer than 128 characters");
        assert!(with("country", json!("é".repeat(64))).is_ok());
        assert_eq!(rule("country", json!("é".repeat(65))), "longer than 64 characters");
    }

    #[test]
    fn mail_addresses_and_statuses() {
        for address in ["test", "@veris.in", "test@"] {
            assert_eq!(rule("email", json!(address)), "not a mail address");
        }
        for status in ["Active", "inactive", "active/in_active"] {
            assert_eq!(rule("status", json!(status)), "neither active nor in_active");
        }
    }

    #[test]
    fn unknown_fields_are_kept_and_a_member_is_an_object() {
        let member = with("badge", json!({"colour": 3})).unwrap();
        assert_eq!(member.other["badge"], json!({"colour": 3}));
        assert_eq!(Member::read(json!("test"), &[]).unwrap_err(), broken("", "a member is a JSON object"));
    }

    #[test]
    fn nobody_is_printed_by_accident() {
        assert_eq!(format!("{:?}", Member::read(sample(), &[]).unwrap()), "Member { status: Active, .. }");
    }
}
