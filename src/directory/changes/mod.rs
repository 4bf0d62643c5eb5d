//! Which entries may have changed since a directory was last read. A cheaper way to learn whom to look at, and no more:
//! whoever it names is read and judged as in a reading of everybody. Pure; `ldap/changes` asks the servers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::roster::{Fingerprint, Key};

mod handle;
mod marks;

pub use handle::Handle;
pub use marks::{Mark, Marks, Position, Witness};

/// How a sync learns of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Changes {
    /// Not at all: everybody is read each time.
    #[default]
    Full,
    /// By the best way that server and rights allow.
    Auto,
    /// This way, or not at all.
    By(Way),
}

/// How a server tells what changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// `uSNChanged` of a domain controller (MS-ADTS 3.1.1.1.9), with those of deleted entries where they may be seen.
    Usn,
    /// RFC 4533, with deletions.
    Syncrepl,
    /// `modifyTimestamp`, or `whenChanged` in Active Directory: without deletions where deleted entries can't be seen.
    Timestamp,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Usn => "usn",
            Self::Syncrepl => "syncrepl",
            Self::Timestamp => "timestamp",
        })
    }
}

/// Who may have changed since a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Entries that came, changed, moved or went; sorted, each once. Most need not concern a sync at all.
    pub touched: Vec<Handle>,
    /// Everybody else who is still found, sorted, where the server can't tell who went: whoever is known and neither here
    /// nor among the touched is missing.
    pub present: Option<Vec<Handle>>,
    /// Where the directory stood when it was asked.
    pub marks: Marks,
    /// The `require` filters that found nobody.
    pub probes_missing: Vec<String>,
    /// Of each search, whether it is known to find nobody.
    pub nobody: Vec<bool>,
}

/// What became of the question what changed since a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// This.
    Since(Delta),
    /// The server can't tell, and why, in words fit for logs: everybody is to be read.
    Unknown(String),
}

/// Whom to read, with a sync's own searches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whom {
    /// By the identifiers that the directory gave their entries.
    pub handles: Vec<Handle>,
    /// By the sync's key.
    pub keys: Vec<Key>,
}

/// Over what decides which entries a bind account sees, as far as that can be told: another one makes marks worthless.
pub type Rights = Fingerprint;

impl Delta {
    /// The changes of one directory, and those of the next one; or why there is no telling.
    pub fn and(self, next: Self) -> Changed {
        if self.present.is_some() || next.present.is_some() {
            // Whoever is not in one of them may be in the other.
            let why = "one of several directories can tell only who is there, not who went".to_owned();
            return Changed::Unknown(why);
        }
        let Self { mut touched, present: _, mut marks, mut probes_missing, mut nobody } = self;
        touched.extend(next.touched);
        touched.sort_unstable();
        touched.dedup();
        marks.extend(next.marks);
        probes_missing.retain(|probe| next.probes_missing.contains(probe));
        nobody.extend(next.nobody);
        Changed::Since(Self { touched, present: None, marks, probes_missing, nobody })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(handles: &[u8], missing: &[&str]) -> Delta {
        Delta {
            touched: handles.iter().map(|at| Handle::new([*at; 16])).collect(),
            probes_missing: missing.iter().map(|&probe| probe.to_owned()).collect(),
            ..Delta::default()
        }
    }

    #[test]
    fn changes_of_several_directories_are_those_of_all() {
        let both = delta(&[1, 3], &["(a=1)", "(b=1)"]).and(delta(&[2, 3], &["(b=1)"]));
        assert_eq!(both, Changed::Since(delta(&[1, 2, 3], &["(b=1)"])));
    }

    #[test]
    fn who_is_not_in_one_may_be_in_the_other() {
        let present = Delta { present: Some(Vec::new()), ..delta(&[1], &[]) };
        assert!(matches!(present.clone().and(delta(&[2], &[])), Changed::Unknown(_)));
        assert!(matches!(delta(&[2], &[]).and(present), Changed::Unknown(_)));
    }
}
