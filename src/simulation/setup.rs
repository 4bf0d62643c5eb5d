//! How a simulated world begins: its config, its target, its people.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::company::Company;
use super::ledger::Ledger;
use super::oracle::Snapshot;
use super::random::Random;
use super::target::Target;
use super::world::{SYNCS, World};
use crate::destination::Quota;
use crate::destination::veris::{self, Veris};
use crate::engine::{Aim, Job};
use crate::mapping::{Mapping, Rule, Source};
use crate::plan::{Absence, FirstSeenInactive, Limit, Limits};
use crate::roster::Fingerprint;
use crate::store::Store;

const URL: &str = "https://acme.example";
const COUNTRIES: [&str; 2] = ["Norway", "Sweden"];

static MAPPINGS: LazyLock<BTreeMap<&'static str, Arc<Mapping>>> =
    LazyLock::new(|| COUNTRIES.into_iter().map(|country| (country, Arc::new(mapping(country)))).collect());

fn mapping(country: &str) -> Mapping {
    let text = |name: &str, rule: &str| (name.to_owned(), Rule::Text(rule.to_owned()));
    let fields = vec![
        text("unique_id", "employeeID"),
        text("first_name", "givenName"),
        text("last_name", "sn"),
        text("designation", "title"),
        text("email", "{{ employeeID }}@example.com"),
        ("country".to_owned(), Rule::Const(country.into())),
    ];
    let says = |condition: &str| Some(condition.to_owned());
    let source = Source {
        fields,
        key: says("uid"),
        active: says("employeeType != 'left'"),
        protect: says("title == 'Chair'"),
        skip: says("title == 'Intern'"),
        directory_rule: true,
        ..Source::default()
    };
    Mapping::compile(&source).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// The target under a secret.
pub fn destination(url: &str, secret: &str, batch: usize, quota: Quota) -> Arc<Veris> {
    Arc::new(Veris::new(veris::Settings {
        url: url.to_owned(),
        client_id: "acme".to_owned(),
        client_secret: secret.to_owned().into(),
        api_key: "key".to_owned().into(),
        quota,
        lifetime: veris::LIFETIME,
        batch: NonZeroUsize::new(batch).unwrap(),
        quiet: veris::QUIET,
    }))
}

impl World {
    /// A company on its first day.
    pub async fn new(random: &mut Random) -> Self {
        let syncs = 1 + random.below(2);
        let people = 2 + random.below(8);
        let company = Company::new(syncs, people, random);
        let quota = Quota { quota: 3 + u32::from(random.percent(50)) * 9, per: Duration::from_hours(24), reserve: 1 };
        let veris = destination(URL, "secret", 1 + random.below(4), quota);
        let few = |random: &mut Random| Limit { count: Some(1 + u32::from(random.percent(60)) * 4), percent: 20 };
        let limits = Limits { leave: few(random), back: few(random), join: few(random), change: few(random) };
        let grace = Duration::from_hours(u64::from(random.percent(30)));
        let first_seen_inactive = if random.percent(30) { FirstSeenInactive::Send } else { FirstSeenInactive::Skip };
        let job = |name: &&str| Job {
            sync: (*name).to_owned(),
            was: None,
            rules: Fingerprint::of(b""),
            mapping: Arc::clone(&MAPPINGS["Norway"]),
            destination: veris.clone(),
            limits,
            absence: Absence { grace: Some(grace), ..Absence::default() },
            first_seen_inactive,
            purpose: Aim::Sync,
            patience: Duration::ZERO,
            seed: 7,
        };
        let mut world = Self {
            store: Store::memory().await.unwrap(),
            now: "2026-11-02T08:00:00Z".parse().unwrap(),
            jobs: SYNCS[..syncs].iter().map(job).collect(),
            names: SYNCS[..syncs].iter().map(|name| (*name).to_owned()).collect(),
            parted: None,
            admitted: vec![Snapshot::new(); syncs],
            company,
            target: Target::default(),
            ever: BTreeSet::new(),
            strangers: BTreeSet::new(),
            url: URL.to_owned(),
            ledger: Ledger::new(quota),
            log: Vec::new(),
        };
        world.log.push(format!("{syncs} syncs, {people} people, quota {}, limits {limits:?}", quota.quota));
        world.configure();
        world
    }

    /// The config as the company wants it now.
    pub fn configure(&mut self) {
        for (job, rules) in self.jobs.iter_mut().zip(&self.company.rules) {
            job.mapping = Arc::clone(&MAPPINGS[rules.country]);
            job.rules = Fingerprint::of(format!("{} {}", job.mapping.version(), rules.contractors).as_bytes());
        }
    }
}
