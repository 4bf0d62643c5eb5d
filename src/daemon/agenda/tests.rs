//! The agenda beside a naive one that looks at every second's tick.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::config::{Config, Environment, Schedule};

const CONFIG: &str = r#"
directories:
  corp: { url: "ldaps://dc1.example.com", kind: openldap, bind: anonymous }
destinations:
  veris: { type: veris, url: "https://acme.example", client_id: acme, client_secret: s, api_key: k }
syncs:
  staff:
    from: corp
    to: veris
    schedule: 10m
    search: { base: "DC=example,DC=com", filter: (mail=*) }
    fields: { unique_id: uid, first_name: cn, last_name: sn, designation: title, email: mail, country: co, group: o, department: ou }
"#;

static STAFF: LazyLock<Sync> = LazyLock::new(|| {
    let config = Config::parse(CONFIG, "x.yaml", &Environment::new::<String, String>([]));
    config.unwrap_or_else(|faults| panic!("{faults}")).syncs.remove("staff").unwrap()
});

fn start() -> Timestamp {
    "2026-11-02T08:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn sync(name: &str, schedule: &str) -> Sync {
    let schedule = match humantime::parse_duration(schedule) {
        Ok(every) => Some(Schedule::Every(every)),
        Err(_) => schedule.parse().ok().map(|cron| Schedule::Cron(Box::new(cron))),
    };
    Sync { name: name.to_owned(), schedule, ..STAFF.clone() }
}

fn syncs(all: &[(&str, &str)]) -> BTreeMap<String, Sync> {
    all.iter().map(|(name, schedule)| ((*name).to_owned(), sync(name, schedule))).collect()
}

fn past(began: i64, ended: Option<i64>, wake: Option<i64>) -> BTreeMap<String, Past> {
    let (ended, wake) = (ended.map(after), wake.map(after));
    [("staff".to_owned(), Past { run: 1, began: after(began), ended, wake, pending: false, succeeded: None })].into()
}

fn agenda(schedule: &str, past: &BTreeMap<String, Past>) -> Agenda {
    let mut agenda = Agenda::default();
    agenda.arrange(&syncs(&[("staff", schedule)]), past, start());
    agenda
}

fn read() -> Vec<Start> {
    vec![Start::Read("staff".to_owned())]
}

fn resume() -> Vec<Start> {
    vec![Start::Resume("staff".to_owned())]
}

#[test]
fn what_is_due_when_the_daemon_starts() {
    let (day, minute) = (86_400, 60);
    let never = BTreeMap::new();
    for (case, schedule, past, first, expected) in [
        ("never ran", "10m", never.clone(), 0, read()),
        ("never ran", "*/15 * * * *", never.clone(), 900, read()),
        ("never ran, and not by itself", "-", never, day, vec![]),
        ("missed while stopped", "10m", past(-day, Some(-day), None), 0, read()),
        ("missed while stopped", "0 3 * * *", past(-day, Some(-day), None), -5 * 3_600, read()),
        ("not yet", "10m", past(-minute, Some(-30), None), 540, read()),
        ("killed", "0 3 * * *", past(-minute, None, None), 0, read()),
        ("killed, and not by itself", "-", past(-minute, None, None), day, vec![]),
        ("waits", "10m", past(-minute, Some(-30), Some(90)), 90, resume()),
        ("waited", "10m", past(-minute, Some(-30), Some(-9)), -9, resume()),
        ("waits, and not by itself", "-", past(-minute, Some(-30), Some(90)), 90, resume()),
        ("a reading wins", "10m", past(-day, Some(-day), Some(-9)), -day + 600, read()),
        ("by a clock that was ahead", "10m", past(day, Some(day), None), 600, read()),
        ("by a clock that was ahead", "0 3 * * *", past(day, Some(day), None), 19 * 3_600, read()),
    ] {
        let mut agenda = agenda(schedule, &past);
        let next = Some(after(first)).filter(|_| !expected.is_empty());
        // What is over is due now, whenever that was.
        assert_eq!(
            agenda.next().map(|next| next.max(start())),
            next.map(|next| next.max(start())),
            "{case} {schedule}"
        );
        if first > 0 {
            assert_eq!(agenda.due(after(first - 1)), [], "{case} {schedule}");
        }
        assert_eq!(agenda.due(after(first.max(0))), expected, "{case} {schedule}");
    }
}

