//! Who is known and was not read: what is wished for them.

use super::intake::Intake;
use super::judge::protection;
use crate::directory::{Sighting, Sightings};
use crate::plan::{self, Known, Staged, Wish, absence};
use crate::roster::Timestamp;

impl Intake {
    /// People with an active claim who were not read, in the order of their keys.
    pub fn missing(&self) -> Vec<Known> {
        let mut missing: Vec<Known> = self.known.unread().filter(|known| known.active).collect();
        missing.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        missing
    }

    /// What is wished for the missing.
    pub fn judge_missing(&self, sightings: &Sightings, unsettled: bool, now: Timestamp) -> Result<Vec<Staged>, String> {
        let found = sightings.iter().filter(|(_, sighting)| *sighting == Sighting::Matches).count();
        if found > 0 {
            return Err(format!(
                "{found} people were missing from the reading but are found by their key: not complete"
            ));
        }
        let missing = self.missing();
        let many = (missing.len(), sightings.len());
        let absent = |known: &Known| {
            let Known { key, .. } = known;
            let sighting = sightings.iter().find(|(sighted, _)| *sighted == *key).map(|(_, sighting)| *sighting);
            self.absent(known, sighting, many, unsettled, now)
        };
        Ok(missing.iter().map(absent).collect())
    }

    /// What is wished for the imported, unless somebody who was read has their identity.
    pub fn judge_imported(&self, unsettled: bool, now: Timestamp) -> impl Iterator<Item = Staged> {
        // Whose identity is not known may be any of them.
        let nameless = self.keyless + self.shared.len() as u64 + self.unreadable + self.invalid;
        self.imported.iter().map(move |imported| {
            let absent = plan::import::judge(imported, &self.absence, self.server.kind, unsettled, now);
            let unsure = (nameless > 0 && matches!(absent.wish, Wish::Leave(_)))
                .then(|| format!("{}, but {nameless} people are unreadable or invalid, and may have it", absent.why));
            Staged {
                key: imported.key.clone(),
                person: Some(imported.id),
                wish: absent.wish,
                body: None,
                unique: Vec::new(),
                once: false,
                seen: None,
                handle: None,
                recheck_at: None,
                protected: false,
                why: Some(absent.why),
                needs_approval: absent.needs_approval.or(unsure),
                absent_since: Some(imported.absent_since.unwrap_or(now)),
                imported: Some(imported.at),
                changed_at: None,
            }
        })
    }

    fn believe(&self, sighting: Sighting, since: Timestamp, unsettled: bool, now: Timestamp) -> absence::Absent {
        let (sees, kind) = (self.server.sees_deleted, self.server.kind);
        let absent = absence::judge(sighting, sees, &self.absence, kind, since, unsettled, now);
        let keyless = self.keyless.max(self.keyless_elsewhere);
        if sighting != Sighting::Deleted && keyless > 0 && matches!(absent.wish, Wish::Leave(_)) {
            // They may be among those: whose key can't be read can't be found by it, and who is may be somebody else.
            let why = format!("{}; but {keyless} entries came without a key", absent.why);
            return absence::Absent { needs_approval: Some(why), ..absent };
        }
        absent
    }

    fn absent(
        &self,
        known: &Known,
        sighting: Option<Sighting>,
        (missing, looked_up): (usize, usize),
        unsettled: bool,
        now: Timestamp,
    ) -> Staged {
        let since = known.absent_since().unwrap_or(now);
        let absent = match sighting {
            Some(sighting) => self.believe(sighting, since, unsettled, now),
            None => absence::Absent {
                wish: Wish::Leave(None),
                why: "missing".to_owned(),
                needs_approval: Some(format!("{missing} people are missing at once; {looked_up} were looked up")),
            },
        };
        let protected = known.protected && matches!(absent.wish, Wish::Leave(_));
        Staged {
            key: known.key.clone(),
            person: Some(known.id),
            wish: absent.wish,
            body: None,
            unique: Vec::new(),
            once: false,
            seen: None,
            handle: None,
            recheck_at: None,
            protected: known.protected,
            why: Some(absent.why),
            needs_approval: absent.needs_approval.or_else(|| protected.then(protection)),
            absent_since: Some(since),
            imported: None,
            changed_at: None,
        }
    }
}
