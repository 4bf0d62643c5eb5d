//! How a server tells what changed, and where it stands.

use super::elsewhere::elsewhere;
use super::places::places;
use super::timestamp::Newest;
use super::{Question, Stop, allowed, syncrepl, timestamp, usn};
use crate::directory::changes::{Changes, Mark, Marks, Position, Way};
use crate::directory::ldap::Error;
use crate::directory::ldap::group::Groups;

/// How a server tells what changed, and why not otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `None`: not at all.
    pub way: Option<Way>,
    /// Why this one and no better, in words.
    pub why: String,
}

/// Where a directory stood before a reading.
pub(in crate::directory::ldap) struct Starting {
    position: Position,
    /// By timestamp the people themselves tell it.
    newest: Option<Newest>,
    places: String,
}

impl Starting {
    /// What is to be told which entries were read.
    pub(in crate::directory::ldap) fn newest(&mut self) -> Option<&mut Newest> {
        self.newest.as_mut()
    }

    /// As it is kept; `None` where a change of the groups would not show.
    pub(in crate::directory::ldap) fn marks(self, groups: Option<&Groups>) -> Option<Marks> {
        let position = match self.newest {
            Some(newest) => Position::Timestamp { latest: newest.latest() },
            None => self.position,
        };
        let groups = match groups {
            Some(groups) => Some(groups.told()?),
            None => None,
        };
        Some(Marks::new(vec![Mark { position, groups, places: Some(self.places) }]))
    }
}

/// How this server tells what changed.
pub(in crate::directory::ldap) async fn way(question: &mut Question<'_>) -> Result<Told, Error> {
    Ok(best(question).await?.0)
}

/// Where a directory stands before a reading; `None` where nobody asks, or there is no telling.
pub(in crate::directory::ldap) async fn starting(question: &mut Question<'_>) -> Result<Option<Starting>, Error> {
    let Some(position) = best(question).await?.1 else { return Ok(None) };
    let newest = (position.way() == Way::Timestamp).then(|| Newest::begin(question.root));
    let Ok(places) = Stop::told(places(question).await)? else { return Ok(None) };
    Ok(Some(Starting { position, newest, places }))
}

async fn best(question: &mut Question<'_>) -> Result<(Told, Option<Position>), Error> {
    if question.query.changes == Changes::Full {
        let why = "everybody is read each time, as `changes: full` says".to_owned();
        return Ok((Told { way: None, why }, None));
    }
    if let Some(name) = elsewhere(question.query) {
        let why = format!(
            "the sync goes by `{name}`, which changes without any change of the people's own entries: use `in_group`, or \
             everybody is read each time"
        );
        return Ok((Told { way: None, why }, None));
    }
    let mut lacks = Vec::new();
    for way in allowed(question.query.changes, question.kind()) {
        let position = match way {
            Way::Usn => usn::position(question).await,
            Way::Syncrepl => syncrepl::position(question).await,
            Way::Timestamp => timestamp::position(question).await,
        };
        match Stop::told(position)? {
            Ok(position) => return Ok((Told { way: Some(*way), why: why(question, &lacks) }, Some(position))),
            Err(lack) => lacks.push(format!("not {way}: {lack}")),
        }
    }
    Ok((Told { way: None, why: lacks.join("; ") }, None))
}

/// Why this way, and what a better one lacks.
fn why(question: &Question<'_>, lacks: &[String]) -> String {
    let reason = match question.query.changes {
        Changes::By(_) => "as `changes` says",
        _ if lacks.is_empty() => "the best way there is",
        _ => "the best way left",
    };
    let mut why = vec![reason];
    why.extend(lacks.iter().map(String::as_str));
    why.join("; ")
}
