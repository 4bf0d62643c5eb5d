//! What a client must look like (seed, Create API Client Account): name, description, lifetime of tokens, till and scopes,
//! all of them mandatory.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::{Map, Value, json};

use super::scope::Entities;
use crate::destination::{Member, MemberFault};
use crate::roster::{Identity, Key, Payload};

/// Clients are known by whose they are in the directory; the target's own name for one comes with its creation.
pub const IDENTITY: &str = "key";
/// The fields of a client.
pub const NAME: &str = "name";
/// What it is for.
pub const DESCRIPTION: &str = "description";
/// How long its tokens live: seconds, or a time span such as `10m`.
pub const EXPIRY: &str = "expirationTokenTime";
/// Its till.
pub const TILL: &str = "defaultTillId";
/// What it may do.
pub const SCOPES: &str = "scopes";
/// All of them.
pub const FIELDS: [&str; 5] = [NAME, DESCRIPTION, EXPIRY, TILL, SCOPES];

/// Of a scope: what it is about, by name or number.
pub const ENTITY: &str = "entity";
/// What may be done with it.
pub const PERMISSION: &str = "permission";
/// Regular expressions, one of which has to match a request's path.
pub const RESOURCES: &str = "resources";
/// All of them.
pub const SCOPE: [&str; 3] = [ENTITY, PERMISSION, RESOURCES];

/// What can be permitted.
pub const PERMISSIONS: [&str; 3] = ["READ", "WRITE", "READWRITE"];

/// What is wrong with an entity that is named again.
pub(super) const TWICE: &str = "is there twice: write all of an entity's resources in one list";

/// The client of somebody, in one form whatever it was written as; or everything that is wrong with it. Which entities
/// there are is judged once the target told.
pub(super) fn member(key: &Key, mapped: &Payload, entities: Option<Entities<'_>>) -> Result<Member, Vec<MemberFault>> {
    let mut rules = Rules { entities, faults: Vec::new() };
    let mut fields = Map::new();
    for name in FIELDS {
        let value = mapped.fields().get(name);
        let judged = match (name, value) {
            (_, None) => Err("is missing, and Capillary demands it".to_owned()),
            (EXPIRY, Some(value)) => seconds(value),
            (TILL, Some(value)) => number(value),
            (SCOPES, Some(value)) => {
                fields.insert(name.to_owned(), rules.scopes(value));
                continue;
            }
            (_, Some(value)) => text(value),
        };
        match judged {
            Ok(value) => drop(fields.insert(name.to_owned(), value)),
            Err(message) => rules.fault(name, message),
        }
    }
    for name in mapped.fields().keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        rules.fault(name, "is no field of a client".to_owned());
    }
    if rules.faults.is_empty() {
        return Ok(Member::new(Identity::new(key.as_str()), Payload::new(fields)));
    }
    Err(rules.faults)
}

/// Whether a value will do for a field of a client or a part of a scope.
///
/// # Errors
///
/// What is wrong with it, as a sentence that begins with the field's name.
pub fn judge(field: &str, value: &Value) -> Result<(), String> {
    let judged = match field {
        EXPIRY => seconds(value),
        TILL => number(value),
        ENTITY => entity(value),
        PERMISSION => permission(value),
        RESOURCES => resources(value),
        _ => text(value),
    };
    judged.map(drop)
}

/// What the target holds of a client: the resources of its scopes, which it does not show, are as they were sent.
pub(super) fn held(confirmed: &Payload, seen: &Payload) -> Payload {
    let Some(shown) = seen.fields().get(SCOPES).and_then(Value::as_array) else { return seen.clone() };
    let ours: Vec<&Value> = confirmed.fields().get(SCOPES).and_then(Value::as_array).into_iter().flatten().collect();
    let one = |shown: &Value| {
        // By the name or the number that it was written as.
        let same = |ours: &&&Value| [&shown[ENTITY], &shown["entityId"]].contains(&&ours[ENTITY]);
        match ours.iter().find(same) {
            Some(ours) => json!({ ENTITY: ours[ENTITY], PERMISSION: shown[PERMISSION], RESOURCES: ours[RESOURCES] }),
            None => json!({ ENTITY: shown[ENTITY], PERMISSION: shown[PERMISSION] }),
        }
    };
    seen.clone().with(SCOPES, sorted(shown.iter().map(one).collect()))
}

/// Scopes by their entities, so that the order they are written in makes no difference.
pub(super) fn sorted(mut scopes: Vec<Value>) -> Vec<Value> {
    scopes.sort_by_key(|scope| scope[ENTITY].to_string());
    scopes
}

