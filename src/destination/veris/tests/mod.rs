//! What every test here starts from.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use super::*;
use crate::destination::{Item, Op, Reply};
use crate::roster::Timestamp;

mod deliveries;
mod members;
mod tokens;

fn settings() -> Settings {
    Settings {
        url: "https://acme.veris.in/".to_owned(),
        client_id: "acme".to_owned(),
        client_secret: SecretString::from("cl13nt-s3cret"),
        api_key: SecretString::from("4p1-key"),
        quota: QUOTA,
        lifetime: LIFETIME,
        batch: BATCH,
        quiet: QUIET,
    }
}

/// Nothing is sent once to Veris.
static ONCE: BTreeMap<Identity, SecretString> = BTreeMap::new();

fn env(token: Option<&SecretString>) -> Env<'_> {
    Env {
        now: ten(),
        since: ten(),
        session: Fingerprint::of(b""),
        number: 1,
        once: &ONCE,
        ours: &[],
        there: &[],
        token,
    }
}

fn veris() -> Veris {
    Veris::new(settings())
}

/// 2026-11-05T10:00:00Z
fn ten() -> Timestamp {
    "2026-11-05T10:00:00Z".parse().unwrap()
}

fn after(minutes: u64) -> Timestamp {
    ten() + Duration::from_mins(minutes)
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, date: Some(ten()), retry_after: None, redirect: None, body: body.to_owned() }
}

fn mapped() -> Payload {
    let fields = json!({
        "unique_id": "E17", "first_name": "Anna", "last_name": "Berg", "designation": "Nurse",
        "email": "anna.berg@example.com", "country": "Norway",
    });
    Payload::from_json(&fields.to_string()).unwrap()
}

/// A member of a batch, with account and identity told apart.
fn item(account: i64) -> Item {
    let identity = Identity::new(format!("E{account}"));
    let payload = mapped().with("unique_id", identity.as_str()).with("status", "active");
    Item { account, identity, remote: None, op: Op::Change, payload, before: None, certain: true }
}

fn request(step: Step) -> crate::destination::Request {
    match step {
        Step::Call(request, _) => request,
        other => panic!("no call but {other:?}"),
    }
}

fn done(step: Step) -> Done {
    match step {
        Step::Done(done) => done,
        other => panic!("not done but {other:?}"),
    }
}

/// How a job ended and what it says, in a form that tables can hold.
fn shown(done: &Done) -> (&'static str, Option<Timestamp>, &str) {
    match done {
        Done::Token(..) => ("token", None, ""),
        Done::Accepted(_) => ("accepted", None, ""),
        Done::Partly(_) => ("partly", None, ""),
        Done::Split(refusal) => ("split", None, &refusal.text),
        Done::Stuck(refusal) => ("stuck", None, &refusal.text),
        Done::TooLarge(refusal) => ("too large", None, &refusal.text),
        Done::Unauthorised(refusal) => ("unauthorised", None, &refusal.text),
        Done::Later(moment, refusal) => ("later", *moment, &refusal.text),
        Done::Unknown(refusal) => ("unknown", None, &refusal.text),
        Done::Failed(refusal) => ("failed", None, &refusal.text),
        Done::Lost(refusal) => ("lost", None, &refusal.text),
        Done::Observed(..) | Done::Good(_) => ("observed", None, ""),
    }
}

#[test]
fn realm_and_credential_follow_what_they_describe() {
    let other = |change: fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        Veris::new(settings)
    };
    assert_eq!(veris().realm(), "veris https://acme.veris.in acme");
    for url in ["https://acme.veris.in", "HTTPS://Acme.Veris.in:443//", " https://acme.veris.in/ "] {
        let settings = Settings { url: url.to_owned(), ..settings() };
        assert_eq!(Veris::new(settings).realm(), veris().realm(), "{url}");
    }
    assert_eq!(normalised("http://LOCALHOST:8080/Base/"), "http://localhost:8080/Base");
    assert_eq!(normalised("nonsense"), "nonsense");

    for changed in [
        other(|s| s.client_id = "acme2".to_owned()),
        other(|s| s.client_secret = SecretString::from("cl13nt-s3cret4")),
        other(|s| s.api_key = SecretString::from("p1-key")),
        other(|s| (s.client_secret, s.api_key) = (SecretString::from("cl13nt-s3cret4"), SecretString::from("p1-key"))),
    ] {
        assert_ne!(changed.credential(), veris().credential());
    }
    assert_eq!(other(|s| s.batch = NonZeroUsize::MIN).credential(), veris().credential());
    assert_eq!(
        veris().limits(),
        Limits {
            batch: BATCH,
            token: Some(QUOTA),
            quiet: QUIET,
            readable: None,
            leaves_approved: false,
            joins_apart: false
        }
    );
}

#[test]
fn debug_shows_no_secret() {
    let text = format!("{:?}", veris());
    assert!(!text.contains("s3cret") && !text.contains("4p1-key"), "{text}");
}
