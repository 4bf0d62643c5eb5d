//! Veris's requests and replies, as in the seed.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::Settings;
use crate::destination::{Item, Method, Request};

/// GET `/access-token` (seed, step 1). The header names' underscores are the seed's.
pub(super) fn token_request(settings: &Settings) -> Request {
    Request {
        method: Method::Get,
        url: format!("{}/access-token", settings.url),
        headers: vec![
            ("client_id", SecretString::from(settings.client_id.as_str())),
            ("client_secret", settings.client_secret.clone()),
            ("x-api-key", settings.api_key.clone()),
        ],
        body: None,
    }
}

/// POST `/members` (seed, step 2), with the payloads exactly as they were frozen.
pub(super) fn members_request(settings: &Settings, token: &SecretString, items: &[Item]) -> Request {
    let members: Vec<String> = items.iter().map(|item| item.payload.to_json()).collect();
    Request {
        method: Method::Post,
        url: format!("{}/members", settings.url),
        headers: vec![("Authorization", SecretString::from(format!("bearer {}", token.expose_secret())))],
        body: Some(format!("[{}]", members.join(","))),
    }
}

/// `{"Status": "Sucess", "AccessToken": …, "ValidTill": …}`. Every field may be anything or missing: what it means is
/// judged field by field, so that an odd `Status` does not cost a good token.
pub(super) struct TokenReply(Map<String, Value>);

impl TokenReply {
    /// What is no JSON object is a reply without fields.
    pub(super) fn read(body: &str) -> Self {
        Self(serde_json::from_str(body).unwrap_or_default())
    }

    /// The token, if there is one.
    pub(super) fn access_token(&self) -> Option<&str> {
        self.0.get("AccessToken")?.as_str().map(str::trim).filter(|token| !token.is_empty())
    }

    /// Until when the token is valid, in whatever format.
    pub(super) fn valid_till(&self) -> Option<&Value> {
        self.0.get("ValidTill")
    }

    /// What the target thinks of the request.
    pub(super) fn status(&self) -> Option<String> {
        self.0.get("Status").filter(|status| !status.is_null()).map(Value::to_string)
    }
}
