//! A client is created: the list first, by which it could be found again; then where its secret is to be kept; then the
//! client; and its secret is kept before it counts.

use std::slice;

use secrecy::ExposeSecret;
use serde_json::json;

use super::{Adopt, Before, Client, Stand, nothing_came};
use crate::destination::capillary::member::NAME;
use crate::destination::capillary::scope::Entities;
use crate::destination::capillary::wire;
use crate::destination::{Chore, Done, Input, Refusal, Remote, Scope, Secret, Step};
use crate::roster::Timestamp;

impl Client<'_> {
    pub(super) fn listed(self, scopes: Vec<Scope>, input: Input<'_>) -> Step {
        let reply = match input {
            Input::Reply(reply) => reply,
            other => return Step::Done(nothing_came(other)),
        };
        let Some(clients) = wire::Client::read_list(reply) else { return Step::Done(self.nothing_sent(reply)) };
        let namesakes = self.namesakes(&clients);
        match (self.settings.adopt, namesakes.as_slice()) {
            (Adopt::ByName, _) if !self.is_whole(&clients) => {
                return Step::Done(Done::Later(None, Refusal::new("the list of clients was cut short")));
            }
            (Adopt::Never, _) | (Adopt::ByName, []) => {}
            (Adopt::ByName, [only]) => return self.update(only, Some(only.clone()), &scopes),
            (Adopt::ByName, several) => {
                let why =
                    format!("{} clients have its name: which of them is to be taken over can't be told", several.len());
                return Step::Done(Done::Split(Refusal::new(why)));
            }
        }
        let told = reply.date.map(Timestamp::as_second);
        let before = Before { whole: self.is_whole(&clients), namesakes, told };
        match self.settings.vault.folder.clone() {
            Some(folder) => Step::Keep(Chore::Prepare(folder), Stand::Preparing { scopes, before }.ticket()),
            None => self.create(&scopes, before),
        }
    }

    pub(super) fn prepared(self, scopes: &[Scope], before: Before, input: Input<'_>) -> Step {
        match input {
            Input::Kept(Ok(())) => self.create(scopes, before),
            other => Step::Done(nothing_came(other)),
        }
    }

    fn create(self, scopes: &[Scope], before: Before) -> Step {
        match wire::body(&self.item.payload, Entities(scopes)) {
            Ok(body) => Step::Call(wire::create(self.settings, body, self.env), Stand::Creating { before }.ticket()),
            Err(why) => Step::Done(Done::Split(Refusal::new(why))),
        }
    }

    pub(super) fn created(self, before: Before, input: Input<'_>) -> Step {
        match input {
            Input::Reply(reply) => match wire::Client::read(reply) {
                Some(made) => self.keep(&made, &before),
                None => Step::Done(self.sent(input)),
            },
            Input::Woken | Input::Kept(_) => self.search(before),
            other => Step::Done(self.sent(other)),
        }
    }

    /// Written down before anything else is done.
    fn keep(self, made: &wire::Client, before: &Before) -> Step {
        let key = made.key().to_owned();
        let Some(secret) = made.secret() else {
            // Somebody's who was there before would be answered with like this.
            if before.made(made, self.settings) && self.namesakes(slice::from_ref(made)) == [&*key] {
                return self.undo(key, "made without a secret, for the target told none: deleted again".to_owned());
            }
            return Step::Done(Done::Stuck(Refusal::new(format!(
                "its creation was answered without a secret, and whether {key} was made by it can't be told. Delete it at \
                 Capillary if it was, then `rosterd retry`"
            ))));
        };
        let value = json!({
            "clientKey": key,
            "clientSecret": secret.expose_secret(),
            NAME: made.name,
            "for": self.item.identity.as_str(),
            "url": self.settings.url,
            "createdOn": made.since(),
        });
        let vault = &self.settings.vault;
        let secret = Secret { path: self.file(&key), command: vault.command.clone(), value: value.to_string().into() };
        Step::Keep(Chore::Keep(secret), Stand::Keeping { key }.ticket())
    }

    /// After a crash nobody knows whether it is kept, and it is not told again.
    pub(super) fn kept(self, key: String, input: Input<'_>) -> Step {
        match input {
            Input::Kept(Ok(())) => Step::Done(Done::Accepted(vec![(self.item.account, Some(Remote::new(key)))])),
            Input::Kept(Err(why)) => self.undo(key, format!("made, and deleted again: {why}")),
            _ => self.undo(key, "made without its secret being kept: deleted again".to_owned()),
        }
    }

    /// Clients of its name that are nobody's of ours.
    pub(super) fn namesakes(self, clients: &[wire::Client]) -> Vec<String> {
        let name = self.item.payload.text(NAME);
        let same = |client: &&wire::Client| {
            client.is_there()
                && client.name.as_deref() == name
                && !self.env.ours.iter().any(|ours| ours.as_str() == client.key())
                && client.key() != self.settings.auth.name()
        };
        clients.iter().filter(same).map(|client| client.key().to_owned()).collect()
    }

    /// Whether all of ours who must be there are in a list: one that was cut short says nothing of who is not there.
    pub(super) fn is_whole(self, clients: &[wire::Client]) -> bool {
        let listed = |key: &str| clients.iter().any(|client| client.key() == key);
        self.env.there.iter().all(|there| listed(there.as_str()))
    }
}
