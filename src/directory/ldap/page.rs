//! One page of a search (RFC 2696), asked for by hand so that every page's own result is seen.

use std::collections::BTreeSet;

use ldap3::controls::{MakeCritical, PagedResults, RawControl};

use super::ber::{INTEGER, Malformed, OCTETS, SEQUENCE, only};
use super::connection::{Connection, outcome};
use super::message::{ENTRY, LdapResult, Message, REFERENCE, uris};
use super::parse::{Fault, LARGEST_ENTRY, Row};
use super::request::Request;
use super::{Error, Operation, range};
use crate::directory::{Attributes, Entry, Scope};

const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// More than this is a page of photos, which a smaller `page_size` makes bearable.
const LARGEST_PAGE: usize = 256 << 20;

/// Referrals that are remembered; a directory may have one below every entry.
const MOST_REFERRALS: usize = 100;

/// A search that is read in pages.
pub(super) struct Paged<'a> {
    pub(super) base: &'a str,
    pub(super) scope: Scope,
    pub(super) filter: &'a str,
    pub(super) attributes: &'a Attributes,
    pub(super) controls: Vec<RawControl>,
    pub(super) page_size: u32,
}

/// A page whose own result was success.
pub(super) struct Answer {
    pub(super) entries: Vec<Entry>,
    /// Asks for the next page; empty on the last one.
    pub(super) cookie: Vec<u8>,
}

/// Reads the page that a cookie stands for; the first one has an empty cookie.
pub(super) async fn page(
    connection: &mut Connection,
    search: &Paged<'_>,
    cookie: Vec<u8>,
    during: &Operation,
    referrals: &mut BTreeSet<String>,
) -> Result<Answer, Error> {
    let asked = cookie.clone();
    let size = i32::try_from(search.page_size).unwrap_or(i32::MAX);
    let mut controls = search.controls.clone();
    // Critical: a server that does not page must say so, and not send everything at once.
    controls.push(PagedResults { size, cookie }.critical().into());
    let request = Request {
        base: search.base,
        scope: search.scope,
        filter: search.filter,
        attributes: search.attributes.names(),
        controls,
        size_limit: 0,
        expected: search.page_size as usize,
        during: during.clone(),
    };
    let mut entries = Vec::new();
    let mut incomplete = Vec::new();
    let mut size = 0;
    let take = |message: &Message<'_>| {
        match message.operation {
            ENTRY => {
                let row = Row::parse(message.content, search.attributes).map_err(|fault| explain(fault, during))?;
                size += row.size;
                if size > LARGEST_PAGE {
                    let advice = "use a smaller page_size";
                    return Err(Error::TooLarge {
                        what: "a page",
                        limit: LARGEST_PAGE,
                        during: during.clone(),
                        advice,
                    });
                }
                // One by one while they come: the server waits for the next request from the last one on.
                if row.ranges.is_empty() {
                    entries.push(row.build());
                } else {
                    incomplete.push((entries.len() + incomplete.len(), row));
                }
            }
            REFERENCE if referrals.len() < MOST_REFERRALS => referrals.extend(uris(message.content)),
            _ => {}
        }
        Ok(())
    };
    let result = connection.search(request, take).await?;
    outcome(&result, during.clone(), search.base).map_err(|error| match error {
        // The first page proved that the server knows the control.
        Error::Refused { during, rc: 12, diagnostic } if !asked.is_empty() => Error::PageLost { during, diagnostic },
        error => error,
    })?;
    let cookie = next(&result, during)?;
    if !cookie.is_empty() && cookie == asked && entries.is_empty() && incomplete.is_empty() {
        let why = "its pages do not advance".to_owned();
        return Err(Error::Malformed { during: during.clone(), why });
    }
    for (at, mut row) in incomplete {
        range::complete(connection, &mut row, search).await?;
        entries.insert(at, row.build());
    }
    Ok(Answer { entries, cookie })
}

/// Reads all pages of a search that is known to find few.
pub(super) async fn all(
    connection: &mut Connection,
    search: &Paged<'_>,
    during: &Operation,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    let mut cookie = Vec::new();
    loop {
        let answer = page(connection, search, cookie, during, &mut BTreeSet::new()).await?;
        entries.extend(answer.entries);
        cookie = answer.cookie;
        if cookie.is_empty() {
            return Ok(entries);
        }
    }
}

/// The entry that a message is, if it is one.
pub(super) fn entry(message: &Message<'_>, attributes: &Attributes, during: &Operation) -> Result<Option<Row>, Error> {
    if message.operation != ENTRY {
        return Ok(None);
    }
    Row::parse(message.content, attributes).map(Some).map_err(|fault| explain(fault, during))
}

/// An entry's fault as an error; the entry is not named, for its name is a person's.
pub(super) fn explain(fault: Fault, during: &Operation) -> Error {
    let during = during.clone();
    match fault {
        Fault::Structure => Error::Malformed { during, why: "an entry has not the structure of one".to_owned() },
        Fault::TooLarge => {
            let advice = "map an attribute that is smaller, or have that entry cleaned up";
            Error::TooLarge { what: "an entry", limit: LARGEST_ENTRY, during, advice }
        }
    }
}

/// The cookie of the next page.
fn next(result: &LdapResult, during: &Operation) -> Result<Vec<u8>, Error> {
    let cookie = || {
        // Without the control everything was sent at once.
        let Some(value) = result.controls().value(PAGED_RESULTS)? else { return Ok(Vec::new()) };
        let mut parts = only(value, SEQUENCE)?;
        parts.take(INTEGER)?;
        parts.take(OCTETS).map(<[u8]>::to_vec)
    };
    cookie().map_err(|_: Malformed| Error::Malformed {
        during: during.clone(),
        why: "its page control is not one".to_owned(),
    })
}
