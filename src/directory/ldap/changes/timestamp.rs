//! By the moment at which entries were last changed, where nothing better is told. A server's clock may be set, and
//! whoever is deleted changes no more.

use std::time::{Duration, Instant};

use super::scan::{holder, scan};
use super::shown::shown;
use super::{Question, Since, Stop};
use crate::directory::changes::Position;
use crate::directory::ldap::root_dse::RootDse;
use crate::directory::{Attributes, Entry, Kind, attribute};
use crate::roster::Timestamp;

/// Changes may become visible later than they are dated: from other servers, or of a slow transaction.
const OVERLAP: Duration = Duration::from_mins(5);

/// The attribute with the moment of an entry's last change: RFC 4512 section 3.4.2, or `whenChanged` (MS-ADA3), which
/// Active Directory indexes.
pub(super) fn stamp(kind: Kind) -> &'static str {
    match kind {
        Kind::ActiveDirectory => "whenChanged",
        Kind::OpenLdap | Kind::Generic => "modifyTimestamp",
    }
}

/// The latest moment seen, which is where a server stands.
pub(in crate::directory::ldap) struct Newest {
    name: &'static str,
    seen: Option<i64>,
    begun: Instant,
    /// The server's clock before anything was read.
    clock: Option<i64>,
}

impl Newest {
    /// Before anything is read.
    pub(in crate::directory::ldap) fn begin(root: &RootDse) -> Self {
        let clock = root.server.clock.map(Timestamp::as_second);
        Self { name: stamp(root.server.kind), seen: None, begun: Instant::now(), clock }
    }

    /// What is to be asked for so that entries show it.
    pub(in crate::directory::ldap) fn asked(&self, attributes: &Attributes) -> Attributes {
        let mut asked = attributes.clone();
        asked.add(self.name);
        asked
    }

    /// Entries that were read.
    pub(in crate::directory::ldap) fn see(&mut self, entries: &[Entry], asked: &Attributes) {
        let stamps = entries.iter().filter_map(|entry| {
            attribute::generalized_time(entry.first(asked.slot(self.name)?)?).ok().map(Timestamp::as_second)
        });
        self.seen = self.seen.max(stamps.max());
    }

    /// The latest moment of which it is certain that nothing before it is still to come: reading takes its time, and
    /// who was read first may have changed before who was read last.
    pub(in crate::directory::ldap) fn latest(&self) -> Option<i64> {
        let took = i64::try_from(self.begun.elapsed().as_secs()).unwrap_or(i64::MAX);
        let latest = self.seen?.saturating_sub(took);
        // A wrong clock may have dated an entry years ahead, and then no change would ever be later.
        Some(self.clock.map_or(latest, |clock| latest.min(clock)))
    }
}

/// Nothing is known until people are read.
pub(super) async fn position(question: &mut Question<'_>) -> Result<Position, Stop> {
    for search in &question.query.searches {
        holder(question.root, &search.base)?;
    }
    shown(question, &[question.handle(), stamp(question.kind())]).await?;
    Ok(Position::Timestamp { latest: None })
}

/// Every entry changed since, whether it still is one of the query's people or not.
pub(super) async fn since(question: &mut Question<'_>, latest: Option<i64>) -> Result<Since, Stop> {
    let untold = |why: &str| Stop::Untold(why.to_owned());
    let latest = latest.ok_or_else(|| untold("nobody showed when they were changed when everybody was last read"))?;
    let (kind, name) = (question.kind(), stamp(question.kind()));
    let filter = later(kind, latest).ok_or_else(|| untold("the mark is no moment"))?;
    let mut newest = Newest::begin(question.root);
    let mut attributes = Attributes::default();
    attributes.add(question.handle());
    let attributes = newest.asked(&attributes);
    let touched =
        scan(question, &filter, &attributes, |entry| newest.see(std::slice::from_ref(entry), &attributes)).await?;
    if touched.is_empty() {
        shown(question, &[question.handle(), name]).await?;
    }
    let latest = newest.latest().max(Some(latest));
    Ok(Since { touched, present: None, position: Position::Timestamp { latest } })
}

/// The filter for what changed since a moment, and shortly before it.
fn later(kind: Kind, latest: i64) -> Option<String> {
    let from = Timestamp::from_second(latest).ok()?.checked_sub(OVERLAP).ok()?;
    let fraction = if kind == Kind::ActiveDirectory { ".0" } else { "" };
    Some(format!("({}>={}{fraction}Z)", stamp(kind), from.strftime("%Y%m%d%H%M%S")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_filters() {
        assert_eq!(
            later(Kind::OpenLdap, 1_767_323_045).unwrap(),
            "(modifyTimestamp>=20260102030405Z)".replace("0304", "0259")
        );
        assert_eq!(later(Kind::ActiveDirectory, 300).unwrap(), "(whenChanged>=19700101000000.0Z)");
        assert_eq!(later(Kind::Generic, i64::MAX), None);
    }
}
