//! A real Active Directory domain controller. `tests/samba/run` runs these tests; they need root.

mod beginning;
mod changes;
mod checking;
mod company;
mod connecting;
mod delta_faults;
mod deltas;
mod discovering;
mod documented;
mod faults;
mod groups;
#[cfg(feature = "kerberos")]
mod kerberos;
mod lockout;
mod people;
mod several;
mod sightings;

use std::sync::Arc;
use std::time::Duration;

use rosterd::directory::changes::Changes;
use rosterd::directory::ldap::Session;
use rosterd::directory::{Attributes, Bind, End, Entry, Query, Scope, Search, Servers, Settings, Tls};

use crate::fixtures::samba::{PEOPLE, Samba};

/// Settings of a TLS connection, bound as one of the accounts.
fn settings(samba: &Samba, bind: (&str, &str)) -> Settings {
    Settings {
        servers: Servers::Listed(vec![samba.ldaps_url()]),
        kind: None,
        bind: Bind::Simple { dn: bind.0.to_owned(), password: bind.1.into() },
        tls: Tls { ca: Some(samba.ca()), ..Tls::default() },
        page_size: 5,
        max_entries_per_second: None,
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(20),
    }
}

/// What a sync of [`PEOPLE`] asks for.
fn query() -> Query {
    let mut attributes = Attributes::default();
    for name in ["objectGUID", "employeeID", "userAccountControl"] {
        attributes.add(name);
    }
    let filter = "(&(objectCategory=person)(objectClass=user)(employeeID=*))".to_owned();
    let search = Search { base: PEOPLE.to_owned(), filter, scope: Scope::Subtree };
    Query {
        searches: vec![search],
        attributes: Arc::new(attributes),
        key: None,
        require: Vec::new(),
        changes: Changes::Full,
    }
}

/// Everybody that a session finds, and what is known at the end.
async fn read(session: &Session, query: &Query) -> (Vec<Entry>, End) {
    let mut reader = session.read(query);
    let mut entries = Vec::new();
    loop {
        let page = reader.next_page().await.unwrap();
        entries.extend(page.entries);
        if let Some(end) = page.end {
            return (entries, end);
        }
    }
}
