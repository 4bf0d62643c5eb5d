//! People who come, change and leave as chance has it, and what the club is to hold of them in the end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fixtures::ldif::PEOPLE;
use crate::fixtures::mall::{Mall, added, changed, mail, mobile, msisdn, removed, shopper};
use crate::fixtures::random::Random;

const PEOPLE_IN_ALL: usize = 40;

/// Who is in the directory with which name and number, and how often anything about anybody changed.
pub struct Crowd {
    /// Where it is.
    pub mall: Mall,
    present: BTreeMap<usize, (String, usize)>,
    changes: BTreeMap<usize, u64>,
    /// What comes next.
    pub random: Random,
    numbers: usize,
}

impl Crowd {
    /// The first of them are there, and counted as changes.
    pub fn new(mall: Mall, random: Random, count: usize) -> Self {
        let present = (1..=count).map(|number| (number, ("Żoë".to_owned(), number))).collect();
        let changes = (1..=count).map(|number| (number, 1)).collect();
        Self { mall, present, changes, random, numbers: 1000 }
    }

    fn below(&mut self, end: u64) -> usize {
        usize::try_from(self.random.below(end)).unwrap()
    }

    /// Somebody comes, changes, or leaves.
    pub fn change(&mut self) {
        let number = 1 + self.below(PEOPLE_IN_ALL as u64);
        *self.changes.entry(number).or_default() += 1;
        match (self.present.contains_key(&number), self.random.below(4)) {
            (false, _) => {
                self.mall.modify(&added(&shopper(number, PEOPLE, &[("preferredLanguage", "no")])));
                self.present.insert(number, ("Żoë".to_owned(), number));
            }
            (true, 0) => {
                self.mall.modify(&removed(number));
                self.present.remove(&number);
            }
            (true, 1) => {
                self.numbers += 1;
                self.mall.modify(&changed(number, "mobile", Some(&mobile(self.numbers))));
                self.present.get_mut(&number).unwrap().1 = self.numbers;
            }
            (true, _) => {
                let name = format!("Żoë {}", self.random.below(1000));
                self.mall.modify(&changed(number, "givenName", Some(&name)));
                self.present.get_mut(&number).unwrap().0 = name;
            }
        }
    }

    /// Everybody is at the club as they are in the directory, and nobody was imported without reason.
    #[track_caller]
    pub fn is_reached(&self, state: &Value) {
        let members = state["members"].as_array().unwrap();
        let of = |number: usize| members.iter().find(|member| member["properties"]["email"] == mail(number));
        for number in 1..=PEOPLE_IN_ALL {
            let Some(member) = of(number) else {
                assert!(!self.present.contains_key(&number), "{number} is missing");
                continue;
            };
            let most = self.changes[&number];
            assert!(member["imports"].as_u64().unwrap() <= most, "{number}: {most} changes, {member}");
            let Some((name, digits)) = self.present.get(&number) else {
                let channels = ["sms_enabled", "email_enabled", "push_enabled"].map(|channel| &member[channel]);
                assert_eq!(channels, [false; 3], "{number} left: {member}");
                continue;
            };
            let wanted = json!({ "email": mail(number), "msisdn": msisdn(*digits), "first_name": name,
                "last_name": format!("Ørsted {number}"), "language": "no", "title": "Engineer" });
            assert_eq!(member["properties"], wanted, "{number}");
        }
    }
}
