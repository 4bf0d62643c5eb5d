//! What a directory server answers, over a real socket: entries, the root entry, groups, pages, changes, look-ups.
//!
//! An input is what a server says after the bind, message for message: up to a result for each request, under the
//! request's own id. Where it can't be taken apart any more the rest is sent as it is, and the connection ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rosterd::directory::changes::{Changes, Mark, Position, Way, Whom};
use rosterd::directory::ldap::{Error, Session};
use rosterd::directory::{Attributes, Bind, Query, Scope, Search, Servers, Settings, Tls};
use rosterd::roster::Key;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::harness::{Target, bounded, runtime};

/// Tags, lengths that lie, names that mean something.
const WORDS: &[&[u8]] = &[
    b"\x30\x84\x7f\xff\xff\xff",
    b"\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x30\x80",
    b"\x30\x00",
    b"\x31\x00",
    b"\x04\x00",
    b"\x04\x84\xff\xff\xff\xff",
    b"\x02\x01\x00",
    b"\x02\x09\x01\x01\x01\x01\x01\x01\x01\x01\x01",
    b"\x01\x01\xff",
    b"\x0a\x01\x00",
    b"\x0a\x01\x04",
    b"\x0a\x01\x0a",
    b"\x0a\x01\x20",
    b"\x0a\x01\x31",
    b"\x64",
    b"\x65",
    b"\x73",
    b"\x79",
    b"\x78",
    b"\xa0",
    b"\xa3",
    b"\x1f\xff\xff\xff\x7f",
    b"\xff\xff\xff\xff",
    b"member;range=0-1499",
    b"member;range=1500-*",
    b";range=",
    b";range=0-4294967295",
    b"cn;lang-en",
    b"jpegPhoto;binary",
    b"1.2.840.113556.1.4.319",
    b"1.3.6.1.4.1.4203.1.9.1.2",
    b"1.3.6.1.4.1.4203.1.9.1.3",
    b"1.3.6.1.4.1.4203.1.9.1.4",
    b"1.2.840.113556.1.4.800",
    b"OpenLDAProotDSE",
    b"objectClass",
    b"entryUUID",
    b"objectGUID",
    b"uSNChanged",
    b"99999999999999999999Z",
    b"20260102030405.000000Z#000000#000#000000",
    b"CN=\\, DC=",
    b"\xc3\x28",
];

const fn target(name: &'static str) -> Target {
    Target { name, more: &[], words: WORDS, longest: 16 << 10, memory: 16 << 20, seeds: 250 }
}

/// A server that answers every connection with the input as it is then.
struct Lab {
    runtime: Runtime,
    url: String,
    input: Arc<Mutex<Vec<u8>>>,
}

impl Lab {
    fn new() -> Self {
        let runtime = runtime();
        let input = Arc::<Mutex<Vec<u8>>>::default();
        let said = input.clone();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("ldap://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let input = said.lock().unwrap().clone();
                tokio::spawn(serve(stream, input));
            }
        });
        Self { runtime, url, input }
    }

    fn settings(&self) -> Settings {
        Settings {
            servers: Servers::Listed(vec![self.url.clone()]),
            kind: None,
            bind: Bind::Anonymous,
            tls: Tls::default(),
            page_size: 10,
            max_entries_per_second: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(5),
        }
    }

    /// Talks to a server that says this.
    fn talk(&self, input: &[u8], talk: impl AsyncFn(Session) -> Result<(), Error>) -> Result<(), Error> {
        *self.input.lock().unwrap() = input.to_vec();
        self.runtime.block_on(async {
            let session = Session::open(&self.settings()).await?;
            talk(session).await
        })
    }
}

async fn serve(mut stream: TcpStream, input: Vec<u8>) {
    let _ = stream.set_nodelay(true);
    let (mut asked, mut rest) = (Vec::new(), input.as_slice());
    loop {
        while let Some(message) = message(&asked) {
            let (id, operation) = (asked[message.id], asked[message.operation]);
            asked.drain(..message.end);
            let answer = match operation {
                0x60 => vec![0x30, 0x0c, 2, 1, id, 0x61, 7, 10, 1, 0, 4, 0, 4, 0],
                0x42 => return,
                _ => next(&mut rest, id),
            };
            if answer.is_empty() || stream.write_all(&answer).await.is_err() {
                return;
            }
        }
        // Who is not asked any more closes, or the other side would wait for what never comes.
        let more = tokio::time::timeout(Duration::from_millis(10), stream.read_buf(&mut asked)).await;
        if !matches!(more, Ok(Ok(1..))) {
            return;
        }
    }
}

