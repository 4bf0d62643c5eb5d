//! Random histories of a company, followed by its changes: each step comes to what a reading of everybody comes to.

mod staff;
mod twins;

use std::fmt::Write;

use crate::fixtures::ldif::{self, ELSEWHERE, PEOPLE as HOME};
use crate::fixtures::random::Random;
use crate::fixtures::road::Sync;
use crate::fixtures::slapd::Slapd;

use staff::{Change, PEOPLE, Staff};
use twins::Twins;

const ANNEX: &str = "ou=annex,dc=roster,dc=test";
const GROUP: &str = "cn=board,dc=roster,dc=test";
const STEPS: u64 = 8;
/// In CI; with ROSTERD_SEEDS=N in the environment, so many.
const SEEDS: u64 = 2;

const EVERYBODY: &str = "limits: { leave: { count: 9999, percent: 100 }, return: { count: 9999, percent: 100 }, \
                         join: { count: 9999, percent: 100 }, change: { percent: 100 } }";

/// A kind of history.
#[derive(Clone)]
struct Kind {
    changes: &'static str,
    sync: Sync,
    may_happen: Vec<Change>,
    /// Whether the server is restarted now and then: what it remembers of changes is in memory.
    forgets: bool,
}

impl Kind {
    fn of(changes: &'static str) -> Self {
        let mut sync = Sync::new("people", HOME);
        sync.bases.push(ANNEX.to_owned());
        sync.filter = "(&(objectClass=inetOrgPerson)(businessCategory=member))".to_owned();
        sync.more = EVERYBODY.to_owned();
        Self { changes, sync, may_happen: PEOPLE.to_vec(), forgets: false }
    }

    /// People are known by what may change about them.
    fn by_number(mut self) -> Self {
        self.sync.more += "\n    key: employeeNumber";
        self
    }

    fn forgetting(mut self) -> Self {
        self.forgets = true;
        self
    }

    fn without(mut self, never: &[Change]) -> Self {
        self.may_happen.retain(|change| !never.contains(change));
        self
    }

    /// Many histories.
    fn holds(&self) {
        let seeds = std::env::var("ROSTERD_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
        for seed in 1..=seeds {
            self.history(seed);
        }
    }

    /// One history. What happened is printed, for whoever is to repeat it.
    fn history(&self, seed: u64) {
        println!("seed {seed}, {}", self.changes);
        let slapd = Slapd::start(&ldif::skeleton());
        slapd.modify(&format!("dn: {ANNEX}\nchangetype: add\nobjectClass: organizationalUnit\nou: annex\n"));
        let (mut staff, ldif) = Staff::new([HOME, ANNEX, ELSEWHERE].map(str::to_owned), GROUP);
        slapd.modify(&ldif);
        let twins = Twins::new(&slapd.url(), &self.sync, self.changes);
        assert_eq!(twins.agree()["read"]["mode"], "full");
        let mut random = Random::new(seed);
        for step in 1..=STEPS {
            if self.changes == "timestamp" {
                sharpen(&twins);
            }
            let mut happens = Vec::new();
            let mut ldif = String::new();
            for _ in 0..=random.below(4) {
                let change = random.pick(&self.may_happen);
                happens.push(change);
                let _ = write!(ldif, "{}", staff.change(change, &mut random));
            }
            println!("step {step}: {happens:?}\n{ldif}");
            if !ldif.is_empty() {
                slapd.modify(&ldif);
            }
            if self.forgets && random.below(2) == 0 {
                slapd.restart();
            }
            let json = twins.agree();
            println!("{json}");
            let (mode, why) = (&json["read"]["mode"], json["read"]["why"].as_str().unwrap_or_default());
            // A group, or the very entry that was changed last, by which the database is known again.
            let told = |changes: &[Change], words| happens.iter().any(|it| changes.contains(it)) && why.contains(words);
            let allowed = told(&[Change::Group], "the groups that `in_group` names changed")
                || told(&[Change::Delete, Change::Recreate], "no longer holds the change");
            assert!(mode == "delta" || allowed, "{json}");
            if let Some(plan) = json["plan"].as_str().filter(|_| random.below(3) == 0) {
                twins.approve(plan);
            }
        }
    }
}

/// Those changed in the last five minutes are looked at again each time, which would be everybody: from now on only
/// whoever is changed from now on.
fn sharpen(twins: &Twins) {
    twins.by_changes.sql(
        "UPDATE feed SET marks = json_replace(marks, '$[0].position.timestamp.latest', unixepoch() + 300) RETURNING marks",
    );
}

#[test]
fn by_syncrepl() {
    Kind::of("syncrepl").holds();
}

#[test]
fn by_syncrepl_known_by_number() {
    Kind::of("syncrepl").by_number().holds();
}

#[test]
fn by_syncrepl_told_who_is_present() {
    Kind::of("syncrepl").forgetting().holds();
    Kind::of("syncrepl").forgetting().by_number().holds();
}

#[test]
fn by_timestamp() {
    // Who is deleted changes no more, and the one who comes in their place is somebody else.
    Kind::of("timestamp").without(&[Change::Delete, Change::Recreate]).holds();
}

#[test]
fn by_timestamp_known_by_number() {
    Kind::of("timestamp").by_number().without(&[Change::Delete]).holds();
}

#[test]
fn with_a_group() {
    let mut kind = Kind::of("auto");
    kind.sync.more += &format!("\n    protect: \"in_group('{GROUP}')\"");
    kind.sync.fields = format!("city: \"{{{{ 'Oslo' if in_group('{GROUP}') else 'Bergen' }}}}\"");
    kind.may_happen.extend([Change::Group; 3]);
    kind.holds();
}

#[test]
fn with_tight_limits() {
    let mut kind = Kind::of("syncrepl");
    kind.sync.more = "limits: { leave: { count: 1, percent: 1 }, return: { count: 1, percent: 1 }, \
                      join: { count: 1, percent: 1 }, change: { percent: 1 } }"
        .to_owned();
    kind.holds();
}
