//! `POST /v3/oauth/token/generate`

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{About, Capillary, Outcome, Record, Refusal, Target, Verdict, letters, reply};
use crate::sandbox::clock::later;

/// Seconds a token is good at most, whatever its client says.
const LONGEST: i64 = 3600;

/// The tokens that are good, by themselves.
#[derive(Default)]
pub(super) struct Tokens {
    good: BTreeMap<String, Token>,
    /// How many were ever issued.
    pub(super) issued: u64,
}

struct Token {
    client: u64,
    till: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply<'a> {
    access_token: &'a str,
    ttl_seconds: i64,
}

impl Tokens {
    fn issue(&mut self, client: u64, seconds: i64, now: Timestamp) -> String {
        self.issued += 1;
        let token = letters::drawn(64, &format!("token {} {now}", self.issued));
        let till = later(now, Duration::from_secs(seconds.unsigned_abs()));
        self.good.insert(token.clone(), Token { client, till });
        token
    }

    /// Whose a token is, while it is good.
    pub(super) fn client(&self, token: &str, now: Timestamp) -> Option<u64> {
        self.good.get(token).filter(|token| now < token.till).map(|token| token.client)
    }

    /// The tokens of a client end with it.
    pub(super) fn end(&mut self, client: u64) {
        self.good.retain(|_, token| token.client != client);
    }

    pub(super) fn end_all(&mut self) {
        self.good.clear();
    }
}

impl Capillary {
    pub(super) fn token(&mut self, fields: &Map<String, Value>, now: Timestamp) -> Result<Verdict, Refusal> {
        let text = |name: &str| {
            let missing = || Refusal::new(Outcome::Refused, 400, &format!("{name} is mandatory"));
            fields.get(name).and_then(Value::as_str).ok_or_else(missing)
        };
        let (key, secret) = (text("key")?, text("secret")?);
        let good = |client: &&Record| client.key == key && client.secret == secret && client.is_valid;
        let Some(client) = self.clients.values().find(good) else {
            let about = About { client_key: Some(key.into()), name: None };
            return Err(Refusal::new(Outcome::Unauthorized, 401, "key or secret is wrong").about(about));
        };
        let about = About::from(client);
        let seconds = client.expiration_token_time.min(LONGEST);
        let token = self.tokens.issue(client.id, seconds, now);
        let answer = reply::success(Reply { access_token: &token, ttl_seconds: seconds });
        Ok(self.told(Target::Token, Outcome::Issued, about, answer))
    }
}
