//! What goes wrong with one run, apart from the target.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::clock::Clock;
use super::company::Company;
use super::directory::{Directory, Reading, handle};
use super::ledger::Ledger;
use super::oracle::{self, Snapshot, Standing};
use super::world::World;
use crate::directory::Sighting;
use crate::directory::changes::{Changed, Delta, Mark, Marks, Position};
use crate::engine::{Admit, Standpoint};
use crate::roster::{Fingerprint, Key, Timestamp};
use crate::store::Store;

/// What goes wrong with one run, apart from the target.
#[derive(Clone, Debug, Default)]
pub struct Mishap {
    pub crash_before: Option<usize>,
    /// From this effect on nothing can be written to this table.
    pub broken: Option<(usize, &'static str)>,
    pub unreachable: bool,
    pub fails_at_page: Option<usize>,
    pub look_up_fails: bool,
    /// What fails does so after a minute.
    pub hangs: bool,
    /// This person is not read although they are there.
    pub omitted: Option<String>,
    /// This person's entry has no key.
    pub keyless: Option<String>,
    /// Another entry has this person's key.
    pub doubled: Option<String>,
    /// Another server answers, which is so many steps behind.
    pub elsewhere: Option<usize>,
    /// So many entries were read before what last happened in the company.
    pub read_before: Option<usize>,
    /// Before this effect the clocks are set by so many minutes.
    pub clock_set: Option<(usize, i64)>,
}

/// What a reading shows.
pub struct Shown {
    pub found: Snapshot,
    /// Of how many it can't be told whether they are active.
    unreadable: usize,
    /// Who was missing, and found by their key.
    pub after_all: Option<Key>,
    /// What it shows when only those are read who may have changed: all of it, as the others are as they were.
    by_changes: Snapshot,
}

impl Shown {
    /// Only those were read who may have changed.
    pub fn touched(&mut self) {
        self.found.clone_from(&self.by_changes);
        self.unreadable = 0;
    }

    /// Nothing changed. Gives what the ledger is from then on.
    pub fn advance(&self, ledger: &Ledger, sync: usize, standpoint: &Standpoint, now: Timestamp) -> Ledger {
        let mut ledger = ledger.clone();
        ledger.advance(sync, standpoint, &self.found, now);
        ledger
    }

