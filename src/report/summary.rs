//! What a run did, for people and scripts.

use serde::{Deserialize, Serialize};

use crate::engine::Tally;

/// What a run did: `rosterd sync --json` prints this, `runs` shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the sync.
    pub sync: String,
    /// The run; 0 when it did not begin.
    pub run: i64,
    /// `ok`, `partial`, `pending`, `held` or `failed`.
    pub result: String,
    /// Why it failed, what it waits for, or why it is only partly done.
    pub error: Option<String>,
    /// The held plan's id.
    pub plan: Option<String>,
    /// What was read.
    pub read: Read,
    /// What was found.
    pub members: Members,
    /// What was sent.
    pub delivery: Delivery,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// `full`, or `delta`: only those who may have changed.
    pub mode: String,
    /// Entries.
    pub entries: u64,
    /// Why everybody was read, where changes alone might have done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What was found and admitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// New.
    pub joined: u64,
    /// With other fields.
    pub changed: u64,
    /// Gone or inactive; identity changes too.
    pub left: u64,
    /// Active again.
    pub returned: u64,
    /// As before.
    pub unchanged: u64,
    /// Kept because their fields break a rule or their identity is disputed; whether new or not.
    pub invalid: u64,
    /// Not this sync's business.
    pub skipped: u64,
}

/// What was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Members confirmed.
    pub confirmed: u64,
    /// Members the target refused.
    pub refused: u64,
    /// Members still to be sent.
    pub pending: u64,
    /// Members held by the guard.
    pub held: u64,
    /// Requests made.
    pub requests: u64,
    /// Token requests made.
    pub token_requests: u64,
}

/// How a command ends; the worst wins, in the order of [`Exit::rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, but members are newly invalid or refused.
    Partial,
    /// Deliveries are pending.
    Pending,
    /// `plan --check`: there is something to do.
    ToDo,
    /// Held by the guard.
    Held,
    /// Failed.
    Failed,
    /// Usage or config.
    Usage,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Held => 4,
            Self::ToDo => 5,
            Self::Pending => 6,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Partial => 1,
            Self::Pending => 2,
            Self::ToDo => 3,
            Self::Held => 4,
            Self::Failed => 5,
            Self::Usage => 6,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

impl Summary {
    /// The summary of a run's tally.
    pub fn of(sync: &str, tally: &Tally) -> Self {
        let [leave, identity, back, change, join] = tally.kinds;
        let (result, _) = verdict(tally);
        Self {
            sync: sync.to_owned(),
            run: tally.run,
            result: result.to_owned(),
            error: [&tally.failed, &tally.waits, &tally.keyless].into_iter().flatten().next().cloned(),
            plan: tally.plan.clone(),
            read: Read {
                mode: if tally.delta { "delta" } else { "full" }.to_owned(),
                entries: tally.entries,
                why: tally.everybody.clone(),
            },
            members: Members {
                joined: join,
                changed: change,
                left: leave + identity,
                returned: back,
                unchanged: tally.unchanged,
                invalid: tally.invalid,
                skipped: tally.skipped,
            },
            delivery: Delivery {
                confirmed: tally.confirmed,
                refused: tally.refused,
                pending: tally.pending,
                held: tally.held,
                requests: tally.requests,
                token_requests: tally.token_requests,
            },
        }
    }

    /// Whether only changes were asked for, and nothing was to be done.
    pub fn is_idle(&self) -> bool {
        let Members { joined, changed, left, returned, unchanged: _, invalid: _, skipped: _ } = &self.members;
        self.read.mode == "delta" && joined + changed + left + returned + self.delivery.requests == 0
    }

    /// How a command that ran only this ends.
    pub fn exit(tally: &Tally) -> Exit {
        verdict(tally).1
    }
}

fn verdict(tally: &Tally) -> (&'static str, Exit) {
    if tally.failed.is_some() {
        ("failed", Exit::Failed)
    } else if tally.held > 0 {
        ("held", Exit::Held)
    } else if tally.pending > 0 || tally.waits.is_some() {
        ("pending", Exit::Pending)
    } else if tally.newly_invalid > 0 || tally.refused > 0 || tally.keyless.is_some() {
        ("partial", Exit::Partial)
    } else {
        ("ok", Exit::Done)
    }
}
