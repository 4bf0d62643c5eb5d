//! What the bind account may do beyond reading (MS-ADTS 3.1.1.4.5.20 and 3.1.1.4.5.22).

use super::connection::Connection;
use super::{Error, Operation, root_dse};
use crate::directory::Attributes;

/// Whether the account may change an entry or create others below it; `None` when the entry is not shown.
pub(super) async fn may_change(connection: &mut Connection, dn: &str) -> Result<Option<bool>, Error> {
    let mut asked = Attributes::default();
    // Both list only what whoever asks may write or create.
    let effective = [asked.add("allowedAttributesEffective"), asked.add("allowedChildClassesEffective")];
    let entry = root_dse::base(connection, dn, &asked, Vec::new(), Operation::Rights).await?;
    Ok(entry.map(|entry| effective.iter().any(|slot| entry.first(*slot).is_some())))
}
