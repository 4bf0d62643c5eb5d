//! The `require` filters: whoever they find must be found, or nothing is believed.

use super::connection::{Connection, outcome, people_controls};
use super::message::{ENTRY, Message};
use super::request::Request;
use super::{Error, Operation};
use crate::directory::{Kind, Query, Scope};

/// Those that find nobody.
pub(super) async fn missing(connection: &mut Connection, kind: Kind, query: &Query) -> Result<Vec<String>, Error> {
    let mut missing = Vec::new();
    for filter in &query.require {
        if !finds(connection, kind, query, filter).await? {
            missing.push(filter.clone());
        }
    }
    Ok(missing)
}

/// Whether a filter finds anybody below any base.
async fn finds(connection: &mut Connection, kind: Kind, query: &Query, filter: &str) -> Result<bool, Error> {
    for search in &query.searches {
        let mut found = false;
        let request = Request {
            base: &search.base,
            scope: Scope::Subtree,
            filter,
            attributes: &[],
            controls: people_controls(kind),
            size_limit: 1,
            expected: 0,
            during: Operation::Probe,
        };
        let take = |message: &Message<'_>| {
            found |= message.operation == ENTRY;
            Ok(())
        };
        let result = connection.search(request, take).await?;
        if found {
            // Whatever the result: with a limit of one, "limit reached" is a success.
            return Ok(true);
        }
        outcome(&result, Operation::Probe, &search.base)?;
    }
    Ok(false)
}
