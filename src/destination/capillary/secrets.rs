//! What nobody may see: what we show, and what answers tell.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Auth;

/// `Basic` with base64 of `username:md5(password)`.
pub(super) fn basic(username: &str, password: &SecretString) -> SecretString {
    format!("Basic {}", pair(username, &hex(password))).into()
}

fn pair(username: &str, hex: &str) -> String {
    STANDARD.encode(format!("{username}:{hex}"))
}

fn hex(password: &SecretString) -> String {
    Md5::digest(password.expose_secret().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What we show, in all its forms: each of them is as good as a password.
pub(super) fn shown(auth: &Auth) -> Vec<SecretString> {
    match auth {
        Auth::Token { secret, .. } => vec![secret.clone()],
        Auth::Basic { username, password } => {
            let hex = hex(password);
            vec![password.clone(), pair(username, &hex).into(), hex.into()]
        }
    }
}

/// The secrets that an answer tells, whatever it is the answer to; `None`: it names some, and can't be read.
pub(super) fn told(body: &str) -> Option<Vec<SecretString>> {
    const NAMES: [&str; 2] = ["clientSecret", "accessToken"];
    let Ok(json) = serde_json::from_str::<Value>(body) else {
        return NAMES.iter().all(|name| !body.contains(name)).then(Vec::new);
    };
    let (mut told, mut pending) = (Vec::new(), vec![&json]);
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(fields) => {
                told.extend(NAMES.iter().filter_map(|name| fields.get(*name)?.as_str()).map(SecretString::from));
                pending.extend(fields.values());
            }
            Value::Array(list) => pending.extend(list),
            _ => {}
        }
    }
    Some(told)
}
