//! The server as a client of another make sees it.

use std::fmt::Write as _;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ldap3::controls::{Control, ControlType, PagedResults, RawControl};
use ldap3::{Ldap, LdapConnAsync, LdapResult, Scope, SearchEntry, SearchResult};

use super::{Directory, Entry, Options};

mod binds;
mod changes;
mod demo;
mod faults;
mod filters;
mod odd;
mod paging;
mod searches;

const PEOPLE: &str = "OU=People,DC=corp,DC=example,DC=com";
const ROOT: &str = "DC=corp,DC=example,DC=com";
const READER: &str = "CN=reader,OU=Service,DC=corp,DC=example,DC=com";
const SECRET: &str = "let me read";
const EVERYBODY: &str = "(&(objectCategory=person)(objectClass=user)(employeeID=*))";
const PATIENCE: Duration = Duration::from_secs(20);

async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it takes too long")
}

async fn start(options: Options) -> Directory {
    Directory::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await.unwrap()
}

/// Active Directory with so many people.
async fn directory(people: usize) -> Directory {
    let directory = start(Options::active_directory().account(READER, SECRET)).await;
    directory.add(Entry::new(PEOPLE).with("objectClass", "organizationalUnit")).unwrap();
    (0..people).for_each(|number| directory.add(person(number)).unwrap());
    directory
}

fn person(number: usize) -> Entry {
    Entry::person(dn(number))
        .with("employeeID", number.to_string())
        .with("sAMAccountName", format!("user{number}"))
        .with("sn", format!("Müller {number}"))
}

fn dn(number: usize) -> String {
    format!("CN=Person {number},{PEOPLE}")
}

async fn connect(directory: &Directory) -> Ldap {
    let (connection, mut ldap) = within(LdapConnAsync::new(&directory.url())).await.unwrap();
    ldap3::drive!(connection);
    ldap.with_timeout(PATIENCE);
    ldap
}

async fn reader(directory: &Directory) -> Ldap {
    let mut ldap = connect(directory).await;
    within(ldap.simple_bind(READER, SECRET)).await.unwrap().success().unwrap();
    ldap
}

/// What a search found.
#[derive(Debug)]
struct Found {
    entries: Vec<SearchEntry>,
    result: LdapResult,
}

impl Found {
    fn new(SearchResult(found, result): SearchResult) -> Self {
        Self { entries: found.into_iter().map(SearchEntry::construct).collect(), result }
    }

    fn names(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| entry.dn.as_str()).collect()
    }

    fn cookie(&self) -> Vec<u8> {
        let paged = self.result.ctrls.iter().find_map(|Control(kind, raw)| match kind {
            Some(ControlType::PagedResults) => Some(raw.parse::<PagedResults>()),
            _ => None,
        });
        paged.expect("a paged result").cookie
    }

    /// The values of the one entry's attribute, however the client sorted it.
    fn values(&self, name: &str) -> Vec<Vec<u8>> {
        let [entry] = self.entries.as_slice() else { panic!("{} entries", self.entries.len()) };
        match (entry.attrs.get(name), entry.bin_attrs.get(name)) {
            (Some(texts), _) => texts.iter().map(|text| text.clone().into_bytes()).collect(),
            (None, Some(values)) => values.clone(),
            (None, None) => Vec::new(),
        }
    }
}

async fn search(ldap: &mut Ldap, base: &str, scope: Scope, filter: &str, attributes: &[&str]) -> Found {
    Found::new(within(ldap.search(base, scope, filter, attributes)).await.unwrap())
}

/// All of a subtree, unpaged.
async fn find(ldap: &mut Ldap, base: &str, filter: &str) -> Found {
    search(ldap, base, Scope::Subtree, filter, &["*"]).await
}

async fn page(ldap: &mut Ldap, filter: &str, size: i32, cookie: Vec<u8>) -> ldap3::result::Result<Found> {
    ldap.with_controls(PagedResults { size, cookie }).with_timeout(PATIENCE);
    within(ldap.search(PEOPLE, Scope::Subtree, filter, ["employeeID"])).await.map(Found::new)
}

/// The sizes of all pages.
async fn pages(ldap: &mut Ldap, filter: &str, size: i32) -> Vec<usize> {
    let (mut sizes, mut cookie) = (Vec::new(), Vec::new());
    loop {
        let found = page(ldap, filter, size, cookie).await.unwrap();
        assert_eq!(found.result.rc, 0);
        sizes.push(found.entries.len());
        cookie = found.cookie();
        if cookie.is_empty() {
            return sizes;
        }
    }
}

fn control(oid: &str) -> RawControl {
    RawControl { ctype: oid.to_owned(), crit: true, val: None }
}

/// A filter that looks for these bytes.
fn by_bytes(attribute: &str, bytes: &[u8]) -> String {
    let mut escaped = String::new();
    for byte in bytes {
        write!(escaped, "\\{byte:02x}").unwrap();
    }
    format!("({attribute}={escaped})")
}
