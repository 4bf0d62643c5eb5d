//! What happens by itself: late bulks arrive, jobs begin and end, and after a day everything personal is removed.

use jiff::Timestamp;

use super::Boostcom;
use super::bulk::{Bulk, Status};
use super::member::{Taken, Terms};
use super::send::Sent;
use super::workers::RETRIES;
use crate::sandbox::clock::later;

/// A bulk on its way.
pub(super) struct Arrival {
    pub(super) due: Timestamp,
    pub(super) import_id: String,
    pub(super) sent: Sent,
}

/// Something that happens by itself. Of what is due at the same time, the first of these happens first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Arrive(usize),
    End(u64),
    Remove(u64),
    Pick(u64),
}

impl Boostcom {
    /// Everything that is due by now happens, in the order of its becoming due.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        while let Some((at, step)) = self.next().filter(|(at, _)| *at <= now) {
            self.settled = at;
            match step {
                Step::Arrive(index) => {
                    let Arrival { import_id, sent, .. } = self.arrivals.remove(index);
                    self.arrive(import_id, sent, at);
                }
                Step::End(id) => self.end(id, at),
                Step::Remove(id) => self.remove(id, at),
                Step::Pick(id) => self.bulk(id).becomes(Status::Working, at),
            }
        }
        self.settled = self.settled.max(now);
    }

    /// The next thing to happen, and when. Nothing happens in the past: what should have been long ago, had the workers
    /// always been as they are now, happens at once.
    fn next(&self) -> Option<(Timestamp, Step)> {
        let arrivals = self.arrivals.iter().enumerate().map(|(index, arrival)| (arrival.due, Step::Arrive(index)));
        let working = self.unfinished().filter(|bulk| bulk.status == Status::Working);
        let ends = working.filter_map(|bulk| Some((self.workers.due(bulk)?, Step::End(bulk.id))));
        let oldest = self.bulks.get(self.removed).map(|bulk| (self.gone(bulk), Step::Remove(bulk.id)));
        let due = arrivals.chain(ends).chain(oldest).map(|(at, step)| (at.max(self.settled), step));
        due.chain(self.pick()).min()
    }

    /// The bulk that a free worker takes, and when.
    fn pick(&self) -> Option<(Timestamp, Step)> {
        let (working, waiting): (Vec<&Bulk>, Vec<&Bulk>) =
            self.unfinished().partition(|bulk| bulk.status == Status::Working);
        if working.len() >= self.workers.at_once {
            return None;
        }
        let due = |bulk: &&Bulk| self.workers.due(bulk);
        let at = waiting.iter().filter_map(due).min()?.max(self.settled);
        let ready = waiting.iter().filter(|bulk| due(bulk).is_some_and(|due| due <= at)).map(|bulk| bulk.id);
        Some((at, Step::Pick(self.workers.pick(ready)?)))
    }

    /// A job ends, well or not.
    fn end(&mut self, id: u64, at: Timestamp) {
        if self.workers.fails(id) {
            let bulk = self.bulk(id);
            bulk.retries += 1;
            let status = if bulk.retries < RETRIES { Status::WaitingForRetry } else { Status::Failed };
            bulk.becomes(status, at);
        } else {
            self.work(id, at);
            self.bulk(id).becomes(Status::Finished, at);
        }
        if self.bulk(id).is_done() {
            self.unfinished.remove(&id);
        }
    }

    /// All members of a bulk, one after the other.
    fn work(&mut self, id: u64, at: Timestamp) {
        let Self { bulks, people, options, workers, .. } = self;
        let bulk = &mut bulks[place(id)];
        let Some(payload) = bulk.payload.clone() else { return };
        let terms = Terms {
            import_id: &bulk.import_id,
            only_create: bulk.only_create,
            schema: &options.schema,
            resubscribe: options.resubscribe,
            refuse: &workers.refuse,
        };
        let [mut created, mut updated, mut invalid] = [0; 3];
        for member in payload.iter() {
            match people.take(member, &terms, at) {
                Taken::Created => created += 1,
                Taken::Updated => updated += 1,
                Taken::Left => {}
                Taken::Invalid(identifier, errors) => {
                    invalid += 1;
                    bulk.errors.insert(identifier, errors);
                }
            }
        }
        (bulk.created, bulk.updated, bulk.invalid) = (created, updated, invalid);
    }

    fn gone(&self, bulk: &Bulk) -> Timestamp {
        later(bulk.created_at, self.options.retention)
    }

    /// A bulk's personal data goes; without it there is nothing left to work on.
    fn remove(&mut self, id: u64, at: Timestamp) {
        self.removed = place(id) + 1;
        let bulk = self.bulk(id);
        bulk.payload = None;
        bulk.errors.clear();
        if !bulk.is_done() {
            bulk.becomes(Status::Failed, at);
            self.unfinished.remove(&id);
        }
    }

    fn unfinished(&self) -> impl Iterator<Item = &Bulk> {
        self.unfinished.iter().map(|id| &self.bulks[place(*id)])
    }

    fn bulk(&mut self, id: u64) -> &mut Bulk {
        &mut self.bulks[place(id)]
    }
}

/// Where a bulk is kept: ids are counted from 1.
#[expect(clippy::cast_possible_truncation, reason = "an id is a place in a list, plus one")]
fn place(id: u64) -> usize {
    id as usize - 1
}