#[test]
fn ticks_missed_while_busy_become_one_run() {
    let mut agenda = agenda("10m", &BTreeMap::new());
    assert_eq!(agenda.due(start()), read());
    assert_eq!((agenda.due(after(7_200)), agenda.next()), (vec![], None), "it is busy");
    agenda.ended("staff", None, after(7_200));
    assert_eq!(agenda.next(), Some(after(600)));
    assert_eq!(agenda.due(after(7_200)), read());
    agenda.ended("staff", None, after(7_201));
    assert_eq!((agenda.due(after(7_799)), agenda.due(after(7_800))), (vec![], read()));
}

#[test]
fn a_wake_is_for_the_last_run_and_never_spins() {
    let mut agenda = agenda("10m", &BTreeMap::new());
    agenda.due(start());
    agenda.ended("staff", Some(after(60)), after(5));
    assert_eq!((agenda.due(after(59)), agenda.due(after(60)), agenda.due(after(61))), (vec![], resume(), vec![]));
    agenda.ended("staff", Some(after(60)), after(61));
    assert_eq!((agenda.due(after(61)), agenda.due(after(62))), (vec![], resume()));
    // Somebody asks for a run: what waited is that one's.
    agenda.ended("staff", Some(after(90)), after(62));
    agenda.began("staff", after(70));
    agenda.ended("staff", None, after(71));
    assert_eq!((agenda.due(after(669)), agenda.due(after(670))), (vec![], read()));
}

#[test]
fn who_asks_while_it_runs_is_waited_for() {
    let mut agenda = agenda("10m", &BTreeMap::new());
    agenda.due(start());
    agenda.began("staff", after(1));
    agenda.ended("staff", None, after(2));
    assert_eq!(agenda.due(after(900)), vec![]);
    agenda.ended("staff", None, after(900));
    assert_eq!(agenda.due(after(900)), read());
}

#[test]
fn a_clock_that_was_set_back_stops_nothing() {
    let (week, mut agenda) = (7 * 86_400, agenda("10m", &BTreeMap::new()));
    agenda.due(start());
    agenda.ended("staff", Some(after(300)), after(10));
    assert_eq!(agenda.due(after(10)), vec![]);
    assert_eq!(agenda.due(after(10 - week)), vec![]);
    assert_eq!(agenda.due(after(299 - week)), vec![]);
    assert_eq!(agenda.due(after(300 - week)), resume());
    agenda.ended("staff", None, after(301 - week));
    assert_eq!((agenda.due(after(609 - week)), agenda.due(after(610 - week))), (vec![], read()));
}

#[test]
fn a_reload_touches_only_what_it_changes() {
    let mut agenda = Agenda::default();
    agenda.arrange(&syncs(&[("a", "10m"), ("b", "0 7 * * *"), ("c", "10m"), ("d", "10m")]), &BTreeMap::new(), start());
    assert_eq!(agenda.due(start()).len(), 3);
    for name in ["a", "d"] {
        agenda.ended(name, Some(after(30)), start());
    }
    // `b` now has a schedule that would have been due an hour ago, and `c`, which runs, is gone.
    agenda.arrange(&syncs(&[("a", "10m"), ("b", "0 6 * * *"), ("d", "1m"), ("e", "-")]), &BTreeMap::new(), after(120));
    assert_eq!(agenda.reading_at("a"), Some(after(600)));
    assert_eq!(agenda.reading_at("b"), Some("2026-11-03T06:00:00Z".parse().unwrap()));
    assert_eq!(agenda.reading_at("e"), None);
    let due = agenda.due(after(120));
    assert_eq!(
        due,
        [Start::Resume("a".to_owned()), Start::Read("d".to_owned())],
        "a minute after the last one is over"
    );
    // Back while it runs, it is the same one.
    agenda.arrange(&syncs(&[("c", "10m")]), &BTreeMap::new(), after(130));
    assert_eq!((agenda.due(after(9_000)), agenda.reading_at("c")), (vec![], Some(after(600))));
    agenda.ended("c", None, after(9_000));
    assert_eq!(agenda.due(after(9_000)), [Start::Read("c".to_owned())]);
    agenda.arrange(&BTreeMap::new(), &BTreeMap::new(), after(9_001));
    agenda.ended("c", Some(after(9_002)), after(9_002));
    assert_eq!((agenda.next(), agenda.reading_at("c")), (None, None));
}

/// Something happens.
#[derive(Clone, Debug)]
enum Happens {
    Passes(i64),
    SetBack(i64),
    Ends(Option<i64>),
    Asked,
    Reloaded(usize),
}