/// Where the parts of a message begin that is whole.
struct Message {
    id: usize,
    operation: usize,
    end: usize,
}

fn message(bytes: &[u8]) -> Option<Message> {
    let (start, end) = match *bytes {
        [0x30, length @ ..=0x7f, ..] => (2, 2 + usize::from(length)),
        [0x30, long @ 0x81..=0x84, ..] => {
            let start = 2 + usize::from(long - 0x80);
            let length = bytes.get(2..start)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            (start, start + length)
        }
        _ => return None,
    };
    let id = bytes.get(start..end)?.starts_with(&[2, 1]).then_some(start + 2)?;
    (id + 1 < end).then_some(Message { id, operation: id + 1, end })
}

/// What is said up to the next result, under an id; all the rest where it can't be told.
fn next(rest: &mut &[u8], id: u8) -> Vec<u8> {
    let mut said = Vec::new();
    while let Some(message) = message(rest) {
        let (first, others) = rest.split_at(message.end);
        let operation = first[message.operation];
        said.extend_from_slice(first);
        let at = said.len() - first.len() + message.id;
        said[at] = id;
        *rest = others;
        if operation == 0x65 {
            return said;
        }
    }
    said.extend_from_slice(std::mem::take(rest));
    said
}

fn query(changes: Changes, group: Option<&str>) -> Query {
    let mut attributes = Attributes::default();
    for name in ["entryUUID", "objectGUID", "cn", "mail", "jpegPhoto", "member", "memberOf"] {
        attributes.add(name);
    }
    if let Some(group) = group {
        attributes.add_group(group);
    }
    let search = |base: &str| Search { base: base.to_owned(), filter: "(cn=*)".to_owned(), scope: Scope::Subtree };
    Query {
        searches: vec![search("ou=a,dc=x"), search("ou=b,dc=x")],
        attributes: Arc::new(attributes),
        key: None,
        require: vec!["(cn=canary)".to_owned()],
        changes,
    }
}

/// All pages.
async fn read(session: &Session, query: &Query) -> Result<(), Error> {
    let mut reader = session.read(query);
    loop {
        let page = reader.next_page().await?;
        for entry in &page.entries {
            assert!(entry.dn().len() <= 16 << 20);
        }
        if page.end.is_some() {
            return Ok(());
        }
    }
}

/// Whatever is said, an error is one of the directory's, and no reading ends as if nobody had been there to read it.
fn judged(outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        assert!(!matches!(error, Error::Over), "the reader is gone");
        assert!(error.to_string().len() < 4096, "{error}");
    }
}

#[test]
fn ldap_reading() {
    let lab = Lab::new();
    let query = query(Changes::Full, None);
    target("ldap-reading").feed(|input| {
        judged(lab.talk(input, async |session| read(&session, &query).await));
    });
}

#[test]
fn ldap_groups() {
    let lab = Lab::new();
    let query = query(Changes::Full, Some("cn=board,ou=a,dc=x"));
    target("ldap-groups").feed(|input| {
        judged(lab.talk(input, async |mut session| {
            session.schema_attributes().await?;
            read(&session, &query).await
        }));
    });
}

#[test]
fn ldap_changes() {
    let lab = Lab::new();
    let query = query(Changes::Auto, None);
    let cookie = "rid=001,csn=20260102030405.000000Z#000000#000#000000".to_owned();
    let syncrepl = Position::Syncrepl { cookies: vec![cookie; 2], witnesses: Vec::new() };
    let usn = Position::Usn { invocation: "3f2504e0-4f89-11d3-9a0c-0305e82c3301".to_owned(), highest: 5 };
    Target { seeds: 100, ..target("ldap-changes") }.feed(|input| {
        for position in [syncrepl.clone(), usn.clone(), Position::Timestamp { latest: Some(1_700_000_000) }] {
            let mark = Mark { position, groups: None, places: None };
            judged(lab.talk(input, async |mut session| session.changed(&query, &mark).await.map(drop)));
        }
        for way in [Way::Syncrepl, Way::Usn, Way::Timestamp] {
            let query = Query { changes: Changes::By(way), ..query.clone() };
            judged(lab.talk(input, async |mut session| session.way(&query).await.map(drop)));
        }
    });
}

