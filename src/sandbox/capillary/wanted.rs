//! What a client is to be like.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Entity, Scope, scope};

/// What a client is to be like.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) expiration_token_time: i64,
    pub(super) default_till_id: i64,
    pub(super) scopes: Vec<Scope>,
}

impl Wanted {
    /// A new client: everything is mandatory.
    pub(super) fn created(fields: &Map<String, Value>, entities: &[Entity]) -> Result<Self, String> {
        let wanted = Self::updated(fields, entities)?;
        for (name, text) in [("name", &wanted.name), ("description", &wanted.description)] {
            if text.trim().is_empty() {
                return Err(missing(name));
            }
        }
        Ok(wanted)
    }

    /// A client that is there: a name or a description that is left out is empty from then on.
    pub(super) fn updated(fields: &Map<String, Value>, entities: &[Entity]) -> Result<Self, String> {
        // Objects only: lists would be taken for them, place by place.
        let scopes: Vec<Map<String, Value>> = field(fields, "scopes")?.ok_or_else(|| missing("scopes"))?;
        let read = |(place, scope)| {
            serde_json::from_value(Value::Object(scope)).map_err(|error| format!("scope {place}: {error}"))
        };
        let scopes = scopes.into_iter().enumerate().map(read).collect::<Result<Vec<Scope>, _>>()?;
        scope::check(&scopes, entities)?;
        Ok(Self {
            name: field(fields, "name")?.unwrap_or_default(),
            description: field(fields, "description")?.unwrap_or_default(),
            expiration_token_time: lasting(mandatory(fields, "expirationTokenTime")?)?,
            default_till_id: mandatory(fields, "defaultTillId")?,
            scopes,
        })
    }
}

/// Seconds that a token can be good.
pub(super) fn lasting(seconds: i64) -> Result<i64, String> {
    if seconds > 0 { Ok(seconds) } else { Err("expirationTokenTime is not above 0".into()) }
}

fn mandatory<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str) -> Result<T, String> {
    field(fields, name)?.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> String {
    format!("{name} is mandatory")
}

/// A field of the right kind. `null` is as good as left out.
fn field<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str) -> Result<Option<T>, String> {
    let given = fields.get(name).filter(|value| !value.is_null());
    given.map(|value| T::deserialize(value).map_err(|error| format!("{name}: {error}"))).transpose()
}
