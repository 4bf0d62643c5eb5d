//! The attribute names a server's schema knows (RFC 4512 section 4.2).

use std::collections::BTreeSet;

use super::connection::Connection;
use super::message::Message;
use super::request::Request;
use super::root_dse::RootDse;
use super::{Error, Operation, page};
use crate::directory::{Attributes, Scope};

/// The names, in lower case; `None` when the server does not give its schema.
pub(super) async fn attributes(connection: &mut Connection, root: &RootDse) -> Result<Option<BTreeSet<String>>, Error> {
    let Some(subschema) = &root.subschema else { return Ok(None) };
    let mut asked = Attributes::default();
    let types = asked.add("attributeTypes");
    let request = Request {
        base: subschema,
        scope: Scope::Base,
        // Section 4.2: a subschema subentry may be found by this filter only.
        filter: "(objectClass=subschema)",
        attributes: asked.names(),
        controls: Vec::new(),
        size_limit: 0,
        expected: 0,
        during: Operation::Schema,
    };
    let mut names = BTreeSet::new();
    let take = |message: &Message<'_>| {
        if let Some(row) = page::entry(message, &asked, &Operation::Schema)? {
            for description in row.build().values(types) {
                names.extend(names_of(&String::from_utf8_lossy(description)));
            }
        }
        Ok(())
    };
    let result = connection.search(request, take).await?;
    Ok((result.rc == 0 && !names.is_empty()).then_some(names))
}

/// The OID and the names of an `AttributeTypeDescription` (section 4.1.2), in lower case.
fn names_of(description: &str) -> Vec<String> {
    let mut words = description.trim_start_matches(['(', ' ']).splitn(2, ' ');
    let mut names = vec![words.next().unwrap_or_default().to_ascii_lowercase()];
    let Some((_, rest)) = words.next().unwrap_or_default().split_once("NAME ") else { return names };
    let rest = rest.trim_start();
    let quoted = match rest.strip_prefix('(') {
        Some(list) => list.split(')').next().unwrap_or_default(),
        None => rest.get(..rest.match_indices('\'').nth(1).map_or(0, |(at, _)| at + 1)).unwrap_or_default(),
    };
    names.extend(quoted.split('\'').skip(1).step_by(2).map(str::to_ascii_lowercase));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_as_servers_write_them() {
        for (description, expected) in [
            (
                "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'RFC4519: common' SUP name )",
                vec!["2.5.4.3", "cn", "commonname"],
            ),
            ("( 1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX '1.3' )", vec!["1.2.840.113556.1.4.2", "objectguid"]),
            ("( 1.3.6 DESC 'nameless' )", vec!["1.3.6"]),
            ("", vec![""]),
            ("( 1.3.6 NAME 'open", vec!["1.3.6"]),
        ] {
            assert_eq!(names_of(description), expected, "{description}");
        }
    }
}
