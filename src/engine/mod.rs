//! The pipeline: events in, effects out.
//!
//! A [`Run`] is one sync's reading, weighing and delivery as a state machine: [`Run::handle`] takes what happened and
//! the moment, and answers with what is to be done. It touches nothing itself, so that it can be simulated, and a crash
//! is dropping it between two effects.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::delivery::batch::{Batch, Settlement};
use crate::delivery::drift::Drifted;
use crate::delivery::next::Work;
use crate::delivery::quota::Purpose;
use crate::destination::{Chore, Destination, Item, Reply, Request, Seen, Ticket};
use crate::directory::changes::{Changed, Changes, Handle, Marks, Whom};
use crate::directory::{Entry, Page, Server, Sightings};
use crate::mapping::Mapping;
use crate::plan::guard::Grounds;
use crate::plan::{
    self, Absence, Account, Feed, FirstSeenInactive, Holder, Imported, Limits, Marked, Observed, Plan, Roll, Staged,
};
use crate::roster::{Fingerprint, Key, Timestamp};

mod courier;
mod course;
mod delta;
mod intake;
mod judge;
mod missing;
mod reading;
mod run;
mod tally;
#[cfg(test)]
mod tests;

pub use courier::REFUSES_EVERYBODY;
pub use run::Run;
pub use tally::{Outcome, Planned, Tally};

/// Everything a run goes by.
#[derive(Clone, Debug)]
pub struct Job {
    /// Name of the sync.
    pub sync: String,
    /// Its former name.
    pub was: Option<String>,
    /// Entry → judgement.
    pub mapping: Arc<Mapping>,
    /// The target.
    pub destination: Arc<dyn Destination>,
    /// Over search, mapping and identity.
    pub rules: Fingerprint,
    /// The guard's.
    pub limits: Limits,
    /// What absence means.
    pub absence: Absence,
    /// What to do with people who are inactive when first seen.
    pub first_seen_inactive: FirstSeenInactive,
    /// How changes are learnt of between two readings of everybody.
    pub changes: Changes,
    /// How often everybody is read all the same.
    pub full_reading: Duration,
    /// Whom it reads.
    pub reach: Reach,
    /// What the run is for.
    pub purpose: Aim,
    /// How long the run waits for a target that asks for patience.
    pub patience: Duration,
    /// Randomness, for jitter.
    pub seed: u64,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To say what a sync would do; nothing is stored or sent.
    Plan,
    /// To do it.
    Sync,
    /// To go on with the last sync's delivery, without reading the directory: what had to wait can go on.
    Resume,
}

/// Whom a run reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those who may have changed, where the config says so and that is known.
    #[default]
    Changes,
    /// Everybody, whatever the config says.
    Everybody,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The run may begin.
    Start,
    /// A transaction was committed.
    Committed(Answer),
    /// The directory was reached.
    Opened(Server),
    /// A page came.
    Page(Page),
    /// What changed, or that the directory can't tell.
    Changed(Changed),
    /// Those asked for were read; whoever is not among them is not found.
    Fetched(Vec<Entry>),
    /// The missing were looked up.
    Sighted(Sightings),
    /// When entries were last changed, of those of whom the directory tells it.
    Dated(Vec<(Key, Timestamp)>),
    /// The directory failed; the text is fit for logs.
    ReadFailed(String),
    /// A call was answered.
    Replied(Reply),
    /// A call provably never left.
    Unsent(String),
    /// A call may have taken effect.
    Unanswered(String),
    /// A secret is seen to, or why not.
    Kept(Result<(), String>),
    /// The moment asked for has come.
    Woken,
}

/// What is to be done, one after the other.
#[derive(Debug)]
pub enum Effect {
    /// Commit; comes back as [`Event::Committed`].
    Commit(Transaction),
    /// Reach the directory: [`Event::Opened`].
    Open,
    /// Read the next page: [`Event::Page`].
    ReadPage,
    /// Ask what changed since then: [`Event::Changed`].
    AskChanges(Marks),
    /// Read these, as the searches find them: [`Event::Fetched`].
    Fetch(Whom),
    /// Look these up: [`Event::Sighted`].
    LookUp(Vec<Key>),
    /// Ask when the entries of these were changed: [`Event::Dated`].
    Date(Vec<Key>),
    /// Call the target: [`Event::Replied`], [`Event::Unsent`] or [`Event::Unanswered`].
    Call(Request),
    /// See to a secret: [`Event::Kept`].
    Keep(Chore),
    /// Come back at this moment: [`Event::Woken`].
    WakeAt(Timestamp),
    /// Show how far the run is; nothing comes back.
    Tell(Progress),
    /// The run is over.
    Finish(Box<Outcome>),
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Entries read so far.
    Read(u64),
    /// Reading so many who may have changed.
    Changed(u64),
    /// Looking up so many missing people.
    LookingUp(u64),
    /// Members confirmed so far.
    Delivered(u64),
    /// Waiting for the target, until when and why.
    Waiting(Timestamp, String),
}

