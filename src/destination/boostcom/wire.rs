//! Boostcom's requests and replies, as in the seed.

use std::fmt;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Settings, import};
use crate::destination::{Env, Item, Method, Op, Request};
use crate::roster::Fingerprint;

/// An id of our own for an import, so that it can be asked for although its answer was lost: a UUID (RFC 9562, version 8).
pub(super) fn import_id(session: Fingerprint) -> String {
    let mut bytes = *session.as_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// POST `…/members/imports`: a bulk.
pub(super) fn send(settings: &Settings, items: &[Item], import: &str, env: &Env<'_>) -> Request {
    let members: Vec<Value> = items.iter().map(|item| import::member(settings, item, env.once)).collect();
    // With `only_create` those who join come alone, and whoever is ours already is to be changed.
    let joins = items.iter().all(|item| item.op == Op::Join);
    let body = json!({
        "import_id": import,
        "request_number": env.number,
        "only_create": settings.only_create && joins,
        "members": members,
    });
    request(settings, Method::Post, imports(settings), Some(body.to_string()))
}

/// GET `…/members/imports/:import_id`.
pub(super) fn ask_import(settings: &Settings, import: &str) -> Request {
    request(settings, Method::Get, format!("{}/{import}", imports(settings)), None)
}

/// GET `…/members/imports/:import_id/bulks/:bulk_id`.
pub(super) fn ask_bulk(settings: &Settings, import: &str, bulk: u64) -> Request {
    request(settings, Method::Get, format!("{}/{import}/bulks/{bulk}", imports(settings)), None)
}

fn imports(settings: &Settings) -> String {
    format!("{}/api/v3/loyalty_clubs/{}/members/imports", settings.url, settings.loyalty_club)
}

fn request(settings: &Settings, method: Method, url: String, body: Option<String>) -> Request {
    let plain = |text: &str| SecretString::from(text);
    let mut headers = vec![
        ("X-Client-Authorization", settings.client_authorization.clone()),
        ("X-Product-Name", plain(&settings.product_name)),
        ("X-User-Agent", plain(&settings.user_agent)),
    ];
    // The seed's samples send it with questions, too; with a body it goes without saying.
    if body.is_none() {
        headers.push(("Content-Type", plain("application/json")));
    }
    Request { method, url, headers, body }
}

/// `{"import_id": …}`. Another one than was sent would be the one to ask for.
#[derive(Deserialize)]
pub(super) struct Taken {
    pub import_id: String,
}

/// `{"error": "duplicated_msisdns"}`
#[derive(Deserialize)]
pub(super) struct Refused {
    pub error: String,
}

/// An import's status. Its counts are the sums of its bulks', and looked at there.
#[derive(Deserialize)]
pub(super) struct Import {
    #[serde(default)]
    pub bulks: Vec<Reference>,
}

/// A bulk as its import names it.
#[derive(Deserialize)]
pub(super) struct Reference {
    pub id: u64,
    pub request_number: Option<i64>,
}

/// A bulk's status. The seed's table and its samples spell one count in two ways.
#[derive(Deserialize)]
pub(super) struct Bulk {
    pub status: String,
    #[serde(alias = "members_in_payloads_number")]
    pub members_in_payload_number: Option<u64>,
    pub members_created_number: Option<u64>,
    pub members_updated_number: Option<u64>,
    pub members_with_validation_errors_number: Option<u64>,
    #[serde(default)]
    pub retries: u64,
    #[serde(default)]
    pub members_errors: Option<Map<String, Value>>,
}

/// Where a bulk is (seed, "Bulk statuses").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Waiting,
    Working,
    Finished,
    Failed,
    WaitingForRetry,
}

impl Status {
    const WORDS: [(Self, &'static str); 5] = [
        (Self::Waiting, "waiting"),
        (Self::Working, "working"),
        (Self::Finished, "finished"),
        (Self::Failed, "failed"),
        (Self::WaitingForRetry, "waiting_for_retry"),
    ];

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(status, _)| *status)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(status, _)| status == self).map_or("", |(_, word)| word);
        f.write_str(word)
    }
}
