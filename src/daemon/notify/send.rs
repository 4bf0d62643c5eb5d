//! One message to one receiver.

use std::time::Duration;

use secrecy::ExposeSecret;

use crate::config::{Address, Http};
use crate::daemon::hand::hand;
use crate::destination::{Method, Request};
use crate::transport::{Answer, Transport};

/// How long a command may take.
pub(super) const COMMAND: Duration = Duration::from_secs(30);

/// Whether it arrived; why not is fit for logs.
pub(super) async fn send(address: &Address, json: &str) -> Result<(), String> {
    match address {
        Address::Command(words) => {
            let Some((program, arguments)) = words.split_first() else { return Err("it has no program".to_owned()) };
            hand(program, arguments, format!("{json}\n").as_bytes(), COMMAND).await
        }
        Address::Webhook(url, http) => post(url.expose_secret(), http, json).await.map(drop),
    }
}

/// The status with which a webhook took it.
pub(super) async fn post(url: &str, http: &Http, json: &str) -> Result<u16, String> {
    let transport = Transport::new(http).map_err(|error| error.to_string())?;
    let (method, body) = (Method::Post, Some(json.to_owned()));
    let request = Request { method, url: url.to_owned(), headers: Vec::new(), body };
    match transport.call(&request).await {
        Answer::Reply(reply) if (200..300).contains(&reply.status) => Ok(reply.status),
        Answer::Reply(reply) => Err(format!("it answered {}", reply.status)),
        Answer::Unsent(why) | Answer::Unanswered(why) => Err(why),
    }
}
