//! Capillary's requests and replies, as in the seed; how we show who we are as in the vendor's public docs.

use std::collections::BTreeSet;

use jiff::fmt::strtime;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::member::{DESCRIPTION, ENTITY, EXPIRY, NAME, PERMISSION, RESOURCES, SCOPES, TILL, TWICE};
use super::scope::Entities;
use super::{Auth, Settings, secrets};
use crate::destination::{Env, Method, Remote, Reply, Request, Scope};
use crate::roster::{Payload, Timestamp};

/// POST `/v3/oauth/token/generate`.
pub(super) fn token(settings: &Settings, key: &str, secret: &SecretString) -> Request {
    let body = json!({ "key": key, "secret": secret.expose_secret() }).to_string();
    let url = format!("{}/v3/oauth/token/generate", settings.url);
    Request { method: Method::Post, url, headers: Vec::new(), body: Some(body) }
}

/// GET `/v3/integrations/scopes`.
pub(super) fn scopes(settings: &Settings, token: Option<&SecretString>) -> Request {
    request(settings, token, Method::Get, "scopes", None)
}

/// GET `/v3/integrations/clients`.
pub(super) fn list(settings: &Settings, env: &Env<'_>) -> Request {
    request(settings, env.token, Method::Get, "clients", None)
}

/// POST `/v3/integrations/clients`.
pub(super) fn create(settings: &Settings, body: String, env: &Env<'_>) -> Request {
    request(settings, env.token, Method::Post, "clients", Some(body))
}

/// GET, PUT or DELETE `/v3/integrations/clients/{clientKey}`.
pub(super) fn client(settings: &Settings, method: Method, key: &str, body: Option<String>, env: &Env<'_>) -> Request {
    request(settings, env.token, method, &format!("clients/{key}"), body)
}

fn request(
    settings: &Settings,
    token: Option<&SecretString>,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Request {
    let header = match &settings.auth {
        Auth::Token { .. } => token.map(|token| ("X-CAP-API-OAUTH-TOKEN", token.clone())),
        Auth::Basic { username, password } => Some(("Authorization", secrets::basic(username, password))),
    };
    let url = format!("{}/v3/integrations/{path}", settings.url);
    Request { method, url, headers: header.into_iter().collect(), body }
}

/// A client as it is created and updated: always all of it, for what is left out of an update may be cleared.
///
/// # Errors
///
/// An entity that the organisation does not have, and which it has; or one that is there twice.
pub(super) fn body(payload: &Payload, entities: Entities<'_>) -> Result<String, String> {
    let scopes = payload.fields().get(SCOPES).and_then(Value::as_array).into_iter().flatten();
    let scope = |scope: &Value| {
        let number = entities.number(&scope[ENTITY]).map_err(|why| format!("{SCOPES}: {} {why}", scope[ENTITY]))?;
        Ok(json!({ "entityId": number, PERMISSION: scope[PERMISSION], RESOURCES: scope[RESOURCES] }))
    };
    let scopes = scopes.map(scope).collect::<Result<Vec<_>, String>>()?;
    // By name and by number, when nobody knew yet that they are the same.
    let numbers: BTreeSet<String> = scopes.iter().map(|scope| scope["entityId"].to_string()).collect();
    if numbers.len() < scopes.len() {
        return Err(format!("{SCOPES}: {TWICE}"));
    }
    Ok(payload.clone().with(SCOPES, scopes).to_json())
}

/// What every answer is made of; not by a struct, which would be read from a list, too.
fn envelope(reply: &Reply) -> Option<Map<String, Value>> {
    serde_json::from_str(&reply.body).ok()
}

/// What an answer brings: its `data`, unless it is no success or says that something is wrong, whatever its status.
pub(super) fn data(reply: &Reply) -> Option<Value> {
    let mut envelope = envelope(reply)?;
    let fine = matches!(reply.status, 200..=299) && wrong(&mut envelope).is_none();
    fine.then(|| envelope.remove("data").unwrap_or_default())
}

/// What an answer says that is wrong; an empty list says nothing.
pub(super) fn errors(reply: &Reply) -> Option<Value> {
    wrong(&mut envelope(reply)?)
}

fn wrong(envelope: &mut Map<String, Value>) -> Option<Value> {
    envelope.remove("errors").filter(|errors| !matches!(errors, Value::Null) && *errors != json!([]))
}

/// Its status; or the 401 or 404 that is found in its errors alone, where all answers have the status 200.
pub(super) fn status(reply: &Reply) -> u16 {
    let errors = errors(reply).filter(|_| matches!(reply.status, 200..=299)).unwrap_or_default();
    let error = errors.as_array().map_or(Some(&errors), |list| list.first());
    match error.and_then(|error| error["code"].as_u64()) {
        Some(401) => 401,
        Some(404) => 404,
        _ => reply.status,
    }
}

/// `{"data": {"accessToken": …, "ttlSeconds": …}, "errors": null}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Token {
    pub access_token: SecretString,
    pub ttl_seconds: Option<u64>,
}

