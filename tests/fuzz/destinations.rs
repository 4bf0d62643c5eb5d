//! What the targets answer, taken through the steps of every job as the engine would take them.
//!
//! An input is a list of answers, with a line of its own before each: `200`, `429 retry`, `301 away`, `unsent`,
//! `unanswered`, `woken` (after a crash), `kept`, `lost` (where a secret is to be kept). After the last one nothing is answered.

use std::collections::BTreeMap;
use std::time::Duration;

use rosterd::destination::boostcom::{self, Boostcom, Identifier};
use rosterd::destination::capillary::{self, Adopt, Auth, Capillary, Vault};
use rosterd::destination::veris::{self, Veris};
use rosterd::destination::{
    Destination, Done, Env, Input, Item, Job, Look, Mending, Op, Refusal, Remote, Reply, Step, Ticket,
};
use rosterd::roster::{Fingerprint, Identity, Payload, Timestamp};
use secrecy::SecretString;
use serde_json::json;

use crate::harness::Target;

/// A bulk that is asked about for a day, every five minutes at least.
const STEPS: usize = 1000;

const WORDS: &[&[u8]] = &[
    b"\n%% 200\n",
    b"\n%% 201\n",
    b"\n%% 301 away\n",
    b"\n%% 400\n",
    b"\n%% 401\n",
    b"\n%% 404\n",
    b"\n%% 413\n",
    b"\n%% 422\n",
    b"\n%% 429 retry\n",
    b"\n%% 500\n",
    b"\n%% 503 retry\n",
    b"\n%% 0\n",
    b"\n%% 99999\n",
    b"\n%% unsent\n",
    b"\n%% unanswered\n",
    b"\n%% kept\n",
    b"\n%% lost\n",
    b"\n%% woken\n",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"\"\"",
    b"1e308",
    b"-0",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\xef\xbf\xbd",
    b"\xff",
    b"\"status\":",
    b"\"data\":",
    b"\"errors\":",
    b"\"message\":",
    b"\"id\":",
    b"\"bulks\":",
    b"\"import_id\":",
    b"\"members_errors\":",
    b"\"request_number\":",
    b"\"Token\":",
    b"\"ValidTill\":",
    b"\"clientKey\":",
    b"\"clientSecret\":",
    b"\"accessToken\":",
    b"\"ttlSeconds\":",
    b"E1",
    b"anna@example.com",
    b"finished",
    b"failed",
    b"[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
];

const fn target(name: &'static str, more: &'static [&'static str]) -> Target {
    Target { name, more, words: WORDS, longest: 64 << 10, memory: 16 << 20, seeds: 800 }
}

fn now() -> Timestamp {
    "2026-11-05T10:00:00Z".parse().unwrap()
}

/// A line, and what follows it up to the next one.
fn answers(input: &str) -> Vec<(&str, &str)> {
    let parts = input.strip_prefix("%% ").unwrap_or(input).split("\n%% ");
    parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).collect()
}

fn reply(line: &str, body: &str) -> Reply {
    let digits: String = line.chars().take_while(char::is_ascii_digit).take(4).collect();
    Reply {
        status: digits.parse().unwrap_or(200),
        date: Some(now()).filter(|_| !line.contains("undated")),
        retry_after: Some(now() + Duration::from_mins(5)).filter(|_| line.contains("retry")),
        redirect: Some("elsewhere.example".to_owned()).filter(|_| line.contains("away")),
        body: body.to_owned(),
    }
}

/// Takes a job through its steps.
fn drive(destination: &dyn Destination, items: Option<&[Item]>, job: Job<'_>, input: &str) {
    let token = SecretString::from("t0ken");
    let ours = ["t3OPbJA3M2dJFFDFVdESW3MHb", "8eyh1jM4Brzx84niMClQ3OHDv"].map(Remote::new);
    let once = BTreeMap::new();
    let mut env = Env {
        now: now(),
        since: now(),
        session: Fingerprint::of(b"session"),
        number: 7,
        once: &once,
        ours: &ours,
        there: &ours,
        token: Some(&token),
    };
    let mut look = Look { ours: ours.to_vec(), replies: Vec::new() };
    let observes = matches!(job, Job::Observe(_));
    let mut answers = answers(input).into_iter();
    let mut step = destination.start(if observes { Job::Observe(&look) } else { job }, &env);
    for _ in 0..STEPS {
        let mut next = || answers.next().unwrap_or(("unanswered", ""));
        let (ticket, (line, body)) = match step {
            Step::Done(done) => return ended(&done),
            Step::Wait(until, ticket, note) => {
                assert!(note.len() < 500, "{note}");
                env.now = until.max(env.now);
                (ticket, ("woken", ""))
            }
            Step::Keep(_, ticket) if next().0 == "lost" => (ticket, ("lost", "")),
            Step::Keep(_, ticket) => (ticket, ("kept", "")),
            Step::Call(_, ticket) => (ticket, next()),
        };
        let (ticket, reply) = (stored(&ticket), reply(line, body));
        let input = match line {
            "unsent" => Input::Unsent("no route"),
            "unanswered" => Input::Unanswered("timed out"),
            "kept" => Input::Kept(Ok(())),
            "lost" => Input::Kept(Err("disk full")),
            "woken" => Input::Woken,
            _ => Input::Reply(&reply),
        };
        let job = match (observes, items) {
            (true, _) => Job::Observe(&look),
            (false, Some(items)) => Job::Deliver(items),
            (false, None) => job,
        };
        step = destination.resume(job, &ticket, input, &env);
        look.replies.push(reply);
    }
    panic!("the job does not end");
}