const SCHEDULES: [&str; 5] = ["-", "10m", "45s", "*/15 * * * *", "7 * * * *"];

/// Whether a schedule has a moment after one and up to another, looked at minute by minute.
fn ticked(schedule: &str, from: Timestamp, to: Timestamp) -> bool {
    match schedule {
        "10m" => from + SignedDuration::from_secs(600) <= to,
        "45s" => from + SignedDuration::from_secs(45) <= to,
        "-" => false,
        cron => (from.as_second() / 60 + 1..=to.as_second() / 60).any(|minute| match cron {
            "7 * * * *" => minute % 60 == 7,
            _ => minute % 15 == 0,
        }),
    }
}

/// What is to be expected of one sync.
struct Naive {
    now: Timestamp,
    schedule: usize,
    /// From when on moments of the schedule count; none before it ever ran.
    since: Option<Timestamp>,
    began: Option<Timestamp>,
    wake: Option<Timestamp>,
    busy: bool,
    /// It was due before the clock was set back.
    overdue: bool,
}

impl Naive {
    fn ticked(&self) -> bool {
        let schedule = SCHEDULES[self.schedule];
        let from = if schedule.contains('*') { self.since } else { self.began };
        self.overdue || from.map_or(schedule != "-", |from| ticked(schedule, from, self.now))
    }

    fn due(&mut self) -> Vec<Start> {
        if self.busy {
            return Vec::new();
        }
        if self.ticked() {
            self.read();
            return read();
        }
        self.busy = self.wake.take_if(|wake| *wake <= self.now).is_some();
        if self.busy { resume() } else { Vec::new() }
    }

    fn read(&mut self) {
        (self.busy, self.wake, self.overdue) = (true, None, false);
        (self.since, self.began) = (Some(self.now), Some(self.now));
    }

    fn happens(&mut self, happens: &Happens, agenda: &mut Agenda) {
        match *happens {
            Happens::Passes(seconds) => self.now += SignedDuration::from_secs(seconds),
            Happens::SetBack(seconds) => {
                let back = SignedDuration::from_secs(seconds);
                self.overdue = self.ticked();
                self.now -= back;
                self.wake = self.wake.map(|wake| wake - back);
                (self.since, self.began) = (self.since.min(Some(self.now)), self.began.min(Some(self.now)));
            }
            Happens::Ends(wait) if self.busy => {
                let wake = wait.map(|wait| self.now + SignedDuration::from_secs(wait));
                agenda.ended("staff", wake, self.now);
                let least = self.now + SignedDuration::from_secs(1);
                (self.busy, self.wake) = (false, wake.map(|wake| wake.max(least)));
            }
            Happens::Asked if !self.busy => {
                agenda.began("staff", self.now);
                self.read();
            }
            Happens::Ends(_) | Happens::Asked => {}
            Happens::Reloaded(schedule) => {
                agenda.arrange(&syncs(&[("staff", SCHEDULES[schedule])]), &BTreeMap::new(), self.now);
                if self.schedule != schedule {
                    (self.schedule, self.since, self.overdue) = (schedule, Some(self.now), false);
                }
            }
        }
    }
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0i64..2_000).prop_map(Happens::Passes),
        1 => (0i64..200_000).prop_map(Happens::Passes),
        1 => (1i64..200_000).prop_map(Happens::SetBack),
        5 => proptest::option::of(-100i64..3_000).prop_map(Happens::Ends),
        1 => Just(Happens::Asked),
        1 => (0..SCHEDULES.len()).prop_map(Happens::Reloaded),
    ]
}

proptest! {
    #[test]
    fn as_the_naive_agenda_says(schedule in 0..SCHEDULES.len(), week in proptest::collection::vec(happens(), 1..60)) {
        let mut agenda = agenda(SCHEDULES[schedule], &BTreeMap::new());
        let since = SCHEDULES[schedule].contains('*').then(start);
        let mut naive = Naive { now: start(), schedule, since, began: None, wake: None, busy: false, overdue: false };
        for happened in &week {
            naive.happens(happened, &mut agenda);
            if !matches!(happened, Happens::SetBack(_)) {
                // As long as nobody sets the clock it is enough to ask when it says so.
                prop_assert!(agenda.next().is_some_and(|next| next <= naive.now) != agenda.clone().due(naive.now).is_empty());
            }
            prop_assert_eq!(agenda.due(naive.now), naive.due(), "after {:?} at {}", happened, naive.now);
        }
    }
}
