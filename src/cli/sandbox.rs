//! `rosterd sandbox`: the target systems' stand-in.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::context::Context;
use super::output::{Failure, json_line};
use crate::report::Exit;
use crate::sandbox::{Folder, Options, Sandbox as Server};

/// A stand-in for the target systems, with their real limits.
#[derive(Debug, Args)]
pub struct Sandbox {
    /// Where to listen; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// Keep everything in this folder, over restarts and however it ends; in memory only when left out.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

impl Sandbox {
    /// Serves until it is told to stop.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        // Before anybody can know that it runs: whoever ends it at once ends it cleanly.
        let mut ended = [
            signal(SignalKind::interrupt()).map_err(|error| unable(&error))?,
            signal(SignalKind::terminate()).map_err(|error| unable(&error))?,
        ];
        let kept = self.state.as_ref().map_or("memory only".to_owned(), |folder| folder.display().to_string());
        let server = self.start().await?;
        let url = server.url();
        context.voice.say(&if context.json { json_line(&json!({ "url": url }))? } else { welcome(&url, &kept) });
        let [interrupt, terminate] = &mut ended;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        server.stop().await.map_err(|error| Failure::new(error.to_string()))?;
        Ok(Exit::Done)
    }

    async fn start(&self) -> Result<Server, Failure> {
        let options = Options::default();
        let started = match &self.state {
            Some(folder) => {
                let folder = Folder::open(folder).map_err(|error| Failure::new(error.to_string()))?;
                Server::resume(self.listen, options, folder).await
            }
            None => Server::start(self.listen, options).await,
        };
        started.map_err(|error| unheard(self.listen, &error))
    }
}

fn unable(error: &std::io::Error) -> Failure {
    Failure::new(format!("can't wait for signals: {error}"))
}

fn unheard(listen: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::new(match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("can't listen on {listen}: something else does: choose another address with --listen")
        }
        _ => format!("can't listen on {listen}: {error}"),
    })
}

fn welcome(url: &str, kept: &str) -> String {
    let Options { veris, boostcom, capillary } = Options::default();
    let (id, secret, key) = (&veris.client_id, &veris.client_secret, &veris.api_key);
    let (club, authorization, product) =
        (&boostcom.loyalty_club, &boostcom.client_authorization, &boostcom.product_name);
    let (client_key, client_secret) = (&capillary.key, &capillary.secret);
    let (quota, batch, bulk) = (veris.quota, veris.batch_limit, boostcom.bulk_limit);
    format!(
        "the sandbox stands in for Veris, Boostcom and Capillary at {url}; everything is kept in {kept}.
Paste what you need of this into the config; the credentials are no secret here:

destinations:
  veris:
    type: veris
    url: {url}
    client_id: {id}
    client_secret: {secret}
    api_key: {key}
  mall:
    type: boostcom
    url: {url}
    loyalty_club: {club}
    client_authorization: {authorization}
    product_name: {product}
    user_agent: rosterd sandbox
    identity: email
  loyalty-clients:
    type: capillary
    url: {url}
    auth: {{ key: {client_key}, secret: {client_secret} }}
    client_secrets: /tmp/rosterd-client-secrets

Limits as in real life:
  Veris      {quota} token requests in 24 hours, tokens for 15 minutes, {batch} members a request
  Boostcom   {bulk} members a bulk, payloads and errors kept for 24 hours; bulks are worked on within seconds, though
  Capillary  tokens for as long as their client says, at most an hour; a client's secret is told once
What it holds:    curl {url}/sandbox/state
                  curl {url}/sandbox/boostcom/state
                  curl {url}/sandbox/capillary/state
Let it misbehave: curl -X PUT {url}/sandbox/faults -d '{{\"status\": 503}}'
                  curl -X PUT {url}/sandbox/boostcom/workers -d '{{\"fail_next\": 2}}'
Stop it: Ctrl-C, or SIGTERM.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_starts_it_is_told_what_to_paste() {
        let told = welcome("http://127.0.0.1:8420", "/tmp/kept");
        assert!(
            told.starts_with("the sandbox stands in for Veris, Boostcom and Capillary at http://127.0.0.1:8420;"),
            "{told}"
        );
        assert!(told.contains("everything is kept in /tmp/kept."), "{told}");
        let mall = "  mall:
    type: boostcom
    url: http://127.0.0.1:8420
    loyalty_club: infinity-mall
    client_authorization: sandbox-token
    product_name: default
    user_agent: rosterd sandbox
    identity: email
";
        assert!(told.contains(mall), "{told}");
        let clients = "  loyalty-clients:
    type: capillary
    url: http://127.0.0.1:8420
    auth: { key: sandboxAdminClientKey0001, secret: sandboxAdminClientSecret0000000000000001 }
    client_secrets: /tmp/rosterd-client-secrets
";
        assert!(told.contains(clients), "{told}");
        let documented = include_str!("../../docs/sandbox.md");
        for (heading, pasted) in [("\n## Boostcom", mall), ("\n## Capillary", clients)] {
            let (_, documented) = documented.split_once(heading).unwrap();
            assert!(documented.contains(pasted), "the documentation has the same");
        }
    }
}
