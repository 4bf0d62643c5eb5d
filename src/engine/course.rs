//! Whether everybody is read, or only those who may have changed.

use jiff::SignedDuration;

use super::{Job, Reach};
use crate::directory::Server;
use crate::directory::changes::{Changes, Marks};
use crate::plan::Feed;
use crate::roster::{Fingerprint, Timestamp};

/// Of whom so few may have changed it is always cheaper to ask for them than to read everybody.
const FEW: u64 = 1_000;

/// And so large a part of everybody: one in this many.
const FEW_OF: u64 = 20;

/// What a run reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// Everybody, and why, where changes alone might have done.
    Everybody(Option<String>),
    /// Whoever changed since then.
    Since(Marks),
}

/// What a run reads. A mark is believed only from the server that gave it, and while nothing is different that decides
/// whom it tells about.
pub fn course(job: &Job, feed: Option<&Feed>, server: &Server, now: Timestamp) -> Course {
    let because = |why: &str| Course::Everybody(Some(why.to_owned()));
    if job.changes == Changes::Full {
        return Course::Everybody(None);
    }
    let Some((feed, rules)) = feed.and_then(|feed| Some((feed, feed.rules?))) else {
        return because("it is the first reading");
    };
    if job.reach == Reach::Everybody {
        return because("it was asked for");
    }
    if rules != job.rules {
        return because("search, key, mapping or identity changed");
    }
    let every = SignedDuration::try_from(job.full_reading).unwrap_or(SignedDuration::MAX);
    // A last time that is yet to come is one by a clock that was wrong.
    let fresh = feed.full_at.is_some_and(|at| at <= now && now.duration_since(at) < every);
    if !fresh {
        return because("`full_reading` is due");
    }
    if feed.imports {
        return because("only that tells whether the imported are anybody's");
    }
    if feed.server.as_ref() != Some(&server.name) {
        // What it does not tell again was perhaps changed since by what the other one told.
        return because("another server answers than before");
    }
    match &feed.marked {
        None => because("the directory did not tell where it stood (why: rosterd check)"),
        Some(marked) if marked.under != under(job, server) => {
            because("the bind account, what it may see, or `changes` is another")
        }
        Some(marked) => Course::Since(marked.marks.clone()),
    }
}

/// Over all under which a mark is worth something.
pub fn under(job: &Job, server: &Server) -> Fingerprint {
    Fingerprint::of(format!("{} {:?} {}", job.rules, job.changes, server.rights).as_bytes())
}

/// Whether so many are too many to be asked for one by one, of as many as were read the last time.
pub fn too_many(touched: u64, feed: Option<&Feed>) -> bool {
    touched > FEW && touched > population(feed) / FEW_OF
}

/// How many there were when everybody was last read.
pub fn population(feed: Option<&Feed>) -> u64 {
    feed.map_or(0, |feed| feed.bases.iter().sum())
}
