//! What a Boostcom member must look like.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::Settings;
use crate::destination::mail::no_address;
use crate::destination::{Member, MemberFault};
use crate::roster::{Identity, Payload, Unique};

/// Under which a member's own fields stand.
pub const PROPERTIES: &str = "properties";
/// Sent when somebody joins, never stored.
pub const PASSWORD: &str = "password";
/// Under which consents stand, by name.
pub const CONSENTS: &str = "consents";
/// Whether a consent is given.
pub const STATUS: &str = "status";
/// Of a consent: since when.
pub const UPDATED_AT: &str = "updated_at";
/// All that a consent is made of: the seed's status, and a time where one is known (public docs).
pub const CONSENT: [&str; 2] = [STATUS, UPDATED_AT];
/// Whether a member may be written to, by each channel. The target's default is yes (seed).
pub const CHANNELS: [&str; 3] = ["sms_enabled", "email_enabled", "push_enabled"];
/// Fields that are texts.
const TEXTS: [&str; 4] = ["optin_channel", "optin_subchannel", "created_at", "updated_at"];

/// What a member is known by; the other one, where it is sent, is unique as well (seed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// The mail address, whatever its capitals.
    Email,
    /// The telephone number, as E.164 digits.
    Msisdn,
}

impl Identifier {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Email, Self::Msisdn];

    /// Its name among the properties.
    pub fn field(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Msisdn => "msisdn",
        }
    }

    /// A value as the target compares it.
    pub(super) fn compared(self, value: &str) -> String {
        match self {
            Self::Email => value.to_lowercase(),
            Self::Msisdn => value.to_owned(),
        }
    }

    /// A member's value of it.
    pub(super) fn of(self, payload: &Payload) -> Option<&str> {
        payload.fields().get(PROPERTIES)?.get(self.field())?.as_str()
    }

    fn broken_rule(self, value: &str) -> Option<&'static str> {
        match self {
            Self::Email => no_address(value),
            Self::Msisdn => no_number(value),
        }
    }
}

/// E.164: country code and number, at most 15 digits. The target wants no `+`, no `00`, no spaces.
fn no_number(value: &str) -> Option<&'static str> {
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("is not of digits alone: `{{ mobile | msisdn('47') }}` makes them so");
    }
    if value.starts_with('0') {
        return Some("begins with 0, and so has no country code: `{{ mobile | msisdn('47') }}` puts it there");
    }
    (!(7..=15).contains(&value.len())).then_some("has not 7 to 15 digits")
}

/// Whether members can have a field of this name, beside their properties.
pub fn knows(name: &str) -> bool {
    fields().any(|field| field == name)
}

/// Every field a member may have.
pub fn fields() -> impl Iterator<Item = &'static str> {
    [PROPERTIES, CONSENTS, PASSWORD].into_iter().chain(CHANNELS).chain(TEXTS)
}

/// The member a mapped person becomes.
///
/// # Errors
///
/// Every rule that is broken, without values.
pub(super) fn member(identity: Identifier, mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
    let mut reading = Reading { fields: mapped.fields().clone(), faults: Vec::new() };
    let once = reading.password();
    reading.properties(identity);
    for name in CHANNELS {
        reading.flag(name);
    }
    for name in TEXTS {
        reading.text(name);
    }
    reading.consents();
    reading.strays();
    let Reading { fields, faults } = reading;
    let payload = Payload::new(fields);
    let value = |identifier: Identifier| Some(identifier.compared(identifier.of(&payload)?));
    match value(identity) {
        Some(known) if faults.is_empty() => {
            let others = Identifier::ALL.into_iter().filter(|other| *other != identity);
            let unique = others.filter_map(|other| Some(Unique::new(other.field(), &value(other)?))).collect();
            Ok(Member { identity: Identity::new(known), payload, unique, once })
        }
        _ => Err(faults),
    }
}

/// What is kept or shown of what was mapped.
pub(super) fn without_password(mapped: &Payload) -> Payload {
    let mut fields = mapped.fields().clone();
    fields.remove(PASSWORD);
    Payload::new(fields)
}

/// What is sent of somebody who leaves: their identity, as it was last spelt there, and the overlay; and that they have no
/// more what is somebody else's from now on, or that one would be taken for them.
pub(super) fn leaving(settings: &Settings, identity: &Identity, last: &Payload, let_go: &[Unique]) -> Payload {
    let identifier = settings.identity;
    let spelt = identifier.of(last).filter(|value| identifier.compared(value) == identity.as_str());
    let mut properties = Map::new();
    properties.extend(let_go.iter().map(|value| (value.field().to_owned(), Value::Null)));
    properties.insert(identifier.field().to_owned(), spelt.unwrap_or(identity.as_str()).into());
    let mut whole = Map::from_iter([(PROPERTIES.to_owned(), Value::Object(properties))]);
    overlay(&mut whole, settings.on_leave.fields());
    Payload::new(whole)
}

