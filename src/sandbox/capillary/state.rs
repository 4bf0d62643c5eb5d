//! What the stand-in holds, to look at and to turn.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::wanted::{Wanted, lasting};
use super::{Actor, Capillary, Counts, Entity, Fault, Faults, Habits, Postponed, Receipt, Record, Scope, scope};

/// A change that somebody makes to a client by hand; what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Edit {
    /// Another name.
    pub name: Option<String>,
    /// Another description.
    pub description: Option<String>,
    /// Other seconds.
    pub expiration_token_time: Option<i64>,
    /// Another till.
    pub default_till_id: Option<i64>,
    /// Other scopes.
    pub scopes: Option<Vec<Scope>>,
    /// Whether it gets tokens; without, those it has end.
    pub is_valid: Option<bool>,
}

impl Capillary {
    /// The clients in the order of their ids; deleted ones only where they are kept.
    pub(crate) fn clients(&mut self, now: Timestamp) -> Vec<Record> {
        self.settle(now);
        self.shown().cloned().collect()
    }

    /// One client by its key, also after it was deleted.
    pub(crate) fn client(&mut self, key: &str, now: Timestamp) -> Option<Record> {
        self.settle(now);
        self.clients.values().find(|client| client.key == key).cloned()
    }

    /// Clients that somebody else has made; all of them keep the rules, or none is taken.
    pub(crate) fn seed(&mut self, clients: &[Value], now: Timestamp) -> Result<(), String> {
        self.settle(now);
        let read = |(index, client): (usize, &Value)| {
            self.sown(client, now).map_err(|reason| format!("client {index}: {reason}"))
        };
        let seeds: Vec<(Wanted, Timestamp)> = clients.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        for (wanted, created) in seeds {
            let record = self.fresh(wanted, Actor::admin(), now);
            self.keep(Record { created, updated: created, ..record });
        }
        Ok(())
    }

    /// What a seeded client is like, and since when.
    fn sown(&self, client: &Value, now: Timestamp) -> Result<(Wanted, Timestamp), String> {
        let nothing = Map::new();
        let wanted = Wanted::created(client.as_object().unwrap_or(&nothing), &self.entities)?;
        let created = match &client["createdOn"] {
            Value::Null => now,
            time => time.as_str().and_then(|time| time.parse().ok()).ok_or("createdOn is no time")?,
        };
        Ok((wanted, created))
    }

    /// Somebody changes a client by hand.
    pub(crate) fn edit(&mut self, key: &str, edit: Edit, now: Timestamp) -> Result<(), String> {
        let before = self.by_hand(key, now)?;
        if let Some(scopes) = &edit.scopes {
            scope::check(scopes, &self.entities)?;
        }
        let Edit { name, description, expiration_token_time, default_till_id, scopes, is_valid } = edit;
        let wanted = Wanted {
            name: name.unwrap_or_else(|| before.name.clone()),
            description: description.unwrap_or_else(|| before.description.clone()),
            expiration_token_time: lasting(expiration_token_time.unwrap_or(before.expiration_token_time))?,
            default_till_id: default_till_id.unwrap_or(before.default_till_id),
            scopes: scopes.unwrap_or_else(|| before.scopes.clone()),
        };
        let is_valid = is_valid.unwrap_or(before.is_valid);
        self.keep(Record { is_valid, ..before.updated(wanted, Actor::admin(), now) });
        Ok(())
    }

    /// Somebody deletes a client by hand.
    pub(crate) fn remove(&mut self, key: &str, now: Timestamp) -> Result<(), String> {
        let before = self.by_hand(key, now)?;
        self.keep(before.deleted(Actor::admin(), now));
        Ok(())
    }

    fn by_hand(&mut self, key: &str, now: Timestamp) -> Result<Record, String> {
        self.settle(now);
        self.shown().find(|client| client.key == key).cloned().ok_or_else(|| "no such client".into())
    }

    pub(crate) fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// From now on the organization has these scopes. Clients keep what they were given.
    pub(crate) fn set_entities(&mut self, entities: Vec<Entity>) {
        self.entities = entities;
    }

    /// No token is good any more.
    pub(crate) fn revoke_tokens(&mut self) {
        self.tokens.end_all();
    }

    /// How many tokens were ever issued.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens.issued
    }

    pub(crate) fn habits(&self) -> Habits {
        self.habits
    }

    pub(crate) fn set_habits(&mut self, habits: Habits) {
        self.habits = habits;
    }

    pub(crate) fn counts(&self) -> Counts {
        self.books.counts.clone()
    }

    /// The last requests, oldest first.
    pub(crate) fn receipts(&self) -> Vec<Receipt> {
        self.books.receipts.iter().cloned().collect()
    }

    pub(crate) fn faults(&self) -> &[Fault] {
        self.faults.on()
    }

    pub(crate) fn set_faults(&mut self, faults: Vec<Fault>) {
        self.faults = Faults::new(faults);
    }

    /// Everything but secrets and tokens.
    pub(crate) fn summary(&mut self, now: Timestamp) -> Value {
        self.settle(now);
        let late = |Postponed { due, deed }: &Postponed| json!({"due": due.to_string(), "target": deed.target(), "clientKey": deed.key()});
        json!({
            "now": now.to_string(),
            "clients": self.shown().collect::<Vec<_>>(),
            "scopes": self.entities,
            "tokens": self.tokens.issued,
            "requests": self.books.counts,
            "receipts": self.books.receipts,
            "late": self.late.iter().map(late).collect::<Vec<_>>(),
            "faults": self.faults.on(),
            "habits": self.habits,
        })
    }
}
