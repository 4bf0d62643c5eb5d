//! Where Microsoft's domain controllers differ from Samba's: a script with their limits and in their words (MS-ADTS
//! 3.1.1.3.4.6, "LDAP Policies", and what they are seen to say).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rosterd::directory::ldap::{Error, Session};
use rosterd::directory::{Attributes, Bind, Query, Settings};

use super::{query, read, settings};
use crate::fixtures::ldif::PEOPLE;
use crate::fixtures::scripted::{Asked, Said, Scripted};

/// MaxPageSize: no search gives more at once, whatever page was asked for.
const MAX_PAGE: usize = 1000;

/// MaxValRange: no attribute gives more at once, also where no range was asked for.
const MAX_VALUES: usize = 1500;

/// What is asked about the server itself, and the bind.
fn preliminary(asked: &Asked) -> Option<Vec<Said>> {
    if asked.bind {
        return Some(vec![Said::success()]);
    }
    let root = [
        ("supportedCapabilities", &["1.2.840.113556.1.4.800"][..]),
        ("supportedControl", &["1.2.840.113556.1.4.319"]),
        ("dsServiceName", &["CN=NTDS Settings,CN=DC1"]),
    ];
    asked.base.is_empty().then(|| vec![Said::entry("", &root), Said::success()])
}

/// A search that would find so many people.
fn people(asked: &Asked, count: usize) -> Vec<Said> {
    let (wanted, from) = match &asked.page {
        Some((size, cookie)) => (*size, String::from_utf8_lossy(cookie).parse().unwrap_or(0)),
        None if asked.size_limit > 0 => (asked.size_limit, 0),
        None => (usize::MAX, 0),
    };
    let to = count.min(from + wanted.min(MAX_PAGE));
    let person = |number| Said::entry(&format!("CN={number},{PEOPLE}"), &[("uid", &[&format!("p{number}")])]);
    let mut said: Vec<Said> = (from..to).map(person).collect();
    said.push(match &asked.page {
        Some(_) if to < count => Said::Result(0, String::new(), Some(to.to_string().into_bytes())),
        Some(_) => Said::Result(0, String::new(), Some(Vec::new())),
        None if to < count => Said::Result(4, "00002023: SvcErr".to_owned(), None),
        None => Said::success(),
    });
    said
}

/// A server that answers the first search for people so, once it was bound to.
async fn that_says(answer: impl Fn(&Asked) -> Vec<Said> + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |asked| preliminary(asked).unwrap_or_else(|| answer(asked))).await
}

async fn failed_reading(settings: &Settings) -> Error {
    let session = Session::open(settings).await.unwrap();
    read(&session, &query("(uid=*)")).await.unwrap_err()
}

fn result(code: u8, diagnostic: &str) -> Vec<Said> {
    vec![Said::Result(code, diagnostic.to_owned(), None)]
}

#[tokio::test]
async fn pages_are_smaller_than_asked_and_nobody_is_missed() {
    let server = that_says(|asked| people(asked, 2_500)).await;
    let session = Session::open(&Settings { page_size: 5_000, ..settings(&[&server.url()]) }).await.unwrap();
    let mut query = query("(uid=*)");
    query.require = vec!["(uid=p1)".to_owned()];
    let (entries, last) = read(&session, &query).await.unwrap();
    let names: BTreeSet<_> = entries.iter().map(|entry| super::text(&query, entry, "uid")).collect();
    let end = last.end.unwrap();
    assert_eq!((entries.len(), names.len(), end.found, end.probes_missing), (2_500, 2_500, vec![2_500], Vec::new()));
}

#[tokio::test]
async fn the_members_of_a_large_group_come_in_ranges_nobody_asked_for() {
    let members: Vec<_> = (0..3_500).map(|number| format!("CN={number},{PEOPLE}")).collect();
    let known = members.clone();
    let server = that_says(move |asked| {
        let from: usize = match asked.attributes[0].strip_prefix("member;range=") {
            Some(range) => range.trim_end_matches("-*").parse().unwrap(),
            None => 0,
        };
        let to = known.len().min(from + MAX_VALUES);
        let until = if to == known.len() { "*".to_owned() } else { (to - 1).to_string() };
        let values: Vec<_> = known[from..to].iter().map(String::as_str).collect();
        let group = Said::entry(&format!("CN=All,{PEOPLE}"), &[(&format!("member;range={from}-{until}"), &values)]);
        vec![group, Said::success()]
    });
    let server = server.await;
    let session = Session::open(&settings(&[&server.url()])).await.unwrap();
    let mut attributes = Attributes::default();
    let member = attributes.add("member");
    let (entries, _) = read(&session, &Query { attributes: attributes.into(), ..query("(member=*)") }).await.unwrap();
    let found: BTreeSet<_> = entries[0].values(member).map(<[u8]>::to_vec).collect();
    assert_eq!(entries[0].values(member).count(), 3_500);
    assert!(members.iter().all(|one| found.contains(one.as_bytes())), "{}", found.len());
}

