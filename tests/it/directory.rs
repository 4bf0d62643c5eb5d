//! The LDAP client against a real slapd, and against what networks and servers do wrong.

mod active_directory;
mod broken;
mod changes;
mod connecting;
mod discovering;
mod groups;
mod look_up;
mod microsoft;
mod reading;

use std::sync::Arc;
use std::time::Duration;

use rosterd::directory::changes::Changes;
use rosterd::directory::ldap::{Error, Session};
use rosterd::directory::{Attributes, Bind, Entry, Page, Query, Scope, Search, Servers, Settings, Tls};

use crate::fixtures::ldif::{PEOPLE, SERVICE};

fn simple(dn: &str, password: &str) -> Bind {
    Bind::Simple { dn: dn.to_owned(), password: password.into() }
}

fn listed(urls: &[&str]) -> Servers {
    Servers::Listed(urls.iter().map(|url| (*url).to_owned()).collect())
}

/// Settings of a plain connection on the loopback, bound as the service account.
fn settings(urls: &[&str]) -> Settings {
    Settings {
        servers: listed(urls),
        kind: None,
        bind: simple(SERVICE.0, SERVICE.1),
        tls: Tls::default(),
        page_size: 1000,
        max_entries_per_second: None,
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(20),
    }
}

/// What a sync of [`PEOPLE`] asks for.
fn query(filter: &str) -> Query {
    let mut attributes = Attributes::default();
    for name in ["entryUUID", "uid", "cn", "mail", "jpegPhoto"] {
        attributes.add(name);
    }
    let search = Search { base: PEOPLE.to_owned(), filter: filter.to_owned(), scope: Scope::Subtree };
    Query {
        searches: vec![search],
        attributes: Arc::new(attributes),
        key: None,
        require: Vec::new(),
        changes: Changes::Full,
    }
}

/// All entries and the last page, which holds the end.
async fn read(session: &Session, query: &Query) -> Result<(Vec<Entry>, Page), Error> {
    let mut reader = session.read(query);
    let mut entries = Vec::new();
    loop {
        let page = reader.next_page().await?;
        entries.extend(page.entries.iter().cloned());
        if page.end.is_some() {
            return Ok((entries, page));
        }
    }
}

fn text(query: &Query, entry: &Entry, name: &str) -> String {
    let slot = query.attributes.slot(name).unwrap();
    String::from_utf8(entry.first(slot).unwrap().to_vec()).unwrap()
}