/// What is committed.
#[derive(Debug)]
pub enum Transaction {
    /// A run begins: [`Answer::Begun`].
    Begin,
    /// Everybody known is wanted: [`Answer::Acquainted`].
    Know,
    /// Who is to be looked at besides those who were touched, and who is known and not present, where that is told:
    /// [`Answer::Suspects`].
    Suspect(Vec<Handle>, Option<Vec<Handle>>),
    /// Those among these who are known are wanted: [`Answer::Acquainted`].
    Recognise(Whom),
    /// The last run goes on: [`Answer::Resumed`].
    Resume,
    /// Part of a reading is staged: [`Answer::Done`].
    Stage(Vec<Staged>),
    /// When the directory changed those of whom it was staged that they leave: [`Answer::Done`].
    Date(Vec<(Key, Timestamp)>),
    /// What was staged is asked back beside what is known: [`Answer::Known`].
    Recall(Newcomers),
    /// Nothing changed until here: [`Answer::Done`].
    Advance(Standpoint),
    /// A plan is admitted: [`Answer::Admitted`].
    Admit(Box<Admit>),
    /// What is there to deliver: [`Answer::Work`].
    Survey,
    /// A token request is charged: [`Answer::Charged`].
    Charge(Purpose),
    /// A token request is over: [`Answer::Done`].
    Token(TokenOutcome),
    /// Pending accounts become a batch of at most so many, which is about to leave: [`Answer::Claimed`].
    Claim(usize),
    /// A batch that was prepared before is about to leave, or one is to be asked about: [`Answer::Frozen`].
    MarkSent(i64),
    /// Where a batch's job stands, before its next step: [`Answer::Done`].
    Note(i64, Ticket),
    /// The target is at work on a batch, and is asked again at a moment; what it is doing, in words: [`Answer::Done`].
    Wait(i64, Ticket, Timestamp, String),
    /// A batch was answered: [`Answer::Done`].
    Settle(Batch, Settlement, Option<Timestamp>),
    /// Everybody the target knows: who of ours is not as it confirmed is staged beside what is read of the directory, or
    /// only counted: [`Answer::Drifted`].
    Observe(Vec<Seen>),
    /// The token is not accepted any more: [`Answer::Done`].
    DropToken,
    /// The target refuses everybody until a moment: [`Answer::Done`].
    Reject(Timestamp, String),
    /// What is left over: [`Answer::LeftOver`].
    Count,
    /// The run ends: [`Answer::Done`].
    End(Box<Tally>),
}

/// What becomes of those who come to an identity that nobody contends for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newcomers {
    /// They are weighed like all the others: the guard counts them, and may hold them.
    Weighed,
    /// They join, whatever becomes of the others: nothing of them is asked back.
    Apart,
}

/// A plan and what it was weighed from.
#[derive(Debug)]
pub struct Admit {
    /// The question.
    pub question: plan::Question,
    /// The answer.
    pub plan: Plan,
    /// People who never had an account and are not in the directory any more.
    pub forgotten: Vec<i64>,
    /// People who left and were not read.
    pub unseen: Vec<i64>,
    /// How far it is what the directory holds.
    pub extent: Extent,
    /// Who answered, and where it stood.
    pub standpoint: Standpoint,
}

/// How far a reading is what a directory holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everybody was read: nobody else is there.
    Everybody {
        /// Entries found per search.
        bases: Vec<u64>,
        /// Entries without a usable key.
        keyless: u64,
    },
    /// Only those who may have changed were.
    Touched {
        /// Those among them without a usable key.
        keyless: u64,
    },
}

/// Who answered, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpoint {
    /// The server.
    pub server: String,
    /// When a change of server was first seen, while it has not settled.
    pub since: Option<Timestamp>,
    /// Where it stood; `None`: that is not told.
    pub marked: Option<Marked>,
}

/// What was staged, beside what is known.
#[derive(Debug)]
pub struct Recalled {
    /// The people that are to be weighed.
    pub observed: Vec<Observed>,
    /// The accounts they claim or wish for.
    pub accounts: Vec<Account>,
    /// Who has what they want for themselves alone.
    pub holders: Vec<Holder>,
    /// What the guard goes by.
    pub grounds: Grounds,
    /// How many newcomers were set apart.
    pub newcomers: u64,
}

/// A run that goes on.
#[derive(Debug)]
pub struct Resumed {
    /// The sync.
    pub feed: Feed,
    /// The target its people are at.
    pub realm: String,
    /// What it did so far.
    pub tally: Tally,
}

/// How a token request ended.
#[derive(Debug)]
pub enum TokenOutcome {
    /// A token, good until then.
    Kept(SecretString, Timestamp),
    /// It never left: the charge is taken back; next try not before.
    Refunded(i64, Timestamp, String),
    /// No token; next try not before.
    Failed(Timestamp, String),
    /// The credentials were refused.
    Latched(Fingerprint, String),
}

/// What a transaction answers.
#[derive(Debug)]
pub enum Answer {
    /// Committed.
    Done,
    /// A run began.
    Begun {
        /// The run; 0 for a plan.
        run: i64,
        /// The sync; `None` when it never ran and nothing may be stored.
        feed: Option<Feed>,
        /// The target its people are at.
        realm: Option<String>,
    },
    /// People a sync knows, and the identities it knows from an import only, where everybody was wanted.
    Acquainted(Roll, Vec<Imported>),
    /// People to be looked at.
    Suspects(Vec<Key>),
    /// The run that goes on; `None` when there is none, or its end was never recorded.
    Resumed(Option<Box<Resumed>>),
    /// What was staged, beside what is known.
    Known(Box<Recalled>),
    /// So many are invalid who were not before.
    Admitted(u64),
    /// What there is to deliver, the token, and failures in a row.
    Work(Box<Work>, Option<SecretString>, u32),
    /// Charged, or until when to wait.
    Charged(Result<i64, Timestamp>),
    /// A batch that is marked as sent, and what is to be sent; `None` when nothing is ready any more.
    Claimed(Option<(Batch, Vec<Item>)>),
    /// What is to be sent: account, identity, leaving, last good payload.
    Frozen(Vec<Item>),
    /// Who is not at the target as it confirmed them.
    Drifted(Drifted),
    /// What is left over.
    LeftOver {
        /// Accounts still to be sent.
        pending: u64,
        /// Members this run's target refused.
        refused: u64,
    },
}
