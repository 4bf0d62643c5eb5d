//! Every request that ever came to the targets, in the order in which it took effect: a sandbox with a folder writes each
//! down before. What somebody was for a moment only is seen here, too.

use std::collections::BTreeSet;

use serde_json::Value;

use super::company::{Company, RESTLESS};
use crate::fixtures::place::json;

/// What came.
pub struct Journal {
    /// Requests for a token of Veris.
    pub tokens: usize,
    /// Members in requests to Veris and Boostcom, and clients in those to Capillary.
    pub members: usize,
    /// Whoever was sent as leaving although they never left.
    pub locked_out: Vec<String>,
}

impl Company {
    /// Each request in which somebody is, as it came.
    pub fn requests_about(&self, id: &str) -> Vec<String> {
        let journal = self.target.journal();
        journal.lines().filter(|line| line.contains(id)).map(str::to_owned).collect()
    }

    /// What came so far. Of the services' clients these never leave.
    pub fn journal(&self, steady_clients: &BTreeSet<String>) -> Journal {
        let mut journal = Journal { tokens: 0, members: 0, locked_out: Vec::new() };
        for line in self.target.journal().lines().skip(1).map(json) {
            let ask = &line["input"]["ask"];
            if !ask["token"].is_null() {
                journal.tokens += 1;
            } else if let Some(body) = ask["push"]["body"].as_str() {
                journal.pushed(&json(body));
            } else if ask["boostcom"]["method"] == "POST" {
                journal.imported(&json(ask["boostcom"]["body"].as_str().unwrap())["members"]);
            } else if ask["capillary"]["method"] == "DELETE" {
                let path = ask["capillary"]["path"].as_str().unwrap();
                let key = path.rsplit('/').next().unwrap();
                journal.members += 1;
                if steady_clients.contains(key) {
                    journal.locked_out.push(line.to_string());
                }
            }
        }
        journal
    }
}

impl Journal {
    fn pushed(&mut self, members: &Value) {
        for member in members.as_array().unwrap() {
            self.members += 1;
            let steady = member["unique_id"].as_str().unwrap().parse().is_ok_and(|number: usize| number < RESTLESS);
            if steady && member["status"] != "active" {
                self.locked_out.push(member.to_string());
            }
        }
    }

    /// Whoever leaves is sent without a name.
    fn imported(&mut self, members: &Value) {
        for member in members.as_array().unwrap() {
            self.members += 1;
            let properties = &member["properties"];
            let mail = properties["email"].as_str().unwrap();
            let number = mail.strip_prefix('p').and_then(|mail| mail.split('@').next()).unwrap();
            let steady = number.parse().is_ok_and(|number: usize| number < RESTLESS);
            if steady && properties["first_name"].is_null() {
                self.locked_out.push(member.to_string());
            }
        }
    }
}