struct Rules<'a> {
    entities: Option<Entities<'a>>,
    faults: Vec<MemberFault>,
}

impl Rules<'_> {
    fn fault(&mut self, field: &str, message: String) {
        self.faults.push(MemberFault { field: field.to_owned(), message });
    }

    fn scopes(&mut self, value: &Value) -> Value {
        let Some(scopes) = value.as_array().filter(|scopes| !scopes.is_empty()) else {
            self.fault(SCOPES, "is no list of scopes".to_owned());
            return Value::Null;
        };
        let scopes: Vec<Value> = scopes.iter().enumerate().map(|(at, scope)| self.scope(at, scope)).collect();
        let mut seen = BTreeSet::new();
        for (at, scope) in scopes.iter().enumerate() {
            let named = &scope[ENTITY];
            let number = self.entities.and_then(|entities| entities.number(named).ok()).map(Value::from);
            if !named.is_null() && !seen.insert(number.unwrap_or_else(|| named.clone()).to_string()) {
                self.fault(&format!("{SCOPES}.{at}.{ENTITY}"), TWICE.to_owned());
            }
        }
        Value::Array(sorted(scopes))
    }

    /// One scope, with null for whatever is wrong about it.
    fn scope(&mut self, at: usize, scope: &Value) -> Value {
        let Some(given) = scope.as_object() else {
            self.fault(&format!("{SCOPES}.{at}"), format!("is not made of {}", SCOPE.join(", ")));
            return json!({});
        };
        let entities = self.entities;
        let mut part = |name: &str, judge: &dyn Fn(&Value) -> Result<Value, String>| {
            let value = given.get(name).ok_or_else(|| "is missing".to_owned());
            value.and_then(judge).unwrap_or_else(|message| {
                self.fault(&format!("{SCOPES}.{at}.{name}"), message);
                Value::Null
            })
        };
        let entity = part(ENTITY, &|value| {
            let named = entity(value)?;
            entities.map_or(Ok(0), |entities| entities.number(&named))?;
            Ok(named)
        });
        let (permission, resources) = (part(PERMISSION, &permission), part(RESOURCES, &resources));
        for name in given.keys().filter(|name| !SCOPE.contains(&name.as_str())) {
            self.fault(&format!("{SCOPES}.{at}.{name}"), format!("is no part of a scope: {}", SCOPE.join(", ")));
        }
        json!({ ENTITY: entity, PERMISSION: permission, RESOURCES: resources })
    }
}

fn text(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(text.trim().into()),
        Value::Number(number) => Ok(number.to_string().into()),
        _ => Err("is no text".to_owned()),
    }
}

/// Directories hold numbers as text.
fn number(value: &Value) -> Result<Value, String> {
    whole(value).filter(|number| *number > 0).map(Value::from).ok_or_else(|| "is no whole number above 0".to_owned())
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn seconds(value: &Value) -> Result<Value, String> {
    let span = || humantime::parse_duration(value.as_str()?.trim()).ok().map(|span| span.as_secs().cast_signed());
    let seconds = whole(value).or_else(span).filter(|seconds| *seconds > 0);
    seconds.map(Value::from).ok_or_else(|| "is neither seconds nor a time span such as 10m".to_owned())
}

/// An entity by its name, or by its number however that is written.
fn entity(value: &Value) -> Result<Value, String> {
    let number = whole(value).map(Value::from);
    number.map_or_else(|| text(value), Ok).map_err(|_| "is neither an entity's name nor its number".to_owned())
}

fn permission(value: &Value) -> Result<Value, String> {
    let given = value.as_str().unwrap_or_default().trim();
    let known = PERMISSIONS.iter().find(|known| known.eq_ignore_ascii_case(given));
    known.map(|known| Value::from(*known)).ok_or_else(|| format!("is none of {}", PERMISSIONS.join(", ")))
}

/// One expression or a list of them; none at all has to be said, for what it permits is the target's to say.
fn resources(value: &Value) -> Result<Value, String> {
    let list = value.as_array().map_or_else(|| vec![value], |list| list.iter().collect());
    let expression = |value: &&Value| {
        let text = value.as_str().filter(|text| !text.is_empty()).ok_or("is no list of regular expressions")?;
        // One that does not compile may be taken there and then match nothing, or everything.
        Regex::new(text).map_err(|_| "has a regular expression that does not compile")?;
        Ok(Value::from(text))
    };
    list.iter().map(expression).collect::<Result<Vec<_>, &str>>().map(Value::from).map_err(str::to_owned)
}
