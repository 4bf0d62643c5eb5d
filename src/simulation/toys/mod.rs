//! Targets that are not there yet, as small as the contract allows: what they need of the engine the real ones will.

use secrecy::SecretString;

use crate::destination::{Method, Refusal, Reply, Request};

pub mod clients;

fn request(method: Method, path: &str, token: Option<&SecretString>, body: Option<String>) -> Request {
    let headers = token.map(|token| ("Authorization", token.clone())).into_iter().collect();
    Request { method, url: format!("https://toy.example/{path}"), headers, body }
}

fn refusal(reply: &Reply) -> Refusal {
    Refusal::new(format!("answered {}", reply.status))
}
