//! Members with names and secrets of the target's own making, and a list of them.

use serde_json::{Value, json};

use super::{Deed, Target};
use crate::destination::{Method, Request};
use crate::simulation::random::Random;
use crate::simulation::toys::clients::HIDDEN;

/// A client at the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    pub fields: Value,
    /// What its making was answered with.
    pub told: String,
    /// Somebody else's.
    pub foreign: bool,
}

impl Target {
    pub(super) fn client(&mut self, request: &Request, path: &str) -> ((u16, String), Deed) {
        let body = request.body.as_ref().map(|body| serde_json::from_str::<Value>(body).unwrap());
        self.last.extend(body.clone());
        let key = path.strip_prefix("clients/").map(str::to_owned);
        let known = key.as_ref().and_then(|key| self.clients.get(key));
        let fine = (if known.is_some() { 200 } else { 404 }, String::new());
        match (request.method, key, body) {
            (Method::Get, ..) => ((200, self.list()), Deed::Nothing),
            (Method::Post, _, Some(fields)) => {
                self.made += 1;
                let key = format!("c{}", self.made);
                let told = json!({ "key": key, "secret": format!("s{}", self.made) }).to_string();
                ((200, told), Deed::Create(key, fields))
            }
            (Method::Put, Some(key), Some(fields)) => (fine, Deed::Put(key, fields)),
            (Method::Delete, Some(key), None) => {
                if let Some(client) = known {
                    let mut leaves = client.fields.clone();
                    leaves["status"] = json!("in_active");
                    leaves["key"] = json!(key);
                    self.last.push(leaves);
                }
                (fine, Deed::Delete(key))
            }
            other => panic!("{other:?}"),
        }
    }

    fn list(&self) -> String {
        let shown = |(key, client): (&String, &Client)| {
            let mut fields = client.fields.clone();
            fields.as_object_mut().unwrap().remove(HIDDEN);
            json!({ "key": key, "fields": fields })
        };
        let some = if self.short_lists { self.clients.len() / 2 } else { usize::MAX };
        let clients: Vec<Value> = self.clients.iter().take(some).map(shown).collect();
        json!({ "clients": clients, "total": self.clients.len() }).to_string()
    }

    pub(super) fn change_client(&mut self, deed: Deed) {
        match deed {
            Deed::Create(key, fields) => {
                let told = json!({ "key": key, "secret": format!("s{}", &key[1..]) }).to_string();
                self.clients.insert(key, Client { fields, told, foreign: false });
            }
            Deed::Put(key, fields) => {
                if let Some(client) = self.clients.get_mut(&key) {
                    client.fields = fields;
                }
            }
            Deed::Delete(key) => drop(self.clients.remove(&key)),
            Deed::Nothing | Deed::Members(_) | Deed::Import(..) => {}
        }
        let own = self.clients.values().filter(|client| !client.foreign);
        self.bodies = own
            .map(|client| (client.fields["unique_id"].as_str().unwrap().to_owned(), client.fields.clone()))
            .collect();
    }

    /// Somebody else is at the target, and makes a client, or deletes or changes one of ours.
    pub fn meddle(&mut self, random: &mut Random) {
        if random.percent(30) {
            self.made += 1;
            self.foreign += 1;
            let fields = json!({ "unique_id": format!("foreign {}", self.made), "status": "active" });
            self.clients.insert(format!("f{}", self.made), Client { fields, told: String::new(), foreign: true });
            return;
        }
        let keys: Vec<String> =
            self.clients.iter().filter(|(_, client)| !client.foreign).map(|(key, _)| key.clone()).collect();
        if keys.is_empty() {
            return;
        }
        let key = random.pick(&keys);
        let mut fields = self.clients[&key].fields.clone();
        self.meddled.insert(fields["unique_id"].as_str().unwrap().to_owned());
        if random.percent(50) {
            self.change_client(Deed::Delete(key));
        } else {
            fields["designation"] = json!("Meddler");
            self.change_client(Deed::Put(key, fields));
        }
    }
}