/// As it comes out of the store.
fn stored(ticket: &Ticket) -> Ticket {
    assert!(ticket.words().is_none_or(|words| words.len() < 256 << 10), "a ticket is large");
    Ticket::from_stored(ticket.words().map(str::to_owned))
}

/// What ends in logs is short, and one line.
fn ended(done: &Done) {
    let fit = |Refusal { text, .. }: &Refusal| assert!(text.len() < 2000 && !text.contains('\n'), "{text}");
    match done {
        Done::Split(why) | Done::Stuck(why) | Done::TooLarge(why) | Done::Unauthorised(why) | Done::Later(_, why) => {
            fit(why);
        }
        Done::Unknown(why) | Done::Lost(why) | Done::Failed(why) => fit(why),
        Done::Partly(named) => named.iter().for_each(|(_, why)| fit(why)),
        Done::Token(_, until) => assert!(*until >= now()),
        Done::Accepted(_) | Done::Observed(..) | Done::Good(_) => {}
    }
}

fn item(account: i64, identity: &str, payload: &serde_json::Value, op: Op, remote: Option<&str>) -> Item {
    let payload = Payload::from_json(&payload.to_string()).unwrap();
    let (identity, remote) = (Identity::new(identity), remote.map(Remote::new));
    Item { account, identity, remote, op, before: Some(payload.clone()), payload, certain: false }
}

/// Every job, with these members together and with each alone.
fn jobs(destination: &dyn Destination, items: &[Item], input: &str) {
    drive(destination, None, Job::Authenticate, input);
    drive(destination, None, Job::Check, input);
    drive(destination, Some(items), Job::Deliver(items), input);
    for item in items.chunks(1).filter(|_| items.len() > 1) {
        drive(destination, Some(item), Job::Deliver(item), input);
    }
}

#[test]
fn replies_of_veris() {
    let veris = Veris::new(veris::Settings {
        url: "https://acme.veris.in/".to_owned(),
        client_id: "acme".to_owned(),
        client_secret: "cl13nt-s3cret".into(),
        api_key: "4p1-key".into(),
        quota: veris::QUOTA,
        lifetime: veris::LIFETIME,
        batch: veris::BATCH,
        quiet: veris::QUIET,
    });
    let member =
        |n: i64| json!({"unique_id": format!("E{n}"), "email": format!("anna.{n}@example.com"), "status": "active"});
    let items: Vec<_> = (1..=3).map(|n| item(n, &format!("E{n}"), &member(n), Op::Change, None)).collect();
    target("replies-veris", &[]).feed(|input| jobs(&veris, &items, &String::from_utf8_lossy(input)));
}

#[test]
fn replies_of_boostcom() {
    let boostcom = Boostcom::new(boostcom::Settings {
        url: "https://bpc-api.boostcom.no/".to_owned(),
        loyalty_club: "mall".to_owned(),
        client_authorization: "B7t9U9tsoWsG".into(),
        product_name: "default".to_owned(),
        user_agent: "rosterd test".to_owned(),
        identity: Identifier::Email,
        only_create: false,
        on_leave: Payload::default(),
        on_return: Payload::default(),
        batch: boostcom::BATCH,
        quiet: boostcom::QUIET,
    });
    let member =
        |n: i64| json!({"properties": {"email": format!("anna.{n}@example.com"), "msisdn": format!("474048512{n}")}});
    let items: Vec<_> =
        (1..=3).map(|n| item(n, &format!("anna.{n}@example.com"), &member(n), Op::Join, None)).collect();
    target("replies-boostcom", &[]).feed(|input| jobs(&boostcom, &items, &String::from_utf8_lossy(input)));
}

#[test]
fn replies_of_capillary() {
    let capillary = Capillary::new(capillary::Settings {
        url: "https://eu.api.capillarytech.com/".to_owned(),
        organisation: None,
        auth: Auth::Token { key: "adminKey".to_owned(), secret: "adm1n-s3cret".into() },
        vault: Vault { folder: Some("/vault".into()), command: Vec::new() },
        drift: Mending::Repair,
        adopt: Adopt::ByName,
        leaves_approved: true,
        quiet: capillary::QUIET,
    });
    let client = json!({"name": "NewName3", "description": "Sample description", "expirationTokenTime": 600,
        "defaultTillId": 15_000_449, "scopes": [{"entity": "TargetGroups", "permission": "READ", "resources": [".*"]}]});
    let there = Some("t3OPbJA3M2dJFFDFVdESW3MHb");
    let items: Vec<_> = [(Op::Join, None), (Op::Change, there), (Op::Return, None), (Op::Leave, there)]
        .map(|(op, remote)| item(1, "E17", &client, op, remote))
        .into();
    let samples = &["src/destination/capillary/tests/samples"];
    target("replies-capillary", samples).feed(|input| {
        let input = String::from_utf8_lossy(input);
        jobs(&capillary, &items, &input);
        drive(&capillary, None, Job::Observe(&Look::default()), &input);
    });
}
