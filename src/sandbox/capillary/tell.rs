//! What is asked for and told: scopes, clients, and the resources that scopes are about.

use super::{About, Capillary, Effect, Outcome, Record, Refusal, Target, Verdict, reply};
use crate::sandbox::answer::Answer;

impl Capillary {
    pub(super) fn scopes(&mut self) -> Verdict {
        let answer = reply::success(&self.entities);
        self.told(Target::Scopes, Outcome::Told, About::default(), answer)
    }

    pub(super) fn list(&mut self) -> Verdict {
        let short = |effect: &Effect| if let Effect::ShortList(rows) = effect { Some(*rows) } else { None };
        let missing = self.faults.fire(Target::List, short).unwrap_or_default();
        let rows = self.shown().count().saturating_sub(missing);
        let answer = reply::list(self.shown().take(rows));
        self.told(Target::List, Outcome::Told, About::default(), answer)
    }

    pub(super) fn details(&mut self, key: &str) -> Result<Verdict, Refusal> {
        let client = self.known(key)?;
        let (about, answer) = (About::from(client), reply::details(client));
        Ok(self.told(Target::Details, Outcome::Told, about, answer))
    }

    /// Nothing is ever in there: it is only about who may look.
    pub(super) fn resource(&mut self) -> Verdict {
        let nothing: [(); 0] = [];
        self.told(Target::Resource, Outcome::Told, About::default(), reply::success(nothing))
    }

    /// The clients that anybody sees, in the order of their ids.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Record> {
        self.clients.values().filter(|client| self.shows(client))
    }

    pub(super) fn shows(&self, client: &Record) -> bool {
        !client.deleted || self.habits.keeps_deleted
    }

    pub(super) fn known(&self, key: &str) -> Result<&Record, Refusal> {
        self.shown().find(|client| client.key == key).ok_or_else(|| {
            let about = About { client_key: Some(key.into()), name: None };
            Refusal::new(Outcome::NotFound, 404, "no such client").about(about)
        })
    }

    /// A success that changes no client, as its client gets to see it.
    pub(super) fn told(&mut self, target: Target, outcome: Outcome, about: About, answer: Answer) -> Verdict {
        let fate = self.faults.fate(target);
        Verdict { outcome, answer: self.faults.dress(target, answer, fate), about, reason: None }
    }
}
