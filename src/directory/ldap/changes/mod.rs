//! What changed, as servers tell it: by `uSNChanged`, by RFC 4533, or by the moment of the last change.
//!
//! Whatever can't be told for certain is [`Changed::Unknown`], after which everybody is read; only what concerns the
//! connection is an error.

use super::brake::Brake;
use super::connection::Connection;
use super::group::Groups;
use super::root_dse::RootDse;
use super::{Error, probe};
use crate::directory::changes::{Changed, Changes, Delta, Handle, Mark, Marks, Position, Way};
use crate::directory::{Kind, Query};

mod cookie;
mod dates;
mod elsewhere;
mod fetch;
mod places;
mod scan;
mod shown;
mod start;
mod sync_wire;
mod syncrepl;
mod timestamp;
mod usn;
mod witness;

pub(super) use dates::dates;
pub(super) use fetch::fetch;
pub use start::Told;
pub(super) use start::{Starting, starting, way};

/// Who is asked, and for whom.
pub(super) struct Question<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) root: &'a RootDse,
    pub(super) query: &'a Query,
    pub(super) page_size: u32,
    pub(super) brake: Brake,
}

impl Question<'_> {
    fn kind(&self) -> Kind {
        self.root.server.kind
    }

    /// The attribute that holds handles.
    fn handle(&self) -> &'static str {
        self.kind().default_key()
    }
}

/// Why there is no answer.
enum Stop {
    /// There is no telling, and why, in words.
    Untold(String),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Stop {
    /// A server's refusal leaves the connection as it was: only this can't be told.
    fn refused(error: Error) -> Self {
        match error {
            Error::Refused { .. }
            | Error::NoSuchBase { .. }
            | Error::Referred { .. }
            | Error::SizeLimit { .. }
            | Error::TimeLimit { .. } => Self::Untold(error.to_string()),
            error => Self::Failed(error),
        }
    }

    /// The words why there is no telling, unless it is an error.
    fn told<T>(outcome: Result<T, Self>) -> Result<Result<T, String>, Error> {
        match outcome {
            Ok(told) => Ok(Ok(told)),
            Err(Self::Untold(why)) => Ok(Err(why)),
            Err(Self::Failed(error)) => Err(error),
        }
    }
}

/// What a way tells.
struct Since {
    touched: Vec<Handle>,
    present: Option<Vec<Handle>>,
    position: Position,
}

/// Which entries may have changed since a mark; gives the groups of the query as they were read for that.
pub(super) async fn changed(
    question: &mut Question<'_>,
    mark: &Mark,
    groups: &mut Option<Groups>,
) -> Result<Changed, Error> {
    Ok(match Stop::told(delta(question, mark, groups).await)? {
        Ok(delta) => Changed::Since(delta),
        Err(why) => Changed::Unknown(why),
    })
}

async fn delta(question: &mut Question<'_>, mark: &Mark, groups: &mut Option<Groups>) -> Result<Delta, Stop> {
    let Since { mut touched, present, position } = since(question, mark, groups).await?;
    touched.sort_unstable();
    touched.dedup();
    let present = present.map(|mut present| {
        present.sort_unstable();
        present.dedup();
        present.retain(|handle| touched.binary_search(handle).is_err());
        present
    });
    // Moments are too coarse to tell that nothing happened.
    let still = position == mark.position && position.way() != Way::Timestamp;
    let places = if still { mark.places.clone() } else { Some(places::unmoved(question, mark).await?) };
    let somebody = !touched.is_empty() || present.is_some();
    let nobody = if somebody { shown::nobody(question).await? } else { vec![false; question.query.searches.len()] };
    let probes_missing = probe::missing(question.connection, question.kind(), question.query).await?;
    let marks = Marks::new(vec![Mark { position, groups: groups.as_ref().and_then(Groups::told), places }]);
    Ok(Delta { touched, present, marks, probes_missing, nobody })
}

async fn since(question: &mut Question<'_>, mark: &Mark, groups: &mut Option<Groups>) -> Result<Since, Stop> {
    let way = mark.position.way();
    let allowed = match question.query.changes {
        Changes::Full => false,
        Changes::Auto => true,
        Changes::By(only) => only == way,
    };
    if !allowed {
        return Err(Stop::Untold(format!("`changes` no longer allows {way}, by which they were told last")));
    }
    *groups = Groups::of(question.connection, question.root, question.query, question.page_size).await?;
    same_groups(groups.as_ref(), mark.groups.as_deref())?;
    match &mark.position {
        Position::Usn { invocation, highest } => usn::since(question, invocation, *highest).await,
        Position::Syncrepl { cookies, witnesses } => syncrepl::since(question, cookies, witnesses).await,
        Position::Timestamp { latest } => timestamp::since(question, *latest).await,
    }
}

/// Whoever joins or leaves a group, or has it join another one, changes the group and not the people.
fn same_groups(groups: Option<&Groups>, then: Option<&str>) -> Result<(), Stop> {
    let Some(groups) = groups else {
        // Those of a mark that names some are no longer asked for.
        return Ok(());
    };
    let why = match groups.told() {
        None => {
            "the groups that `in_group` names show neither `uSNChanged` nor `whenChanged`: let the bind account read it"
        }
        Some(now) if Some(now.as_str()) != then => "the groups that `in_group` names changed",
        Some(_) => return Ok(()),
    };
    Err(Stop::Untold(why.to_owned()))
}

/// The ways that a query allows in a directory of a kind, the best one first.
fn allowed(changes: Changes, kind: Kind) -> &'static [Way] {
    match (changes, kind) {
        (Changes::Full, _) => &[],
        (Changes::Auto, Kind::ActiveDirectory) => &[Way::Usn, Way::Timestamp],
        (Changes::Auto, Kind::OpenLdap | Kind::Generic) => &[Way::Syncrepl, Way::Timestamp],
        (Changes::By(Way::Usn), _) => &[Way::Usn],
        (Changes::By(Way::Syncrepl), _) => &[Way::Syncrepl],
        (Changes::By(Way::Timestamp), _) => &[Way::Timestamp],
    }
}