impl Token {
    pub(super) fn read(reply: &Reply) -> Option<Self> {
        serde_json::from_value(data(reply)?).ok()
    }
}

/// The organisation's scopes.
pub(super) fn read_scopes(reply: &Reply) -> Option<Vec<Scope>> {
    serde_json::from_value(data(reply)?).ok()
}

/// A client as the target shows it. Only what finds it again is required.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Client {
    #[serde(rename = "clientKey")]
    key: String,
    #[serde(rename = "clientSecret")]
    secret: Option<SecretString>,
    is_valid: Option<bool>,
    attribution: Option<Attribution>,
    pub name: Option<String>,
    /// All the rest.
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribution {
    created_on: Option<String>,
}

impl Client {
    /// The only one that an answer is about.
    pub(super) fn read(reply: &Reply) -> Option<Self> {
        serde_json::from_value(data(reply)?).ok().filter(Self::is_sound)
    }

    /// A list of clients; `None` when a single one of them can't be read.
    pub(super) fn read_list(reply: &Reply) -> Option<Vec<Self>> {
        let clients: Vec<Self> = serde_json::from_value(data(reply)?).ok()?;
        clients.iter().all(Self::is_sound).then_some(clients)
    }

    /// Whether its key can stand in paths as it is.
    fn is_sound(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (1..=128).contains(&self.key.len()) && self.key.bytes().all(plain)
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn remote(&self) -> Remote {
        Remote::new(&*self.key)
    }

    /// What is told at its creation only.
    pub(super) fn secret(&self) -> Option<&SecretString> {
        self.secret.as_ref().filter(|secret| !secret.expose_secret().is_empty())
    }

    /// Deleted ones may still be shown.
    pub(super) fn is_there(&self) -> bool {
        self.is_valid != Some(false)
    }

    /// When it was created, in the target's words.
    pub(super) fn since(&self) -> Option<&str> {
        self.attribution.as_ref()?.created_on.as_deref()
    }

    /// When it was created, which may be cut to whole seconds: `2020-04-15T14:14:06.104+0530`.
    pub(super) fn created(&self) -> Option<Timestamp> {
        let since = self.since()?;
        let parsed = strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", since).and_then(|parsed| parsed.to_timestamp());
        parsed.ok().or_else(|| since.parse().ok())
    }

    /// The fields that it has, as they are mapped; scopes by names, where `entities` has them, and numbers.
    pub(super) fn payload(&self, entities: Entities<'_>) -> Payload {
        let text = |value: Option<&Value>| Value::from(value.and_then(Value::as_str).unwrap_or_default());
        let mut payload = Payload::default()
            .with(NAME, self.name.as_deref().unwrap_or_default())
            .with(DESCRIPTION, text(self.fields.get(DESCRIPTION)));
        for name in [EXPIRY, TILL] {
            payload = payload.with(name, self.fields.get(name).cloned().unwrap_or_default());
        }
        let Some(scopes) = self.fields.get(SCOPES).and_then(Value::as_array) else { return payload };
        let scope = |scope: &Value| {
            let number = &scope["entityId"];
            let name = number.as_i64().and_then(|number| entities.name(number));
            json!({ ENTITY: name.map_or_else(|| number.clone(), Value::from), "entityId": number, PERMISSION: scope[PERMISSION] })
        };
        payload.with(SCOPES, super::member::sorted(scopes.iter().map(scope).collect()))
    }
}
