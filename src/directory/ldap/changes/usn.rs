//! By `uSNChanged` of a domain controller: each change of an entry, on this one domain controller, has a number higher
//! than all before it (MS-ADTS 3.1.1.1.9).

use super::scan::{holder, scan};
use super::shown::shown;
use super::{Question, Since, Stop};
use crate::directory::attribute::guid_text;
use crate::directory::changes::Position;
use crate::directory::ldap::{Operation, root_dse};
use crate::directory::{Attributes, Kind};

const USN: &str = "uSNChanged";

/// Where the domain controller stood when it was first asked, which is earlier than now.
pub(super) async fn position(question: &mut Question<'_>) -> Result<Position, Stop> {
    let position = database(question).await?;
    for search in &question.query.searches {
        holder(question.root, &search.base)?;
    }
    shown(question, &[question.handle(), USN]).await?;
    Ok(position)
}

/// The database and its highest number.
async fn database(question: &mut Question<'_>) -> Result<Position, Stop> {
    let untold = |why: &str| Stop::Untold(why.to_owned());
    if question.kind() != Kind::ActiveDirectory {
        return Err(untold("only a domain controller of Active Directory has `uSNChanged`"));
    }
    let highest =
        question.root.highest_usn.ok_or_else(|| untold("the server does not tell its highestCommittedUSN"))?;
    let service = question.root.service.as_deref();
    let service = service.ok_or_else(|| untold("the server does not tell its dsServiceName"))?;
    // MS-ADTS 6.1.1.2.2.1.2.1.1.
    let mut attributes = Attributes::default();
    let invocation = attributes.add("invocationId");
    let entry = root_dse::base(question.connection, service, &attributes, Vec::new(), Operation::Way).await?;
    let invocation = entry.as_ref().and_then(|entry| guid_text(entry.first(invocation)?));
    let invocation = invocation.ok_or_else(|| {
        untold(
            "the bind account can't read `invocationId` of the server's NTDS settings, which tells a restored \
                database from itself: let it read that",
        )
    })?;
    Ok(Position::Usn { invocation, highest })
}

/// Every entry changed since, whoever it is.
pub(super) async fn since(question: &mut Question<'_>, then: &str, mark: u64) -> Result<Since, Stop> {
    let untold = |why: &str| Stop::Untold(why.to_owned());
    let position = database(question).await?;
    let Position::Usn { invocation, highest } = &position else {
        return Err(untold("it is no domain controller"));
    };
    if invocation != then {
        return Err(untold("the domain controller's database is another one: restored from a backup?"));
    }
    let mut touched = Vec::new();
    if *highest < mark {
        return Err(untold("the domain controller is behind what it told before: restored from a snapshot?"));
    }
    if *highest > mark {
        let mut attributes = Attributes::default();
        attributes.add(question.handle());
        let filter = format!("({USN}>={})", mark.saturating_add(1));
        touched = scan(question, &filter, &attributes, |_| {}).await?;
        if touched.is_empty() {
            // Changes elsewhere, such as of the schema, have numbers too; so have those that can't be seen any more.
            shown(question, &[question.handle(), USN]).await?;
        }
    }
    Ok(Since { touched, present: None, position })
}
