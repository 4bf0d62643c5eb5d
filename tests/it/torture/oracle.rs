//! What the targets are to hold, made of what the directory says and of nothing that rosterd knows; and whether a store
//! is sound.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use super::company::Company;
use crate::fixtures::ldif::{ELSEWHERE, PEOPLE};

type Members = BTreeMap<String, Value>;

impl Company {
    /// In what the targets differ from the directory, in words; nothing when they are in step.
    pub fn differences(&self) -> Vec<String> {
        let people = self.slapd.everybody(PEOPLE);
        let active: Vec<_> = people.iter().filter(|person| person["employeeType"] != "left").collect();
        let wanted = active.iter().map(|person| (person["employeeNumber"].clone(), member(person))).collect();
        let veris = compare("veris", &wanted, &self.members());
        let wanted = active.iter().map(|person| (person["mail"].clone(), shopper(person))).collect();
        let boostcom = compare("boostcom", &wanted, &self.shoppers());
        let services = self.slapd.everybody(ELSEWHERE);
        let wanted = services.iter().map(|service| (service["cn"].clone(), json!(service["description"]))).collect();
        [veris, boostcom, compare("capillary", &wanted, &self.clients())].concat()
    }

    /// Who is active at Veris.
    fn members(&self) -> Members {
        let state = self.look("state");
        let fields = state["members"].as_array().unwrap().iter().map(|member| member["fields"].clone());
        fields
            .filter(|fields| fields["status"] == "active")
            .map(|fields| (text(&fields["unique_id"]), fields))
            .collect()
    }

    /// Whom Boostcom may write to in any way.
    fn shoppers(&self) -> Members {
        let state = self.look("boostcom/state");
        let record = |member: &Value| {
            let channels = CHANNELS.map(|channel| member[channel] == true);
            (text(&member["properties"]["email"]), json!([member["properties"], channels]))
        };
        state["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(record)
            .filter(|(_, record)| record[1] != json!([false, false, false]))
            .collect()
    }

    /// The clients at Capillary that were made for services, by their names; a name that two have is none of them.
    fn clients(&self) -> Members {
        let mut clients = Members::new();
        for client in self.valid_clients() {
            let name = text(&client["name"]);
            if clients.insert(name.clone(), client["description"].clone()).is_some() {
                clients.insert(name, json!("twice"));
            }
        }
        clients
    }

    /// The clients at Capillary but the one by which rosterd works.
    pub fn valid_clients(&self) -> Vec<Value> {
        let state = self.look("capillary/state");
        let clients = state["clients"].as_array().unwrap().iter();
        clients
            .filter(|client| client["clientKey"] != crate::fixtures::org::ADMIN && client["isValid"] == true)
            .cloned()
            .collect()
    }

    /// The store is whole, as SQLite sees it.
    #[track_caller]
    pub fn store_is_sound(&self) {
        assert_eq!(self.sql("PRAGMA integrity_check"), ["ok"]);
        assert_eq!(self.sql("PRAGMA foreign_key_check"), [""; 0]);
    }
}

const CHANNELS: [&str; 3] = ["sms_enabled", "email_enabled", "push_enabled"];

fn member(person: &BTreeMap<String, String>) -> Value {
    json!({ "unique_id": person["employeeNumber"], "first_name": person["givenName"], "last_name": person["sn"],
        "designation": person["title"], "email": person["mail"], "phone": person["mobile"], "country": "India",
        "department": "All", "group": "HQ", "status": "active" })
}

fn shopper(person: &BTreeMap<String, String>) -> Value {
    let properties = json!({ "email": person["mail"], "msisdn": format!("47{}", person["mobile"]),
        "first_name": person["givenName"], "last_name": person["sn"], "language": "no", "title": person["title"] });
    json!([properties, [true, true, true]])
}

fn compare(target: &str, wanted: &Members, there: &Members) -> Vec<String> {
    let differs = |(id, member): (&String, &Value)| {
        let is = there.get(id);
        (is != Some(member)).then(|| format!("{target}: {id} is to be {member} and is {is:?}"))
    };
    let strange = there.keys().filter(|id| !wanted.contains_key(*id));
    let strange = strange.map(|id| format!("{target}: {id} is still active"));
    wanted.iter().filter_map(differs).chain(strange).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The first column of what a statement gives, as text.
pub async fn rows(state: &Path, statement: &'static str) -> Vec<String> {
    let mut connection = SqliteConnectOptions::new().filename(state.join("state.db")).connect().await.unwrap();
    let rows = sqlx::query(statement).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.try_get::<String, _>(0).unwrap()).collect()
}
