//! Several directories that are read as one. Pure.

use jiff::Timestamp;

use super::{End, Kind, Server, Sighting, Sightings};
use crate::roster::Fingerprint;

/// Why several servers can't be read as one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{one} and {other} are not of one kind, and are judged by different rules: make a sync of its own for each")]
pub struct OddOneOut {
    /// One directory, and what it is.
    pub one: String,
    /// Another.
    pub other: String,
}

impl Server {
    /// The servers of several directories, by the directories' names, as one: another one of any of them is another
    /// one, the worst clock counts, and deleted entries can be seen only where all show them.
    pub fn together(servers: &[(&str, &Self)], now: Timestamp) -> Result<Self, OddOneOut> {
        let (first, kind) = servers.first().map_or(("", Kind::Generic), |(name, server)| (*name, server.kind));
        if let Some((name, server)) = servers.iter().find(|(_, server)| server.kind != kind) {
            let is = |name: &str, kind: Kind| format!("{name} ({kind})");
            return Err(OddOneOut { one: is(first, kind), other: is(name, server.kind) });
        }
        let name = match servers {
            [(_, only)] => only.name.clone(),
            several => {
                several.iter().map(|(name, server)| format!("{name}: {}", server.name)).collect::<Vec<_>>().join("; ")
            }
        };
        let clocks = servers.iter().filter_map(|(_, server)| server.clock);
        Ok(Self {
            name,
            kind,
            clock: clocks.max_by_key(|clock| now.duration_since(*clock).abs()),
            sees_deleted: servers.iter().all(|(_, server)| server.sees_deleted),
            rights: match servers {
                [(_, only)] => only.rights,
                several => {
                    Fingerprint::of(&several.iter().flat_map(|(_, it)| *it.rights.as_bytes()).collect::<Vec<_>>())
                }
            },
        })
    }
}

impl End {
    /// The end of one reading, and of the next one in another directory. Probes must be found in one of them.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        let Self { mut found, mut probes_missing, mut referrals, marks } = self;
        found.extend(next.found);
        probes_missing.retain(|probe| next.probes_missing.contains(probe));
        referrals.extend(next.referrals);
        referrals.sort();
        referrals.dedup();
        let marks = marks.zip(next.marks).map(|(mut marks, next)| {
            marks.extend(next);
            marks
        });
        Self { found, probes_missing, referrals, marks }
    }
}

/// What two directories say of the same people, in the same order: whoever is anywhere is not gone.
pub fn weightier(one: Sightings, other: Sightings) -> Sightings {
    let weigh = |((key, one), (_, other)): ((_, Sighting), (_, Sighting))| (key, one.min(other));
    one.into_iter().zip(other).map(weigh).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::changes::Marks;
    use crate::roster::Key;

    fn server(name: &str, clock: Option<&str>, sees_deleted: bool) -> Server {
        let clock = clock.map(|clock| clock.parse().unwrap());
        let rights = Fingerprint::of(name.as_bytes());
        Server { name: name.to_owned(), kind: Kind::ActiveDirectory, clock, sees_deleted, rights }
    }

    #[test]
    fn one_is_itself_and_several_are_as_bad_as_the_worst() {
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        let emea = server("dc1", Some("2026-01-01T12:01:00Z"), true);
        let apac = server("dc7", Some("2026-01-01T11:58:00Z"), false);
        assert_eq!(Server::together(&[("emea", &emea)], now), Ok(emea.clone()));
        let both = Server::together(&[("emea", &emea), ("apac", &apac)], now).unwrap();
        assert!(both.rights != emea.rights && both.rights != apac.rights);
        let expected = server("emea: dc1; apac: dc7", Some("2026-01-01T11:58:00Z"), false);
        assert_eq!(both, Server { rights: both.rights, ..expected });
    }

    #[test]
    fn kinds_are_not_mixed() {
        let other = Server { kind: Kind::OpenLdap, ..server("x", None, false) };
        let error = Server::together(&[("emea", &server("dc1", None, false)), ("lab", &other)], Timestamp::UNIX_EPOCH);
        assert!(error.unwrap_err().to_string().starts_with("emea (Active Directory) and lab (OpenLDAP) are not"));
    }

    #[test]
    fn probes_are_found_where_they_are() {
        let end = |found: u64, missing: &[&str], referral: &str| End {
            found: vec![found],
            probes_missing: missing.iter().map(|&probe| probe.to_owned()).collect(),
            referrals: vec![referral.to_owned()],
            marks: Some(Marks::default()),
        };
        let both = end(1, &["(a=1)", "(b=1)"], "ldap://x").and(end(2, &["(b=1)", "(c=1)"], "ldap://x"));
        assert_eq!(both, End { found: vec![1, 2], ..end(0, &["(b=1)"], "ldap://x") });
    }

    #[test]
    fn whoever_is_anywhere_is_not_gone() {
        use Sighting::{Deleted, Disabled, Filtered, Gone, Matches, Moved, Unreadable};
        for (one, other, expected) in [
            (Gone, Deleted, Deleted),
            (Moved, Deleted, Moved),
            (Disabled, Moved, Disabled),
            (Disabled, Filtered, Filtered),
            (Unreadable, Filtered, Unreadable),
            (Matches, Unreadable, Matches),
            (Gone, Gone, Gone),
        ] {
            let of = |sighting| vec![(Key::new("k"), sighting)];
            assert_eq!(weightier(of(one), of(other)), of(expected));
            assert_eq!(weightier(of(other), of(one)), of(expected));
        }
    }
}