    /// It is about to be admitted. Gives what the ledger is from then on.
    pub fn admit(
        &self,
        ledger: &Ledger,
        sync: usize,
        rules: Fingerprint,
        admit: &Admit,
        now: Timestamp,
    ) -> Result<Ledger, String> {
        if let Some(key) = &self.after_all {
            return Err(format!("a reading without {key} is admitted although the look-up found them"));
        }
        if self.unreadable * 100 > self.found.len() {
            return Err(format!("a reading is admitted with {} people who can't be judged", self.unreadable));
        }
        let mut ledger = ledger.clone();
        ledger.admit(sync, rules, admit, &self.found, now)?;
        Ok(ledger)
    }
}

impl Mishap {
    /// What befalls the host before an effect.
    pub async fn strike(&self, effect: usize, clock: &mut Clock, store: &mut Store) -> Result<(), String> {
        if let Some((_, minutes)) = self.clock_set.filter(|(at, _)| *at == effect) {
            clock.set(minutes);
        }
        match self.broken.filter(|(at, _)| *at == effect) {
            Some((_, table)) => store.probe_break(Some(table)).await.map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }

    /// Whether transactions may fail by now.
    pub fn is_broken(&self, effect: usize) -> bool {
        self.broken.is_some_and(|(at, _)| at <= effect)
    }

    /// A reading of the directory, and what it shows.
    pub fn reading(&self, world: &World, sync: usize) -> (Reading, Shown) {
        let now = world.clock.host(world.now).wall;
        let (mut directory, mut found) = self.seen(world, sync, now);
        directory.unreachable = self.unreachable;
        directory.fails_at_page = self.fails_at_page;
        directory.look_up_fails = self.look_up_fails;
        if let Some(key) = &self.omitted
            && directory.people.remove(key).is_some()
        {
            directory.sightings.insert(key.clone(), Sighting::Matches);
            found.remove(key);
        }
        if let Some(key) = &self.keyless
            && let Some(person) = directory.people.get_mut(key)
        {
            person.without("uid");
            directory.sightings.insert(key.clone(), Sighting::Gone);
            found.remove(key);
        }
        let unreadable = found.values().filter(|standing| **standing == Standing::Unclear).count();
        if let Some(key) = &self.doubled
            && let Some(mut person) = directory.people.get(key).cloned()
        {
            person.set("title", "Twin").set("objectGUID", "the twin of them");
            if directory.people.insert(format!("{key} twin"), person).is_none() && found.contains_key(key) {
                found.insert(key.clone(), Standing::Unclear);
            }
        }
        if self.elsewhere.is_some() {
            directory.server.name = "dc2".to_owned();
        }
        if self.keyless.is_some() || self.omitted.is_some() {
            // What somebody may not see any more is no change of an entry.
            directory.server.rights = Fingerprint::of(b"reader of less");
        }
        let (view, at) = self.view(world);
        directory.marks = Some(marks(at.saturating_sub(usize::from(self.read_before.is_some()))));
        let mut reading = directory.read(&world.jobs[sync].mapping, world.clock.directory(world.now));
        let by_changes = oracle::snapshot(&view, sync, now);
        let odd = self.omitted.is_some() || self.doubled.is_some() || self.keyless.is_some();
        if !odd && self.read_before.is_none() {
            let past = world.past.clone();
            reading.answer = Box::new(move |marks| since(&past, marks, &view, at));
        }
        (reading, Shown { found, unreadable, after_all: None, by_changes })
    }

    /// The company as the server that answers knows it in the end, and after how many steps that was.
    fn view(&self, world: &World) -> (Company, usize) {
        let last = world.past.len();
        let at = self.elsewhere.map_or(last, |behind| last.saturating_sub(behind));
        let company = world.past.get(at).map_or(&world.company, |past| past);
        (Company { people: company.people.clone(), ..world.company.clone() }, at)
    }

    /// The directory as the server that answers knows it while it is read.
    fn seen(&self, world: &World, sync: usize, now: Timestamp) -> (Directory, Snapshot) {
        let of = |company: &Company| {
            // However far behind a server is, it is asked by the rules of today.
            let company = Company { people: company.people.clone(), ..world.company.clone() };
            (company.directory(sync), oracle::snapshot(&company, sync, now))
        };
        let past =
            |steps: usize| world.past.get(world.past.len().saturating_sub(steps)).map_or(&world.company, |past| past);
        match (self.elsewhere, self.read_before) {
            (Some(behind), _) => of(past(behind)),
            (None, Some(read)) => mixed(of(past(1)), of(&world.company), read),
            (None, None) => of(&world.company),
        }
    }
}

/// A mark after so many steps.
fn marks(steps: usize) -> Marks {
    let position = Position::Usn { invocation: "only".to_owned(), highest: steps as u64 };
    Marks::new(vec![Mark { position, groups: None, places: None }])
}

/// Who came, changed, moved or went between a mark and what a server knows now.
fn since(past: &[Arc<Company>], mark: &Marks, view: &Company, at: usize) -> Changed {
    let [Mark { position: Position::Usn { highest, .. }, .. }] = mark.each() else {
        return Changed::Unknown("another way".to_owned());
    };
    let from = usize::try_from(*highest).unwrap();
    if from > at {
        return Changed::Unknown("the mark is ahead of the server".to_owned());
    }
    // Whoever came and went in between is told, too.
    let steps: Vec<&Company> = past[from.min(past.len())..at.min(past.len())].iter().map(|past| &**past).collect();
    let mut touched = BTreeSet::new();
    for (before, after) in steps.iter().zip(steps.iter().skip(1).chain([&view])) {
        let keys = before.people.keys().chain(after.people.keys());
        touched.extend(keys.filter(|key| before.people.get(*key) != after.people.get(*key)).map(|key| handle(key)));
    }
    let touched = touched.into_iter().collect();
    Changed::Since(Delta { touched, marks: marks(at), ..Delta::default() })
}

/// The first entries as they were, the others and whatever is looked up as they are now.
fn mixed(before: (Directory, Snapshot), now: (Directory, Snapshot), read: usize) -> (Directory, Snapshot) {
    let (mut directory, mut found) = now;
    let Some(last) = before.0.people.keys().take(read).next_back().cloned() else { return (directory, found) };
    let missed = directory.people.split_off(&format!("{last}\0"));
    let missed = std::mem::replace(&mut directory.people, missed);
    directory.sightings.extend(missed.into_keys().map(|key| (key, Sighting::Matches)));
    directory.people.extend(before.0.people.into_iter().filter(|(key, _)| *key <= last));
    found.retain(|key, _| *key > last);
    found.extend(before.1.into_iter().filter(|(key, _)| *key <= last));
    (directory, found)
}
