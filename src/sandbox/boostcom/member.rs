//! What becomes of one member of a bulk.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::people::{Found, People, identifier};
use super::{errors, schema};
use crate::sandbox::instant;

/// A member of the club.
#[derive(Clone, PartialEq, Serialize)]
pub struct Record {
    /// Counted from 1.
    pub id: u64,
    /// As they are by now.
    pub properties: Value,
    /// Whether SMS are sent.
    pub sms_enabled: bool,
    /// Whether mail is sent.
    pub email_enabled: bool,
    /// Whether messages are pushed.
    pub push_enabled: bool,
    /// Where the member came from.
    pub optin_channel: Value,
    /// Where exactly.
    pub optin_subchannel: Value,
    /// `{status, updated_at}` by slug.
    pub consents: Map<String, Value>,
    /// Whether there is a password; nobody sees which.
    pub has_password: bool,
    /// How many imports took effect; 0 for one that was only seeded.
    pub imports: u64,
    /// When the member came, or when an import says so.
    #[serde(with = "instant")]
    pub created_at: Timestamp,
    /// When the member last changed, or when an import says so.
    #[serde(with = "instant")]
    pub updated_at: Timestamp,
}

/// What holds for all members of a bulk.
pub(super) struct Terms<'a> {
    pub(super) import_id: &'a str,
    pub(super) only_create: bool,
    pub(super) schema: &'a Value,
    pub(super) resubscribe: bool,
    pub(super) refuse: &'a BTreeSet<String>,
}

/// What became of a member.
#[derive(Debug)]
pub(super) enum Taken {
    Created,
    Updated,
    /// Was there, and was not to be updated.
    Left,
    /// Nothing changed; with the identifier and the documented errors.
    Invalid(String, Value),
}

impl People {
    /// One member of an import takes effect, or nothing of it.
    pub(super) fn take(&mut self, member: &Value, terms: &Terms<'_>, at: Timestamp) -> Taken {
        match self.judge(member, terms, at) {
            Ok((record, taken)) => {
                self.put(Record { imports: record.imports + 1, ..record });
                taken
            }
            Err(taken) => taken,
        }
    }

    /// The member after it took effect, or why it does not.
    pub(super) fn judge(&self, member: &Value, terms: &Terms<'_>, at: Timestamp) -> Result<(Record, Taken), Taken> {
        let given = &member["properties"];
        let unwelcome = |field| identifier(given, field).is_some_and(|name| terms.refuse.contains(&name));
        if let Some(field) = ["email", "msisdn"].into_iter().find(|field| unwelcome(field)) {
            let flaw = errors::flaw("value_not_welcome", &given[field], field);
            return Err(Taken::Invalid(name(given), json!({ "properties": [{ "error": { field: [flaw] } }] })));
        }
        let (record, taken) = match self.find(given) {
            Found::Two => return Err(Taken::Invalid(name(given), errors::of_two())),
            Found::One(_) if terms.only_create => return Err(Taken::Left),
            Found::One(record) => (record, Taken::Updated),
            Found::Nobody => (Record::new(self.fresh(), terms.import_id, at), Taken::Created),
        };
        let changed = record.changed(member, terms, at).map_err(|errors| Taken::Invalid(name(given), errors))?;
        Ok((changed, taken))
    }
}

/// What a member's errors are found under: the mail as it was sent, or else the msisdn.
fn name(properties: &Value) -> String {
    let text = |name| properties[name].as_str().filter(|text| !text.trim().is_empty());
    text("email").or(text("msisdn")).unwrap_or_default().to_owned()
}

impl Record {
    /// Somebody who has just come, with the documented defaults.
    fn new(id: u64, import_id: &str, at: Timestamp) -> Self {
        Self {
            id,
            properties: json!({}),
            sms_enabled: true,
            email_enabled: true,
            push_enabled: true,
            optin_channel: json!("import"),
            optin_subchannel: json!(import_id),
            consents: Map::new(),
            has_password: false,
            imports: 0,
            created_at: at,
            updated_at: at,
        }
    }

    /// The record after an import, or what is wrong with that. What is not given stays; a property that is `null` goes.
    fn changed(mut self, member: &Value, terms: &Terms<'_>, at: Timestamp) -> Result<Self, Value> {
        let is_new = self.properties == json!({});
        let nothing = Map::new();
        let given = member["properties"].as_object().unwrap_or(&nothing);
        let mut whole = self.properties.as_object().cloned().unwrap_or_default();
        whole.extend(given.clone());
        whole.retain(|_, value| !value.is_null());
        let mut wrong = errors::Errors { properties: schema::check(terms.schema, given, &whole), own: Map::new() };
        self.properties = Value::Object(whole);
        let channels = [
            ("sms_enabled", &mut self.sms_enabled),
            ("email_enabled", &mut self.email_enabled),
            ("push_enabled", &mut self.push_enabled),
        ];
        for (name, flag) in channels {
            let otherwise = *flag || terms.resubscribe;
            *flag = wrong.kind(member, name, Value::as_bool).unwrap_or(otherwise);
        }
        self.has_password |= wrong.kind(member, "password", |value| value.as_str().map(|_| ())).is_some();
        let consents = wrong.kind(member, "consents", consents).unwrap_or_default();
        self.consents.extend(consents.into_iter().map(|(slug, consent)| (slug, stamped(&consent, at))));
        for (name, place) in
            [("optin_channel", &mut self.optin_channel), ("optin_subchannel", &mut self.optin_subchannel)]
        {
            if let Some(value) = member.get(name).filter(|value| !value.is_null()) {
                place.clone_from(value);
            }
        }
        let told = |name: &str| member[name].as_str()?.parse::<Timestamp>().ok();
        self.created_at = told("created_at").filter(|_| is_new).unwrap_or(self.created_at);
        self.updated_at = told("updated_at").unwrap_or(at);
        wrong.into_value().map_or(Ok(self), Err)
    }
}

/// Consents by slug, each of them with a status.
fn consents(value: &Value) -> Option<Map<String, Value>> {
    let consents = value.as_object()?;
    let is_one = |consent: &Value| consent.get("status").is_some_and(Value::is_boolean);
    consents.values().all(is_one).then(|| consents.clone())
}

/// A consent with the time it was given, which may be left out.
fn stamped(consent: &Value, at: Timestamp) -> Value {
    let time = consent.get("updated_at").filter(|time| !time.is_null()).cloned();
    json!({"status": consent["status"], "updated_at": time.unwrap_or_else(|| format!("{at:.3}").into())})
}

/// Members are people: their values stay out of logs and panics.
impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Record").field("id", &self.id).field("imports", &self.imports).finish_non_exhaustive()
    }
}
