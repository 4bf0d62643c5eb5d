//! The cheaper beginning of a run: whoever may have changed is found, read, and from then on judged as in a reading of
//! everybody.

use std::collections::BTreeSet;

use super::course::{population, too_many, under};
use super::intake::Intake;
use super::reading::Read;
use super::run::{Phase, Run};
use super::{Effect, Extent, Progress, Standpoint, Transaction};
use crate::directory::changes::{Changed, Delta, Handle, Marks, Whom};
use crate::directory::{Entry, Server};
use crate::plan::guard::Grounds;
use crate::plan::{Marked, Plan, Question, Roll};
use crate::roster::{Key, Timestamp};

/// What is being sifted: who may have changed at a server, and who that is.
#[derive(Debug)]
pub struct Sifting {
    server: Server,
    delta: Delta,
    whom: Whom,
}

impl Run {
    /// The directory told what changed, or that it can't.
    pub(super) fn changed(&mut self, server: Server, changed: Changed, began: Timestamp) -> Vec<Effect> {
        let delta = match changed {
            Changed::Unknown(why) => return self.read_everybody(server, Some(why)),
            Changed::Since(delta) => delta,
        };
        if !delta.probes_missing.is_empty() {
            return self.failed(super::intake::probes_missing(&delta.probes_missing), began);
        }
        // Which a reading of everybody would not believe.
        let before = self.feed.iter().flat_map(|feed| &feed.bases);
        if let Some(at) = before.zip(&delta.nobody).position(|(before, nobody)| *before > 0 && *nobody) {
            return self.read_everybody(server, Some(format!("search {} finds nobody any more", at + 1)));
        }
        if too_many(delta.touched.len() as u64, self.feed.as_ref()) {
            let why = format!("{} entries may have changed", delta.touched.len());
            return self.read_everybody(server, Some(why));
        }
        let suspect = Transaction::Suspect(delta.touched.clone(), delta.present.clone());
        self.phase = Phase::Suspecting(Box::new(Sifting { server, delta, whom: Whom::default() }));
        vec![Effect::Commit(suspect)]
    }

    /// The store told who else is to be looked at.
    pub(super) fn suspected(
        &mut self,
        mut sifting: Box<Sifting>,
        suspects: Vec<Key>,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
        let many = (suspects.len() + sifting.delta.touched.len()) as u64;
        if too_many(many, self.feed.as_ref()) {
            let why = format!("{many} people are to be looked at");
            return self.read_everybody(sifting.server, Some(why));
        }
        if many == 0 {
            return self.nothing_changed(*sifting, began, now);
        }
        sifting.whom = Whom { handles: std::mem::take(&mut sifting.delta.touched), keys: suspects };
        let fetch = Effect::Fetch(sifting.whom.clone());
        self.phase = Phase::Fetching(sifting);
        vec![Effect::Tell(Progress::Changed(many)), fetch]
    }

    /// Those among them whom the searches find were read. Where a key is not the directory's own, others whose entries did
    /// not change may have the same one: a reading of everybody would find them, too.
    pub(super) fn fetched(&mut self, mut sifting: Box<Sifting>, entries: Vec<Entry>) -> Vec<Effect> {
        let namesakes: BTreeSet<Key> = self.handled(&sifting, &entries).map(|(_, key)| key).collect();
        let asked: BTreeSet<Key> = sifting.whom.keys.iter().cloned().collect();
        let keys: Vec<Key> = namesakes.difference(&asked).cloned().collect();
        if keys.is_empty() {
            return self.all_fetched(sifting, entries);
        }
        sifting.whom.keys.extend(keys.iter().cloned());
        self.phase = Phase::FetchingNamesakes(sifting, entries);
        vec![Effect::Fetch(Whom { handles: Vec::new(), keys })]
    }