/// A payload that lets go of some of what is unique, instead of saying it.
pub(super) fn without(payload: &Payload, values: &[Unique]) -> Payload {
    let mut fields = payload.fields().clone();
    if let Some(Value::Object(properties)) = fields.get_mut(PROPERTIES) {
        properties.extend(values.iter().map(|value| (value.field().to_owned(), Value::Null)));
    }
    Payload::new(fields)
}

/// That nobody is written to any more: what leaving means unless the config says otherwise.
pub fn channels_off() -> Payload {
    CHANNELS.iter().fold(Payload::default(), |payload, channel| payload.with(channel, false))
}

/// Lays fields over others, those within fields one by one.
pub(super) fn overlay(base: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (name, value) in over {
        match (base.get_mut(name), value) {
            (Some(Value::Object(below)), Value::Object(over)) => overlay(below, over),
            _ => drop(base.insert(name.clone(), value.clone())),
        }
    }
}

struct Reading {
    fields: Map<String, Value>,
    faults: Vec<MemberFault>,
}

impl Reading {
    fn fault(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.faults.push(MemberFault { field: field.into(), message: message.into() });
    }

    fn password(&mut self) -> Option<SecretString> {
        match self.fields.remove(PASSWORD)? {
            Value::String(password) => Some(password.into()),
            Value::Null => None,
            _ => {
                self.fault(PASSWORD, "is no text");
                None
            }
        }
    }

    fn properties(&mut self, identity: Identifier) {
        // Whoever has none at all lacks the identifier among them.
        let properties = match self.fields.get(PROPERTIES) {
            None => Map::new(),
            Some(Value::Object(properties)) => properties.clone(),
            Some(_) => return self.fault(PROPERTIES, "is not made of fields by name"),
        };
        for identifier in Identifier::ALL {
            let field = format!("{PROPERTIES}.{}", identifier.field());
            match properties.get(identifier.field()) {
                Some(Value::String(text)) if !text.is_empty() => {
                    if let Some(broken) = identifier.broken_rule(text) {
                        self.fault(field, broken);
                    }
                }
                None | Some(Value::Null) if identifier != identity => {}
                None | Some(Value::Null) => self.fault(field, "is missing"),
                Some(_) => self.fault(field, "is no text"),
            }
        }
    }

    fn flag(&mut self, name: &str) {
        if self.fields.get(name).is_some_and(|value| !value.is_boolean()) {
            self.fault(name, "is neither true nor false: compare, as in `{{ wantsMail == 'TRUE' }}`");
        }
    }

    fn text(&mut self, name: &str) {
        if self.fields.get(name).is_some_and(|value| !value.is_string()) {
            self.fault(name, "is no text");
        }
    }

    /// The seed: `{"email_marketing": {"status": true}}`.
    fn consents(&mut self) {
        let Some(consents) = self.fields.get(CONSENTS).cloned() else { return };
        let Value::Object(consents) = consents else {
            return self.fault(CONSENTS, "is not made of consents by name");
        };
        for (slug, consent) in consents {
            let at = |field: &str| format!("{CONSENTS}.{slug}{field}");
            let Value::Object(consent) = consent else {
                self.fault(at(""), "has no `status` below it");
                continue;
            };
            if !consent.get(STATUS).is_some_and(Value::is_boolean) {
                self.fault(at(".status"), "is neither true nor false: compare, as in `{{ newsletter == 'TRUE' }}`");
            }
            if consent.get(UPDATED_AT).is_some_and(|time| !time.is_string()) {
                self.fault(at(".updated_at"), "is no text");
            }
            for name in consent.keys().filter(|name| !CONSENT.contains(&name.as_str())) {
                self.fault(at(""), format!("has no field `{name}`: a consent is a `status` and a time, `updated_at`"));
            }
        }
    }

    /// Nothing that was mapped is dropped in silence. Names of fields come from the config and are nobody's values.
    fn strays(&mut self) {
        let strays: Vec<String> = self.fields.keys().filter(|name| !knows(name)).cloned().collect();
        for name in strays {
            self.fault("fields", format!("Boostcom has no field `{name}`: a member's own stand under `{PROPERTIES}`"));
        }
    }
}
