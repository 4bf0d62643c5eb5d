//! How a simulated world begins: its config, its target, its people.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::json;

use super::clock::Clock;
use super::company::Company;
use super::ledger::Ledger;
use super::oracle::{Snapshot, till};
use super::random::Random;
use super::target::{Kind, Target};
use super::world::{SYNCS, World};
use crate::delivery::quota::Purpose;
use crate::destination::boostcom::{self, Boostcom, CHANNELS, Identifier};
use crate::destination::capillary::{self, Capillary};
use crate::destination::veris::{self, Veris};
use crate::destination::{Destination, Mending, Quota};
use crate::directory::changes::Changes;
use crate::engine::{Aim, Job, Reach};
use crate::mapping::{Mapping, Rule, Source};
use crate::plan::{Absence, FirstSeenInactive, Limit, Limits};
use crate::roster::{Fingerprint, Payload};
use crate::sandbox;
use crate::store::Store;

const URL: &str = "https://acme.example";
const COUNTRIES: [&str; 2] = ["Norway", "Sweden"];

/// By country and target.
static MAPPINGS: LazyLock<BTreeMap<(&'static str, Kind), Arc<Mapping>>> = LazyLock::new(|| {
    let kinds = [Kind::Veris, Kind::Imports, Kind::Clients];
    let each = COUNTRIES.into_iter().flat_map(|country| kinds.map(|kind| (country, kind)));
    each.map(|(country, kind)| ((country, kind), Arc::new(mapping(country, kind)))).collect()
});

fn text(name: &str, rule: &str) -> (String, Rule) {
    (name.to_owned(), Rule::Text(rule.to_owned()))
}

/// Of members who have a name for themselves.
fn member(country: &str, imports: bool) -> Vec<(String, Rule)> {
    let mut fields = vec![
        text("unique_id", "employeeID"),
        text("first_name", "givenName"),
        text("last_name", "sn"),
        text("designation", "title"),
        text("email", "employeeID"),
        ("country".to_owned(), Rule::Const(country.into())),
    ];
    if imports {
        fields.push(text("msisdn", "mobile"));
        fields.push(("status".to_owned(), Rule::Const("active".into())));
        fields = vec![
            ("properties".to_owned(), Rule::Nested(fields)),
            ("push_enabled".to_owned(), Rule::Const(true.into())),
            text("password", "{{ uid }} {{ employeeID }}"),
        ];
    }
    fields
}

/// Of clients, whose names are given to others as well; and who may become invalid by what only the target knows.
fn client(country: &str) -> Vec<(String, Rule)> {
    let scope = vec![
        text("entity", "{{ 'Nothing' if mobile == 'none' else 'TargetGroups' }}"),
        text("permission", "{{ 'READWRITE' if mobile else 'read' }}"),
        text("resources", "people/{{ uid }}"),
    ];
    vec![
        text("name", "employeeID"),
        text("description", "title"),
        ("expirationTokenTime".to_owned(), Rule::Const("10m".into())),
        ("defaultTillId".to_owned(), Rule::Const(till(country).into())),
        ("scopes".to_owned(), Rule::Each(vec![Rule::Nested(scope)])),
    ]
}

fn mapping(country: &str, kind: Kind) -> Mapping {
    let fields = match kind {
        Kind::Veris | Kind::Imports => member(country, kind == Kind::Imports),
        Kind::Clients => client(country),
    };
    let says = |condition: &str| Some(condition.to_owned());
    let source = Source {
        fields,
        key: says("uid"),
        active: says("employeeType != 'left'"),
        protect: says("title == 'Chair'"),
        skip: says("title == 'Intern'"),
        directory_rule: true,
        handles: true,
        ..Source::default()
    };
    Mapping::compile(&source).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// How a world's target is dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub quota: Quota,
    pub drift: Mending,
    pub leaves_approved: bool,
}

/// The target under a secret.
pub fn destination(kind: Kind, url: &str, secret: &str, batch: usize, manner: Manner) -> Arc<dyn Destination> {
    let veris = Veris::new(veris::Settings {
        url: url.to_owned(),
        client_id: "acme".to_owned(),
        client_secret: secret.to_owned().into(),
        api_key: "key".to_owned().into(),
        quota: manner.quota,
        lifetime: veris::LIFETIME,
        batch: NonZeroUsize::new(batch).unwrap(),
        quiet: veris::QUIET,
    });
    match kind {
        Kind::Veris => Arc::new(veris),
        Kind::Imports => Arc::new(boostcom(url, secret, batch)),
        Kind::Clients => Arc::new(capillary(url, secret, manner)),
    }
}

/// In some worlds nothing is kept for longer than histories last.
fn kept(random: &mut Random) -> (Duration, Duration) {
    let hours = random.pick(&[(24, 400 * 24), (0, 400 * 24), (1, 72), (24, 24), (0, 0)]);
    (Duration::from_hours(hours.0), Duration::from_hours(hours.1))
}

/// A readable target's leaves wait for somebody in some worlds, and what others did there is only said in some.
fn manner(quota: Quota, random: &mut Random) -> Manner {
    let drift = if random.percent(70) { Mending::Repair } else { Mending::Report };
    Manner { quota, drift, leaves_approved: random.percent(50) }
}

