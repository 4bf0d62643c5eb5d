//! Somebody else is at the target.

use serde_json::json;

use super::Organisation;
use crate::roster::Timestamp;
use crate::sandbox::capillary::{Edit, Permission, Scope};
use crate::simulation::company::identity;
use crate::simulation::random::Random;
use crate::simulation::target::Target;

impl Target {
    /// Somebody else makes a client of their own, or changes or deletes one of ours. Says what.
    pub fn meddle(&mut self, random: &mut Random, now: Timestamp) -> String {
        let keys: Vec<String> = self.clients.own.keys().cloned().collect();
        let told = if keys.is_empty() || random.percent(30) {
            self.clients.settle_down(random, now)
        } else {
            let key = random.pick(&keys);
            self.meddled.insert(super::super::identity(&self.clients.own[&key]).to_owned());
            if random.percent(40) {
                self.clients.take_away(&key, random, now)
            } else {
                self.clients.edit(&key, random, now)
            }
        };
        self.look_around(now);
        told
    }

    /// Somebody else deletes one of ours.
    pub fn delete_client(&mut self, key: &str, now: Timestamp) {
        self.clients.room.remove(key, now + self.clients.ahead).unwrap();
        self.look_around(now);
    }
}

impl Organisation {
    /// Somebody makes a client for themselves, which may have a name that one of ours has or will have.
    fn settle_down(&mut self, random: &mut Random, now: Timestamp) -> String {
        let now = now + self.ahead;
        let before = self.room.clients(now);
        let somebodys = identity(random.below(10));
        let name = random.pick(&[self.wanted.clone().unwrap_or_default(), somebodys, "foreign".to_owned()]);
        let name = if name.is_empty() { "foreign".to_owned() } else { name };
        let fields = json!({
            "name": name,
            "description": "Somebody else's",
            "expirationTokenTime": 600,
            "defaultTillId": 47,
            "scopes": [{ "entityId": 1, "permission": "READ", "resources": [] }],
        });
        self.room.seed(&[fields], now).unwrap();
        let theirs = self.room.clients(now).into_iter().filter(|client| !before.contains(client));
        self.foreign.extend(theirs.map(|client| (client.key.clone(), client)));
        format!("{name} was made by somebody else")
    }

    fn take_away(&mut self, key: &str, random: &mut Random, now: Timestamp) -> String {
        self.removed.insert(key.to_owned());
        if self.confirmed.contains(key) {
            self.bereft.insert(super::super::identity(&self.own[key]).to_owned());
        }
        let now = now + self.ahead;
        if random.percent(70) {
            self.room.remove(key, now).unwrap();
        } else {
            self.room.edit(key, Edit { is_valid: Some(false), ..Edit::default() }, now).unwrap();
        }
        format!("{key} was taken away")
    }

    fn edit(&mut self, key: &str, random: &mut Random, now: Timestamp) -> String {
        self.edited.insert(key.to_owned());
        let now = now + self.ahead;
        let before = self.room.client(key, now).unwrap();
        let mut scopes = before.scopes;
        let edit = match random.below(6) {
            0 => Edit { name: Some(identity(random.below(10))), ..Edit::default() },
            1 => Edit { description: Some("Meddler".to_owned()), ..Edit::default() },
            2 => Edit { expiration_token_time: Some(30), ..Edit::default() },
            3 => Edit { default_till_id: Some(99), ..Edit::default() },
            4 => {
                scopes[0].permission = Permission::Write;
                Edit { scopes: Some(scopes), ..Edit::default() }
            }
            _ => {
                scopes.retain(|scope| scope.entity_id != 2);
                scopes.push(Scope { entity_id: 2, permission: Permission::Read, resources: Vec::new() });
                Edit { scopes: Some(scopes), ..Edit::default() }
            }
        };
        let told = format!("{key} was edited: {edit:?}");
        self.room.edit(key, edit, now).unwrap();
        told
    }
}
