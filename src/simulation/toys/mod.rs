//! Targets that are not there yet, as small as the contract allows: what they need of the engine the real ones will.

use std::sync::Arc;

use secrecy::SecretString;

use crate::destination::veris::Veris;
use crate::destination::{Destination, Method, Refusal, Reply, Request};

pub mod clients;
mod imports;

use super::target::Kind;
use clients::Clients;
use imports::Imports;

/// The target of a kind, with the members, limits and secret of Veris.
pub fn destination(kind: Kind, veris: Arc<Veris>) -> Arc<dyn Destination> {
    match kind {
        Kind::Veris => veris,
        Kind::Imports => Arc::new(Imports { veris }),
        Kind::Clients => Arc::new(Clients { veris }),
    }
}

fn request(method: Method, path: &str, token: Option<&SecretString>, body: Option<String>) -> Request {
    let headers = token.map(|token| ("Authorization", token.clone())).into_iter().collect();
    Request { method, url: format!("https://toy.example/{path}"), headers, body }
}

fn refusal(reply: &Reply) -> Refusal {
    Refusal::new(format!("answered {}", reply.status))
}
