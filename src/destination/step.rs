//! A job's steps: what a target wants done next, what became of it, and how the job ended.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Remote, Reply, Request};
use crate::roster::{Payload, Timestamp};

/// Where a job stands, in its target's own words: ids and counts, never a member's value or a secret; nor a moment, which
/// would not move along when the host's clock is set ([`super::Env::since`] does). A batch's ticket is stored before the
/// step that it describes is taken, so that a restart finds out how far the job had come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticket(Option<String>);

impl Ticket {
    /// Of a job of one step, about which there is nothing to remember; and of every job that has not begun.
    pub const NONE: Self = Self(None);

    /// A ticket with these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(Some(words.into()))
    }

    /// From the stored form.
    pub fn from_stored(words: Option<String>) -> Self {
        Self(words)
    }

    /// The words.
    pub fn words(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Make this call and come back with the answer.
    Call(Request, Ticket),
    /// See to a secret that the target says only once, and come back when that is done.
    Keep(Chore, Ticket),
    /// The target is at work on the batch: come back at this moment. Whatever else there is to do goes on meanwhile.
    /// Says what it is doing, in words fit for logs.
    Wait(Timestamp, Ticket, String),
    /// The job is over.
    Done(Done),
}

/// What is done about secrets that a target tells only once.
#[derive(Debug)]
pub enum Chore {
    /// Make sure that one can be kept in this folder, before there is one.
    Prepare(PathBuf),
    /// Keep it.
    Keep(Secret),
    /// Nobody needs the file any more; that it is not there is as good.
    Discard(PathBuf),
}

/// A secret the target tells only once, and where it is kept.
pub struct Secret {
    /// A file; only its owner may read it and the folder.
    pub path: Option<PathBuf>,
    /// A command and its arguments, which is handed the secret on its standard input; none when empty. It is kept only
    /// when the command ends well.
    pub command: Vec<String>,
    /// What is written.
    pub value: SecretString,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What became of a step.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The call was answered.
    Reply(&'a Reply),
    /// The call provably never left (DNS, connect, TLS). Says why.
    Unsent(&'a str),
    /// No whole answer: the call may have taken effect. Says why.
    Unanswered(&'a str),
    /// The secret is seen to, or why not.
    Kept(Result<(), &'a str>),
    /// The moment waited for has come; or what was unanswered, perhaps because of a crash, can't take effect any more.
    /// The ticket says which. What follows may ask and undo, but never sends the members again: by now other things may
    /// be due for them, and only [`Done::Lost`] or [`Done::Later`] has those sent.
    Woken,
}

/// How a job ended.
#[derive(Debug)]
pub enum Done {
    /// A token and until when it may be used.
    Token(SecretString, Timestamp),
    /// All members confirmed; with what the target calls these from now on (`None`: it does not know them any more).
    Accepted(Vec<(i64, Option<Remote>)>),
    /// Some were named as refused, the rest is confirmed.
    Partly(Vec<(i64, Refusal)>),
    /// Refused as a whole because of somebody among them whom the target does not name: halve until the culprit is alone.
    Split(Refusal),
    /// Nothing more is to be done for the only member of the batch until somebody looked.
    Stuck(Refusal),
    /// The batch is too large for the target; halve, and stay there for the rest of the run.
    TooLarge(Refusal),
    /// The credential or token was refused, and the call not applied.
    Unauthorised(Refusal),
    /// Nothing of the job was applied; try again, not before the moment given.
    Later(Option<Timestamp>, Refusal),
    /// It may have taken effect; come back with [`Input::Woken`] once it can't any more.
    Unknown(Refusal),
    /// It may have taken effect, and can't be asked about: send the newest state.
    Lost(Refusal),
    /// The target took the members and broke down over them, perhaps halfway: send the newest state, but not for ever.
    Failed(Refusal),
    /// Everybody the target knows, and what its members can be given.
    Observed(Vec<Seen>, Vec<Scope>),
    /// The credentials are good; what members can be given at the target.
    Good(Vec<Scope>),
}

/// A member as the target shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the target calls it.
    pub remote: Remote,
    /// What it shows.
    pub payload: Payload,
    /// Since when it is there, in the target's words.
    pub since: Option<String>,
}

/// Something that members can be given at a target, by its own name and number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub entity: String,
}

/// Why a target said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In words fit for logs: status and the target's own words, cut short, without members' values.
    pub text: String,
    /// What it said of this very member, values and all.
    pub said: Option<Said>,
}

/// A target's words about a member, which may repeat their values: kept for a day, and shown only to those who may see
/// people.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    /// One readable line.
    pub line: String,
    /// As given, JSON.
    pub given: String,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Said(…)")
    }
}