#[tokio::test]
async fn every_refusal_of_a_bind_is_told_in_words_and_is_final() {
    for (data, words) in [
        ("525", "there is no such account: correct bind.dn"),
        ("52e", "the password (or the name) is wrong: correct bind.password"),
        ("530", "the account may not log on at this hour: have its logon hours widened"),
        ("531", "the account may not log on to this server: have its allowed workstations widened"),
        ("532", "its password has expired: have a new one set and put it into bind.password"),
        ("533", "the account is disabled: have it enabled"),
        ("701", "the account has expired: have it extended"),
        ("773", "its password must be changed before the first logon: have that demand removed"),
        ("775", "the account is locked: have it unlocked, and look for who used a wrong password"),
    ] {
        let says =
            format!("80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data {data}, v4f7c\0");
        let server = Scripted::start(move |_| result(49, &says)).await;
        let tries = Arc::new(AtomicUsize::new(0));
        let counter = tries.clone();
        let second = that_says(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            result(0, "")
        });
        let second = second.await;
        let error = Session::open(&settings(&[&server.url(), &second.url()])).await.err().unwrap();
        assert!(error.is_credentials(), "{data}: {error}");
        assert_eq!(error.to_string(), format!("the directory refused the bind: {words}"));
        assert_eq!(tries.load(Ordering::Relaxed), 0, "{data}");
    }
}

#[tokio::test]
async fn an_empty_password_would_be_a_success() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let server = Scripted::start(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        result(0, "")
    });
    let server = server.await;
    let bind = Bind::Simple { dn: "svc@corp.example.com".to_owned(), password: "".into() };
    let error = Session::open(&Settings { bind, ..settings(&[&server.url()]) }).await.err().unwrap();
    assert!(matches!(error, Error::EmptyPassword), "{error}");
    assert_eq!(asked.load(Ordering::Relaxed), 0, "nothing was sent");
}

#[tokio::test]
async fn a_bind_in_the_clear_or_unsigned_is_answered_by_asking_for_tls() {
    let says = "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking if \
                SSL\\TLS are not already active on the connection, data 0, v4563\0";
    let server = Scripted::start(move |_| result(8, says)).await;
    let error = Session::open(&settings(&[&server.url()])).await.err().unwrap();
    assert_eq!(error.to_string(), "the server requires TLS or signing: use ldaps:// or tls.starttls");
}

#[tokio::test]
async fn nobody_in_particular_is_told_to_bind() {
    let says = "000004DC: LdapErr: DSID-0C0907E9, comment: In order to perform this operation a successful bind must be \
                completed on the connection., data 0, v2580\0";
    let server = that_says(move |_| result(1, says)).await;
    let error = failed_reading(&Settings { bind: Bind::Anonymous, ..settings(&[&server.url()]) }).await;
    assert_eq!(
        error.to_string(),
        "the server answers only whoever binds: give `bind` an account in place of `anonymous`"
    );
}

#[tokio::test]
async fn a_base_in_another_domain_is_named_with_its_place() {
    let place = "ldap://emea.corp.example.com/OU=People,DC=emea,DC=corp,DC=example,DC=com";
    let says = "0000202B: RefErr: DSID-0310078A, data 0, 1 access points\n\tref 1: 'emea.corp.example.com'\n\0";
    let server = that_says(move |_| vec![Said::Referral(says.to_owned(), place.to_owned())]).await;
    let error = failed_reading(&settings(&[&server.url()])).await;
    let words = format!("the base `{PEOPLE}` is held elsewhere ({place}): point `url` or `discover` there");
    assert_eq!(error.to_string(), words);
}

#[tokio::test]
async fn references_to_other_partitions_are_named_at_the_end() {
    let place = "ldap://DomainDnsZones.corp.example.com/DC=DomainDnsZones,DC=corp,DC=example,DC=com";
    let server =
        that_says(move |asked| std::iter::once(Said::Reference(place.to_owned())).chain(people(asked, 3)).collect())
            .await;
    let session = Session::open(&settings(&[&server.url()])).await.unwrap();
    let end = read(&session, &query("(uid=*)")).await.unwrap().1.end.unwrap();
    assert_eq!((end.found, end.referrals), (vec![3], vec![place.to_owned()]));
}

/// What follows the first page.
async fn second_page(answer: impl Fn() -> Vec<Said> + Send + Sync + 'static) -> Error {
    let server = that_says(move |asked| match &asked.page {
        Some((_, cookie)) if !cookie.is_empty() => answer(),
        _ => people(asked, 2_500),
    });
    let server = server.await;
    let began = Instant::now();
    let error = failed_reading(&settings(&[&server.url()])).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    error
}

#[tokio::test]
async fn a_reading_that_breaks_off_at_the_second_page_says_why() {
    let during = format!("page 2 of `{PEOPLE}`");
    let limit = "00002024: SvcErr: DSID-02050C4E, problem 5008 (ADMIN_LIMIT_EXCEEDED), data -1026\0";
    let gone = "00000057: LdapErr: DSID-0C090F8A, comment: Error processing control, data 0, v4563\0";
    for (answer, words) in [
        (result(11, limit), "a limit set by the server's administrator was reached; a smaller page_size may help"),
        (result(12, gone), "Error processing control, data 0, v4563): the next run reads anew"),
        (result(3, "00000000: TimeLimit"), "have the filter's attributes indexed"),
        (result(4, "00002023: SvcErr"), "the server's size limit was reached"),
        (result(51, "0000200E: SvcErr: problem 5001 (BUSY)"), "busy: the server has too much to do"),
        (result(52, "000020E0: SvcErr"), "unavailable: the server is shutting down or not ready"),
        // Not of the bind: the account is not to be left alone for that.
        (result(49, "80090308: LdapErr, data 52e"), "refused page 2 of"),
        // MaxConnIdleTime: without a word. And a controller that is shut down.
        (vec![Said::End], "the server closed it"),
        (vec![Said::Notice(52), Said::End], "the server closed it"),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let error = second_page(move || answer.lock().unwrap().take().unwrap_or_default()).await.to_string();
        assert!(error.contains(words) && error.contains(&during), "{words}: {error}");
    }
}
