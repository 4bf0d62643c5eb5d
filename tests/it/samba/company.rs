//! The whole road from a domain controller: people in it, the program, and the sandbox over real HTTP.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use rosterd::sandbox::veris;
use serde_json::{Value, json};

use crate::fixtures::road::{Bench, Config, Sync};
use crate::fixtures::samba::{PEOPLE, Samba};

/// A company with a domain, and the target its people are at.
pub struct Company {
    bench: Bench,
    pub samba: Samba,
    /// What the target was last seen to hold.
    there: BTreeMap<String, Value>,
}

impl Company {
    /// Everybody of the domain is at the target already; such an account binds.
    #[track_caller]
    pub fn of(samba: Samba, account: (&str, &str)) -> Self {
        Self::configured(samba, account, |_| {})
    }

    /// The same under a config of its own.
    #[track_caller]
    pub fn configured(samba: Samba, account: (&str, &str), configure: impl FnOnce(&mut Config)) -> Self {
        let sync = Sync::of_active_directory("people", PEOPLE);
        let mut bench = Bench::new(&samba.ldaps_url(), account, sync, veris::Options::default());
        bench.config.directory = format!("tls: {{ ca: {} }}", samba.ca().display());
        // Who leaves here leaves one by one, but more of them than a guard of a small company lets go.
        bench.config.sync().more = "limits: { leave: { count: 100, percent: 100 } }".to_owned();
        configure(&mut bench.config);
        let json = bench.sync().ended("ok", 0);
        assert_eq!(json["members"]["joined"], json["read"]["entries"]);
        let mut company = Self { bench, samba, there: BTreeMap::new() };
        company.there = company.members();
        for (id, there) in &company.there {
            assert_eq!(*there, member(id));
        }
        company
    }

    /// A sync that ends well, and whose only doing is this: so many of a kind, and these fields of these members.
    #[track_caller]
    pub fn changes(&mut self, kind: &str, changed: &[(&str, Value)]) -> Value {
        let json = self.sync().ended("ok", 0);
        for (name, count) in json["members"].as_object().unwrap() {
            match name.as_str() {
                "unchanged" => {}
                name if name == kind => assert!(*count == 1, "{json}"),
                _ => assert!(*count == 0, "{name} in {json}"),
            }
        }
        let mut wanted = self.there.clone();
        for (id, fields) in changed {
            let member = wanted.entry((*id).to_owned()).or_insert_with(|| member(id));
            member.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        }
        self.there = self.members();
        assert_eq!(self.there, wanted);
        assert_eq!(json["delivery"]["confirmed"], changed.len(), "{json}");
        json
    }

    /// A sync that ends well, and after which all is as before.
    #[track_caller]
    pub fn changes_nothing(&mut self) {
        let before = self.requests();
        self.changes("", &[]);
        assert_eq!(self.requests(), before);
    }

    /// The same, and why somebody stays as they are.
    #[track_caller]
    pub fn changes_nothing_for(&mut self, who: &str, why: &str) {
        self.changes_nothing();
        let story = self.start(&["explain", who]).end();
        assert!(story.stdout.contains(why), "{why:?} is not in {story:?}");
    }

    fn members(&self) -> BTreeMap<String, Value> {
        let members = self.sandbox.members();
        members.into_iter().map(|(id, member)| (id, serde_json::to_value(member.fields).unwrap())).collect()
    }
}

impl Deref for Company {
    type Target = Bench;

    fn deref(&self) -> &Bench {
        &self.bench
    }
}

impl DerefMut for Company {
    fn deref_mut(&mut self) -> &mut Bench {
        &mut self.bench
    }
}

/// A member as the person of that number is in the template.
fn member(id: &str) -> Value {
    let number = id.trim_start_matches('E');
    json!({
        "unique_id": id, "first_name": format!("Żoë {number}"), "last_name": format!("Ørsted {number}"),
        "designation": "Engineer", "email": format!("p{number}@corp.example.com"), "country": "India",
        "department": "R&D", "group": "HQ", "status": "active",
    })
}