    /// So was whoever has one of their keys.
    pub(super) fn namesakes_fetched(
        &mut self,
        sifting: Box<Sifting>,
        mut entries: Vec<Entry>,
        namesakes: Vec<Entry>,
    ) -> Vec<Effect> {
        // Whoever is read twice may have changed meanwhile, and would look like two.
        let read: BTreeSet<Handle> = self.handled(&sifting, &entries).map(|(handle, _)| handle).collect();
        let (mapping, kind) = (&self.job.mapping, sifting.server.kind);
        entries.extend(
            namesakes
                .into_iter()
                .filter(|entry| mapping.handle(entry, kind).is_none_or(|handle| !read.contains(&handle))),
        );
        self.all_fetched(sifting, entries)
    }

    /// Where keys are not handles: both of each entry.
    fn handled<'a>(&'a self, sifting: &Sifting, entries: &'a [Entry]) -> impl Iterator<Item = (Handle, Key)> + use<'a> {
        let (mapping, kind) = (&self.job.mapping, sifting.server.kind);
        entries.iter().filter_map(move |entry| mapping.handle(entry, kind).zip(mapping.key(entry, kind).ok()))
    }

    fn all_fetched(&mut self, mut sifting: Box<Sifting>, entries: Vec<Entry>) -> Vec<Effect> {
        let kind = sifting.server.kind;
        sifting.whom.keys.extend(entries.iter().filter_map(|entry| self.job.mapping.key(entry, kind).ok()));
        let recognise = Transaction::Recognise(sifting.whom.clone());
        self.phase = Phase::Recognising(sifting, entries);
        vec![Effect::Commit(recognise)]
    }

    /// Those among them who are known are at hand.
    pub(super) fn recognised(
        &mut self,
        sifting: Sifting,
        entries: &[Entry],
        known: Roll,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
        if known.is_empty() && entries.is_empty() {
            return self.nothing_changed(sifting, began, now);
        }
        let Sifting { server, delta, whom: _ } = sifting;
        let mut intake = Intake::new(known, Vec::new(), server, self.job.rules, self.job.absence);
        intake.keyless_elsewhere = self.feed.as_ref().map_or(0, |feed| feed.keyless);
        let staged = intake.take(&self.job, entries, now);
        self.tally.entries = intake.entries;
        let staging = (!staged.is_empty()).then(|| Effect::Commit(Transaction::Stage(staged)));
        if let Err(why) = intake.judgeable(population(self.feed.as_ref())) {
            return self.failed(why, began);
        }
        let marks = Some(delta.marks);
        let mut effects: Vec<_> = staging.into_iter().collect();
        let extent = Extent::Touched { keyless: intake.keyless };
        let read = Read { intake, extent, marks, referrals: Vec::new() };
        effects.extend(self.look_for_the_missing(read, began, now));
        effects
    }

    fn nothing_changed(&mut self, sifting: Sifting, began: Timestamp, now: Timestamp) -> Vec<Effect> {
        let Sifting { server, delta, whom: _ } = sifting;
        let standpoint = self.standpoint(&server, Some(delta.marks), now);
        let known = self.feed.as_ref().is_some_and(|feed| {
            feed.server.as_ref() == Some(&standpoint.server)
                && feed.server_since == standpoint.since
                && feed.marked == standpoint.marked
        });
        if self.is_plan() {
            let (guard, first_seen_inactive) = (Grounds::default(), self.job.first_seen_inactive);
            let question = Question {
                observed: Vec::new(),
                accounts: Vec::new(),
                holders: Vec::new(),
                guard,
                first_seen_inactive,
            };
            return self.planned(question, Plan::default());
        }
        if known {
            return self.deliver(began);
        }
        self.phase = Phase::Admitting;
        vec![Effect::Commit(Transaction::Advance(standpoint))]
    }

    /// Who answered, and where it stood, as it is stored.
    pub(super) fn standpoint(&self, server: &Server, marks: Option<Marks>, now: Timestamp) -> Standpoint {
        let marked = marks.map(|marks| Marked { under: under(&self.job, server), marks });
        Standpoint { server: server.name.clone(), since: self.server_since(server, now), marked }
    }
}
