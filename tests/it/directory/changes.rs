//! What changed, as a real slapd tells it.

mod brake;
mod limits;
mod syncrepl;
mod timestamp;
mod whom;

use std::sync::Arc;

use rosterd::directory::changes::{Changed, Changes, Delta, Handle, Mark, Way};
use rosterd::directory::ldap::Session;
use rosterd::directory::{Attributes, Query};
use rosterd::roster::Key;

use super::{read, settings};
use crate::fixtures::ldif::{self, ELSEWHERE, PEOPLE};
use crate::fixtures::slapd::Slapd;

/// Everybody who is staff, by such a way.
fn query(way: Way) -> Query {
    Query { changes: Changes::By(way), ..super::query("(employeeType=staff)") }
}

fn asking(query: &Query, group: &str) -> Query {
    let mut attributes = Attributes::clone(&query.attributes);
    attributes.add_group(group);
    Query { attributes: Arc::new(attributes), ..query.clone() }
}

fn staff(number: usize, place: &str) -> String {
    ldif::person(number, place, &[("employeeType", "staff")])
}

/// Staff below [`PEOPLE`].
fn people(count: usize) -> String {
    ldif::skeleton() + &(0..count).map(|number| staff(number, PEOPLE)).collect::<String>()
}

/// A server, somebody who follows it, and where it stood.
struct Followed {
    slapd: Slapd,
    query: Query,
    mark: Mark,
}

impl Followed {
    async fn new(slapd: Slapd, query: Query) -> Self {
        let mark = mark(&slapd, &query).await.expect("a way");
        Self { slapd, query, mark }
    }

    async fn session(&self) -> Session {
        Session::open(&settings(&[&self.slapd.url()])).await.unwrap()
    }

    async fn changed(&self) -> Changed {
        self.session().await.changed(&self.query, &self.mark).await.unwrap()
    }

    /// What changed since the last time, which is the last time now.
    async fn since(&mut self) -> Delta {
        match self.changed().await {
            Changed::Since(delta) => {
                self.mark = delta.marks.each()[0].clone();
                delta
            }
            Changed::Unknown(why) => panic!("{why}"),
        }
    }

    /// Why there is no telling what changed.
    async fn unknown(&self) -> String {
        match self.changed().await {
            Changed::Unknown(why) => why,
            Changed::Since(delta) => panic!("{delta:?}"),
        }
    }

    /// A change, and whom it touches.
    async fn after(&mut self, change: &str) -> Vec<usize> {
        self.slapd.modify(change);
        let delta = self.since().await;
        assert_eq!(delta.present, None);
        numbers(&delta.touched)
    }
}

async fn mark(slapd: &Slapd, query: &Query) -> Option<Mark> {
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let (_, page) = read(&session, query).await.unwrap();
    page.end.unwrap().marks.map(|marks| marks.each()[0].clone())
}

/// People by number; the rest of the directory is nobody.
fn numbers(handles: &[Handle]) -> Vec<usize> {
    let number = |handle: &Handle| {
        let text = handle.to_string();
        usize::from_str_radix(text.strip_prefix("00000000-0000-4000-8000-")?, 16).ok()
    };
    handles.iter().filter_map(number).collect()
}

fn handles(numbers: impl IntoIterator<Item = usize>) -> Vec<Handle> {
    numbers.into_iter().map(|number| Handle::of_key(key(number).as_str()).unwrap()).collect()
}

fn key(number: usize) -> Key {
    Key::new(ldif::uuid(number))
}

fn dn(number: usize) -> String {
    format!("uid=p{number},{PEOPLE}")
}

fn set(dn: &str, name: &str, value: &str) -> String {
    format!("dn: {dn}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n\n")
}

fn delete(dn: &str) -> String {
    format!("dn: {dn}\nchangetype: delete\n\n")
}

fn rename(dn: &str, name: &str, place: &str) -> String {
    format!("dn: {dn}\nchangetype: modrdn\nnewrdn: {name}\ndeleteoldrdn: 1\nnewsuperior: {place}\n\n")
}

/// A new entry; its `entryUUID` is the server's choice.
fn add(number: usize, place: &str) -> String {
    let entry = staff(number, place);
    let chosen: Vec<&str> = entry.lines().filter(|line| !line.starts_with("entryUUID")).collect();
    chosen.join("\n").replacen('\n', "\nchangetype: add\n", 1) + "\n\n"
}
