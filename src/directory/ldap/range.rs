//! Range retrieval (MS-ADTS 3.1.1.3.1.3.3): Active Directory gives 1500 values of an attribute at a time.

use super::connection::{Connection, outcome};
use super::message::{ENTRY, Message};
use super::page::{Paged, explain};
use super::parse::Row;
use super::request::Request;
use super::{Error, Operation};
use crate::directory::Scope;

/// Asks for the values of an entry that are still missing, until the server's `*`.
pub(super) async fn complete(connection: &mut Connection, row: &mut Row, search: &Paged<'_>) -> Result<(), Error> {
    let during = Operation::Range { base: search.base.to_owned() };
    while let Some(range) = row.ranges.pop() {
        let dn = row.dn().to_owned();
        let attribute = format!("{};range={}-*", range.attribute, range.next);
        let request = Request {
            base: &dn,
            scope: Scope::Base,
            filter: "(objectClass=*)",
            attributes: &[attribute],
            controls: search.controls.clone(),
            size_limit: 0,
            expected: 0,
            during: during.clone(),
        };
        let before = row.ranges.len();
        let mut answered = 0;
        let size = row.size;
        let take = |message: &Message<'_>| {
            if message.operation != ENTRY {
                return Ok(());
            }
            answered += 1;
            row.extend(message.content, search.attributes).map_err(|fault| explain(fault, &during))
        };
        let result = connection.search(request, take).await?;
        // The base is a person's name here: the search's own stands for it.
        outcome(&result, during.clone(), search.base)?;
        let stuck = row.ranges[before..].iter().any(|next| next.next <= range.next);
        if answered != 1 || row.size == size || stuck {
            let why = "it does not continue the values it began".to_owned();
            return Err(Error::Malformed { during, why });
        }
    }
    Ok(())
}