fn boostcom(url: &str, secret: &str, batch: usize) -> Boostcom {
    let left = Payload::default().with("properties", json!({ "status": "in_active" }));
    let on_leave = CHANNELS.iter().fold(left, |payload, channel| payload.with(channel, false));
    Boostcom::new(boostcom::Settings {
        url: url.to_owned(),
        loyalty_club: "infinity-mall".to_owned(),
        client_authorization: secret.to_owned().into(),
        product_name: "default".to_owned(),
        user_agent: "simulation".to_owned(),
        identity: Identifier::Email,
        only_create: false,
        on_leave,
        on_return: Payload::default(),
        batch: NonZeroUsize::new(batch).unwrap(),
        quiet: boostcom::QUIET,
    })
}

fn capillary(url: &str, secret: &str, manner: Manner) -> Capillary {
    let Manner { drift, leaves_approved, .. } = manner;
    let key = sandbox::capillary::Options::default().key;
    Capillary::new(capillary::Settings {
        url: url.to_owned(),
        organisation: Some("acme".to_owned()),
        auth: capillary::Auth::Token { key, secret: secret.to_owned().into() },
        vault: capillary::Vault { folder: Some("secrets".into()), command: Vec::new() },
        drift,
        adopt: capillary::Adopt::Never,
        leaves_approved,
        quiet: capillary::QUIET,
    })
}

impl World {
    /// A company on its first day.
    pub async fn new(store: Store, random: &mut Random) -> Self {
        let syncs = 1 + random.below(2);
        // In a few there are so many that somebody unreadable does not spoil the reading.
        let people = if random.percent(2) { 110 } else { 2 + random.below(8) };
        let kind = random.pick(&[Kind::Veris, Kind::Veris, Kind::Imports, Kind::Clients]);
        let company = Company::new(kind, syncs, people, random);
        // A target that is read in every run takes a token for it.
        let plenty = kind == Kind::Clients || random.percent(50);
        let quota = Quota { quota: 3 + u32::from(plenty) * 9, per: Duration::from_hours(24), reserve: 1 };
        let manner = manner(quota, &mut random.clone());
        let kept = kept(&mut random.clone());
        let target = destination(kind, URL, "secret", 1 + random.below(4), manner);
        let few = |random: &mut Random| Limit { count: Some(1 + u32::from(random.percent(60)) * 4), percent: 20 };
        let limits = Limits { leave: few(random), back: few(random), join: few(random), change: few(random) };
        let grace = Duration::from_hours(u64::from(random.percent(30)));
        let first_seen_inactive = if random.percent(30) { FirstSeenInactive::Send } else { FirstSeenInactive::Skip };
        let changes = if random.percent(70) { Changes::Auto } else { Changes::Full };
        let full_reading = Duration::from_hours(random.pick(&[6, 24, 240]));
        let patience = Duration::from_mins(random.pick(&[0, 2]));
        let job = |name: &&str| Job {
            sync: (*name).to_owned(),
            was: None,
            rules: Fingerprint::of(b""),
            mapping: Arc::clone(&MAPPINGS[&("Norway", kind)]),
            destination: Arc::clone(&target),
            limits,
            absence: Absence { grace: Some(grace), ..Absence::default() },
            first_seen_inactive,
            changes,
            full_reading,
            reach: Reach::Changes,
            purpose: Aim::Sync,
            patience,
            seed: 7,
        };
        let now = "2026-11-02T08:00:00Z".parse().unwrap();
        let mut world = Self {
            store,
            now,
            clock: Clock::new(now),
            jobs: SYNCS[..syncs].iter().map(job).collect(),
            names: SYNCS[..syncs].iter().map(|name| (*name).to_owned()).collect(),
            parted: None,
            admitted: vec![Snapshot::new(); syncs],
            company,
            target: Target::new(kind),
            ever: BTreeSet::new(),
            strangers: BTreeSet::new(),
            url: URL.to_owned(),
            manner,
            kept,
            ledger: Ledger::new(&target.limits(), quota),
            past: Vec::new(),
            elsewhere: None,
            down_until: now,
            paused: vec![now; syncs],
            log: Vec::new(),
            planted: None,
        };
        if random.percent(20) {
            world.spend(1 + random.below(world.ledger.quota.quota as usize)).await;
        }
        if kind == Kind::Clients {
            world.target.clients.arrange(random);
        }
        world.log.push(format!("{kind:?}, {syncs} syncs, {people} people, {manner:?}, limits {limits:?}"));
        world.configure();
        world
    }

    /// So many tokens were asked for within the time that counts, one after the other.
    async fn spend(&mut self, tokens: usize) {
        let (realm, quota) = (self.jobs[0].destination.realm(), self.ledger.quota);
        self.store.enrol(SYNCS[0], None, &realm).await.unwrap();
        let apart = if quota.per < Duration::from_hours(24) { Duration::from_mins(1) } else { Duration::from_hours(1) };
        for ago in (1..=tokens).rev() {
            let at = self.now - apart * u32::try_from(ago).unwrap();
            self.store.charge(&realm, &quota, Purpose::Leavers, at).await.unwrap().unwrap();
            self.target.asked.push(at);
        }
    }

    /// The config as the company wants it now.
    pub fn configure(&mut self) {
        for (job, rules) in self.jobs.iter_mut().zip(&self.company.rules) {
            job.mapping = Arc::clone(&MAPPINGS[&(rules.country, self.target.kind)]);
            job.rules = Fingerprint::of(format!("{} {}", job.mapping.version(), rules.contractors).as_bytes());
        }
    }
}
