//! Where a directory stood when it was read.

use serde::{Deserialize, Serialize};

use super::Way;

/// Where each directory of a sync stood, in their order. Kept by whoever admits what was read until then, and given back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marks(Vec<Mark>);

/// Where one directory stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// How far its changes were told.
    pub position: Position,
    /// Over the groups asked for, and who is in them; a change of those may change anybody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub groups: Option<String>,
    /// Over the places that people are in; when one moves, everybody there moves along.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub places: Option<String>,
}

/// How far changes were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// The highest committed USN of one instance of a database (`highestCommittedUSN`, `invocationId`).
    Usn {
        /// Which instance: a restored one is another.
        invocation: String,
        /// All changes up to this one.
        highest: u64,
    },
    /// A cookie (RFC 4533 section 2.1.2) for each search, in the query's order.
    Syncrepl {
        /// As the server wrote them.
        cookies: Vec<String>,
        /// Whose changes were the last ones then.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        witnesses: Vec<Witness>,
    },
    /// The latest moment at which an entry was changed, by the server's own clock.
    Timestamp {
        /// In whole seconds since 1970, which is all that servers tell; `None`: none was seen.
        latest: Option<i64>,
    },
}

/// An entry that was changed last. A database that does not hold that change is an older one, such as one from a backup:
/// changed since, it could not be told by its cookies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// The entry's handle, as text.
    pub handle: String,
    /// Its `entryCSN`.
    pub csn: String,
}

impl Position {
    /// How they were told.
    pub fn way(&self) -> Way {
        match self {
            Self::Usn { .. } => Way::Usn,
            Self::Syncrepl { .. } => Way::Syncrepl,
            Self::Timestamp { .. } => Way::Timestamp,
        }
    }
}

impl Marks {
    /// Of these directories.
    pub fn new(marks: Vec<Mark>) -> Self {
        Self(marks)
    }

    /// One of each directory.
    pub fn each(&self) -> &[Mark] {
        &self.0
    }

    /// Adds those of the next directories.
    pub fn extend(&mut self, next: Self) {
        self.0.extend(next.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_what_is_given_back() {
        let mark = |position| Mark { position, groups: None, places: None };
        let marks = Marks::new(vec![
            Mark {
                groups: Some("0f".to_owned()),
                ..mark(Position::Usn { invocation: "4443".to_owned(), highest: u64::MAX })
            },
            mark(Position::Syncrepl {
                cookies: vec!["rid=001,csn=20261129000000.000000Z#000000#000#000000".to_owned()],
                witnesses: vec![Witness { handle: "4443".to_owned(), csn: "20261129000000".to_owned() }],
            }),
            mark(Position::Timestamp { latest: Some(1_795_910_400) }),
        ]);
        let text = serde_json::to_string(&marks).unwrap();
        assert_eq!(serde_json::from_str::<Marks>(&text).unwrap(), marks);
        let ways: Vec<_> = marks.each().iter().map(|mark| mark.position.way().to_string()).collect();
        assert_eq!(ways, ["usn", "syncrepl", "timestamp"]);
    }
}