#[test]
fn ldap_people() {
    let lab = Lab::new();
    let query = query(Changes::Auto, None);
    let keys = ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "00000000-0000-0000-0000-000000000000"].map(Key::new);
    target("ldap-people").feed(|input| {
        judged(lab.talk(input, async |mut session| {
            session.look_up(&query, &keys).await?;
            session.dates(&query, &keys).await?;
            let whom = Whom { keys: keys.to_vec(), ..Whom::default() };
            session.fetch(&query, &whom).await.map(drop)
        }));
    });
}

fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

/// A message under an id: the root entry is asked for under the first, a page under the second.
fn said(id: u8, operation: &[u8]) -> Vec<u8> {
    ber(0x30, &[&[2, 1, id], operation].concat())
}

fn entry(dn: &str, name: &str, values: &[u8]) -> Vec<u8> {
    let attribute = ber(0x30, &[ber(4, name.as_bytes()), ber(0x31, values)].concat());
    said(2, &ber(0x64, &[ber(4, dn.as_bytes()), ber(0x30, &attribute)].concat()))
}

/// What no directory says, by size; each is an error that says what to do, and none takes much memory.
#[test]
fn ldap_without_end() {
    let root = said(1, &ber(0x64, &[ber(4, b""), ber(0x30, b"")].concat()));
    let done = said(1, &[0x65, 7, 10, 1, 0, 4, 0, 4, 0]);
    let nested = |depth: usize| {
        (0..depth).fold(Vec::new(), |inner, _| {
            let length = u32::try_from(inner.len()).unwrap().to_be_bytes();
            // Outside in, and turned around in the end.
            let mut outer = inner;
            outer.extend(length.iter().rev().chain(&[0x84, 0x30]));
            outer
        })
    };
    let nested = |depth| nested(depth).into_iter().rev().collect::<Vec<u8>>();
    for (what, begin, again, expected) in [
        ("one value", entry("cn=a", "cn", &ber(4, &vec![b'x'; 9 << 20])), Vec::new(), "an entry is larger than 8 MiB"),
        ("values", entry("cn=a", "cn", &ber(4, b"").repeat(2 << 20)), Vec::new(), "an entry is larger than 8 MiB"),
        ("a name", entry(&"x".repeat(9 << 20), "cn", b""), Vec::new(), "an entry is larger than 8 MiB"),
        (
            "a message that is announced",
            vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff],
            vec![b'x'],
            "a message is larger than 32 MiB",
        ),
        (
            "an impossible length",
            [&[0x30, 0x88][..], &[0xff; 8]].concat(),
            vec![b'x'],
            "a message is larger than 32 MiB",
        ),
        ("a length without end", vec![0x30, 0xff], vec![0xff], "can't be understood"),
        ("empty messages", Vec::new(), vec![0x30, 0], "can't be understood"),
        ("nesting", said(2, &nested(20_000)), Vec::new(), "can't be understood"),
        ("deep nesting", said(2, &nested(1_000_000)), Vec::new(), "can't be understood"),
        ("no LDAP", Vec::new(), vec![b'\n'], "can't be understood"),
        ("entries", Vec::new(), entry(&"x".repeat(1 << 20), "x", b""), "a page is larger than 256 MiB"),
    ] {
        bounded(what, if what == "entries" { 320 << 20 } else { 128 << 20 }, || {
            let error = endless([root.clone(), done.clone()].concat(), begin, again).unwrap_err().to_string();
            assert!(error.contains(expected), "{what}: {error}");
        });
    }
}

/// Reads from a server that answers the first search for people so.
fn endless(root: Vec<u8>, begin: Vec<u8>, again: Vec<u8>) -> Result<(), Error> {
    let runtime = runtime();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ldap://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 4096];
            for answer in [root, begin] {
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&answer).await;
            }
            let again = again.repeat(1 + (64 << 10) / again.len().max(1));
            while !again.is_empty() && stream.write_all(&again).await.is_ok() {}
            let _ = stream.read(&mut asked).await;
        });
        let settings = Settings {
            servers: Servers::Listed(vec![url]),
            kind: None,
            bind: Bind::Anonymous,
            tls: Tls::default(),
            page_size: 10,
            max_entries_per_second: None,
            connect_timeout: Duration::from_secs(20),
            timeout: Duration::from_secs(20),
        };
        read(&Session::open(&settings).await?, &query(Changes::Full, None)).await
    })
}
