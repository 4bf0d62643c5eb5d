//! What a run did, counted.

use serde::{Deserialize, Serialize};

use crate::plan::{Kind, Plan, Question, Verdict};
use crate::roster::Timestamp;

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// A sync, done as far as it could be.
    Synced(Box<Tally>),
    /// What a sync would do.
    Planned(Box<Planned>),
}

impl Outcome {
    /// What the run did, or would.
    pub fn into_tally(self) -> Tally {
        match self {
            Self::Synced(tally) => *tally,
            Self::Planned(planned) => planned.tally,
        }
    }
}

/// A plan with what it was weighed from.
#[derive(Debug)]
pub struct Planned {
    /// The question.
    pub question: Question,
    /// The answer.
    pub plan: Plan,
    /// The counts.
    pub tally: Tally,
}

/// What a run did: stored when it ends, so that it can be gone on with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// The run; 0 for a plan, and where there was none to go on with.
    pub run: i64,
    /// Why it failed.
    pub failed: Option<String>,
    /// What it waits for, or who has to act.
    pub waits: Option<String>,
    /// When it can go on by itself. Stored beside the rest, because it moves with the clock.
    #[serde(skip)]
    pub wake: Option<Timestamp>,
    /// That some entries have no key, and why: whoever is missing may be one of them.
    pub keyless: Option<String>,
    /// What an administrator may want to know although all went well.
    pub notes: Vec<String>,
    /// The held plan's id.
    pub plan: Option<String>,
    /// Whether only those were read who may have changed.
    pub delta: bool,
    /// Why everybody was read, where changes alone might have done.
    pub everybody: Option<String>,
    /// Entries read.
    pub entries: u64,
    /// Admitted changes by kind: leave, identity, return, change, join.
    pub kinds: [u64; 5],
    /// As before.
    pub unchanged: u64,
    /// Kept because their fields break a rule or their identity is disputed.
    pub invalid: u64,
    /// Who are so since this run.
    pub newly_invalid: u64,
    /// Not this sync's business.
    pub skipped: u64,
    /// Changes held by the guard.
    pub held: u64,
    /// Members confirmed.
    pub confirmed: u64,
    /// Members refused in this run.
    pub refused: u64,
    /// Members still to be sent.
    pub pending: u64,
    /// Requests made.
    pub requests: u64,
    /// Token requests made.
    pub token_requests: u64,
}

impl Tally {
    /// Whether nothing came of it: nobody was to be admitted or sent, and nobody waits for anything else than before.
    pub fn is_idle(&self) -> bool {
        let Self { delta, failed, kinds, newly_invalid, confirmed, refused, requests, token_requests, .. } = self;
        let done = kinds.iter().sum::<u64>() + newly_invalid + confirmed + refused + requests + token_requests;
        *delta && failed.is_none() && done == 0
    }

    /// Counts a plan, and newcomers that it does not name.
    pub fn count(&mut self, plan: &Plan, newcomers: u64) {
        let kinds = [Kind::Leave, Kind::Identity, Kind::Return, Kind::Change, Kind::Join];
        self.kinds = kinds.map(|kind| plan.admitted(kind) as u64 + if kind == Kind::Join { newcomers } else { 0 });
        self.plan.clone_from(&plan.id);
        self.held = plan.held().count() as u64;
        let verdicts =
            |wanted: &[Verdict]| plan.rulings.iter().filter(|ruling| wanted.contains(&ruling.verdict)).count() as u64;
        self.invalid = verdicts(&[Verdict::Invalid, Verdict::Disputed]);
        self.skipped = verdicts(&[Verdict::Skipped, Verdict::Never]);
        // Whoever was judged anew with no change to show for it is as before.
        let changed = plan.changes.len() as u64;
        let kept = self.invalid + self.skipped + verdicts(&[Verdict::Unreadable, Verdict::Absent]);
        self.unchanged += (plan.rulings.len() as u64).saturating_sub(changed + kept);
    }
}
