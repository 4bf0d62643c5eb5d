//! What changes clients: at once, or later where a fault says so.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::wanted::Wanted;
use super::{About, Actor, Capillary, Effect, Outcome, Postponed, Record, Refusal, Target, Verdict, reply};
use crate::sandbox::answer::Answer;
use crate::sandbox::clock::later;

/// Something that is done to one client.
pub(super) struct Deed {
    /// Of the client.
    key: String,
    by: Actor,
    change: Change,
}

/// What is done.
enum Change {
    /// It appears like this; its key and secret are settled by then, and may have been told.
    Create(Box<Record>),
    Update(Wanted),
    Delete,
}

impl Change {
    fn target(&self) -> Target {
        match self {
            Self::Create(_) => Target::Create,
            Self::Update(_) => Target::Update,
            Self::Delete => Target::Delete,
        }
    }

    fn done(&self) -> Outcome {
        match self {
            Self::Create(_) => Outcome::Created,
            Self::Update(_) => Outcome::Updated,
            Self::Delete => Outcome::Deleted,
        }
    }

    fn postponed(&self) -> Outcome {
        match self {
            Self::Create(_) => Outcome::CreatedLate,
            Self::Update(_) => Outcome::UpdatedLate,
            Self::Delete => Outcome::DeletedLate,
        }
    }

    fn reply(&self, after: &Record) -> Answer {
        match self {
            Self::Create(_) => reply::created(after),
            Self::Update(_) => reply::updated(after),
            Self::Delete => reply::deleted(after),
        }
    }
}

impl Deed {
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn target(&self) -> Target {
        self.change.target()
    }
}

impl Capillary {
    pub(super) fn create(
        &mut self,
        fields: &Map<String, Value>,
        by: Actor,
        now: Timestamp,
    ) -> Result<Verdict, Refusal> {
        let wanted = Wanted::created(fields, &self.entities);
        let wanted = wanted.map_err(|reason| broken(&reason, About { client_key: None, name: name(fields) }))?;
        let record = self.fresh(wanted, by.clone(), now);
        self.carry_out(Deed { key: record.key.clone(), by, change: Change::Create(Box::new(record)) }, now)
    }

    pub(super) fn update(
        &mut self,
        key: &str,
        fields: &Map<String, Value>,
        by: Actor,
        now: Timestamp,
    ) -> Result<Verdict, Refusal> {
        let wanted = Wanted::updated(fields, &self.entities);
        let about = || About { client_key: Some(key.into()), name: name(fields) };
        let wanted = wanted.map_err(|reason| broken(&reason, about()))?;
        self.carry_out(Deed { key: key.into(), by, change: Change::Update(wanted) }, now)
    }

    pub(super) fn delete(&mut self, key: &str, by: Actor, now: Timestamp) -> Result<Verdict, Refusal> {
        self.carry_out(Deed { key: key.into(), by, change: Change::Delete }, now)
    }

    /// A client with an id of its own, which nobody sees yet.
    pub(super) fn fresh(&mut self, wanted: Wanted, by: Actor, at: Timestamp) -> Record {
        self.ids += 1;
        Record::new(self.ids, wanted, by, at)
    }

    /// A deed takes effect, or will, and is answered as if it had.
    fn carry_out(&mut self, deed: Deed, now: Timestamp) -> Result<Verdict, Refusal> {
        let after = self.after(&deed, now)?;
        let about = About::from(&after);
        let target = deed.target();
        if self.refuses(target, &after.name) {
            return Err(broken("not acceptable", about));
        }
        let answer = deed.change.reply(&after);
        let fate = self.faults.fate(target);
        let outcome = if let Some(Effect::Late(late)) = &fate {
            let outcome = deed.change.postponed();
            self.late.push(Postponed { due: later(now, late.after), deed });
            outcome
        } else {
            self.keep(after);
            deed.change.done()
        };
        Ok(Verdict { outcome, answer: self.faults.dress(target, answer, fate), about, reason: None })
    }

    /// The client as a deed leaves it behind.
    fn after(&self, deed: &Deed, at: Timestamp) -> Result<Record, Refusal> {
        let by = deed.by.clone();
        Ok(match &deed.change {
            Change::Create(record) => Record { created: at, ..record.as_ref().clone().touched(by, at) },
            Change::Update(wanted) => self.known(&deed.key)?.clone().updated(wanted.clone(), by, at),
            Change::Delete => self.known(&deed.key)?.clone().deleted(by, at),
        })
    }

    fn refuses(&mut self, target: Target, name: &str) -> bool {
        let unwanted = |effect: &Effect| match effect {
            Effect::RefuseAll => Some(()),
            Effect::Refuse(names) => names.iter().any(|unwanted| unwanted == name).then_some(()),
            _ => None,
        };
        self.faults.fire(target, unwanted).is_some()
    }

    /// Puts a client in its place. Its tokens end with it.
    pub(super) fn keep(&mut self, record: Record) {
        if !record.is_valid {
            self.tokens.end(record.id);
        }
        self.clients.insert(record.id, record);
    }

    /// Lets what was late take effect once it is due, in the order of its becoming due. Whatever it was meant for may be
    /// gone by then.
    pub(super) fn settle(&mut self, now: Timestamp) {
        if self.late.is_empty() {
            return;
        }
        self.late.sort_by_key(|postponed| postponed.due);
        let due = self.late.partition_point(|postponed| postponed.due <= now);
        let rest = self.late.split_off(due);
        for Postponed { due, deed } in std::mem::replace(&mut self.late, rest) {
            if let Ok(after) = self.after(&deed, due) {
                self.keep(after);
            }
        }
    }
}

fn broken(reason: &str, about: About) -> Refusal {
    Refusal::new(Outcome::Refused, 400, reason).about(about)
}

/// The name that is asked for, in whatever state the rest is.
fn name(fields: &Map<String, Value>) -> Option<String> {
    fields.get("name").and_then(Value::as_str).map(str::to_owned)
}
