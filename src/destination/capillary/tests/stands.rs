//! Wherever a job stands, and whatever becomes of its step.

use super::*;

fn joining() -> Way {
    let mut way = Way::new(capillary(), Op::Join, None);
    way.start();
    way
}

fn listing() -> Way {
    let mut way = joining();
    way.told(&ok(sample::SCOPES));
    way
}

fn preparing() -> Way {
    let mut way = listing();
    way.told(&list(&[]));
    way
}

pub fn creating() -> Way {
    let mut way = preparing();
    way.next(Input::Kept(Ok(())));
    way
}

fn searching() -> Way {
    let mut way = creating();
    way.next(Input::Woken);
    way
}

fn keeping() -> Way {
    let mut way = creating();
    way.told(&ok(sample::CREATED));
    way
}

fn undoing() -> Way {
    let mut way = keeping();
    way.next(Input::Woken);
    way
}

fn updating() -> Way {
    let mut way = Way::new(informed(capillary()), Op::Change, Some(THERE));
    way.start();
    way
}

fn deleting() -> Way {
    let mut way = Way::new(capillary(), Op::Leave, Some(GONE));
    way.start();
    way
}

fn after(mut way: Way, replies: &[Reply]) -> Way {
    for reply in replies {
        way.told(reply);
    }
    way
}

type Stand = (&'static str, fn() -> Way);

const STANDS: [Stand; 15] = [
    ("naming", joining),
    ("listing", listing),
    ("preparing", preparing),
    ("creating", creating),
    ("searching", searching),
    ("keeping", keeping),
    ("updating", updating),
    ("deleting", deleting),
    ("  missing", || after(deleting(), &[reply(404, "")])),
    ("  asking", || after(deleting(), &[reply(404, ""), list(&[])])),
    ("  discarding", || after(deleting(), &[ok(sample::DELETED)])),
    ("undoing", undoing),
    ("  missing", || after(undoing(), &[reply(404, "")])),
    ("  asking", || after(undoing(), &[reply(404, ""), list(&[])])),
    ("  discarding", || after(undoing(), &[deleted(MADE)])),
];

/// What each does, and upon what.
const TABLE: &str = "\
naming
    90: 429
    later: null, errors, html, 302, 400, 403, 404, 500, unsent, unanswered, kept, not kept, woken
    unauthorised: 401
listing
    90: 429
    later: null, errors, html, 302, 400, 403, 404, 500, unsent, unanswered, kept, not kept, woken
    unauthorised: 401
preparing
    Post clients: kept
    later: null, errors, html, 429, 302, 400, 401, 403, 404, 500, unsent, unanswered, not kept, woken
creating
    90: 429
    Get clients: kept, not kept, woken
    later: 302, 403, 404, unsent
    split: errors, 400
    unauthorised: 401
    unknown: null, html, 500, unanswered
searching
    Get clients: kept, not kept, woken
    unauthorised: 401
    unknown: null, errors, html, 429, 302, 400, 403, 404, 500, unsent, unanswered
keeping
    Delete clients/KEY: null, errors, html, 429, 302, 400, 401, 403, 404, 500, unsent, unanswered, not kept, woken
    accepted 1 KEY: kept
updating
    90: 429
    accepted: null
    later: 302, 403, unsent
    lost: kept, not kept, woken
    split: errors, 400, 404
    unauthorised: 401
    unknown: html, 500, unanswered
deleting
    90: 429
    Get clients: null, 404, kept, not kept, woken
    later: 302, 403, unsent
    split: errors, 400
    unauthorised: 401
    unknown: html, 500, unanswered
  missing
    Get clients: kept, not kept, woken
    unauthorised: 401
    unknown: null, errors, html, 429, 302, 400, 403, 404, 500, unsent, unanswered
  asking
    Get clients: kept, not kept, woken
    discard /vault/KEY.json: 404
    unauthorised: 401
    unknown: null, errors, html, 429, 302, 400, 403, 500, unsent, unanswered
  discarding
    accepted 1 nobody: kept
    discard /vault/KEY.json: null, errors, html, 429, 302, 400, 401, 403, 404, 500, unsent, unanswered, woken
    failed: not kept
undoing
    Delete clients/KEY: kept, not kept, woken
    Get clients: null, 404
    unauthorised: 401
    unknown: errors, html, 429, 302, 400, 403, 500, unsent, unanswered
  missing
    Delete clients/KEY: kept, not kept, woken
    unauthorised: 401
    unknown: null, errors, html, 429, 302, 400, 403, 404, 500, unsent, unanswered
  asking
    Delete clients/KEY: kept, not kept, woken
    discard /vault/KEY.json: 404
    unauthorised: 401
    unknown: null, errors, html, 429, 302, 400, 403, 500, unsent, unanswered
  discarding
    discard /vault/KEY.json: null, errors, html, 429, 302, 400, 401, 403, 404, 500, unsent, unanswered, woken
    later: kept, not kept
";

/// A step without what it says.
fn kind(told: &str) -> String {
    told.split(':').next().unwrap_or_default().replace(MADE, "KEY").replace(GONE, "KEY").replace(THERE, "KEY")
}

#[test]
fn whatever_becomes_of_a_step() {
    let busy = Reply { retry_after: Some(at(90)), ..reply(429, "") };
    let replies: Vec<(String, Reply)> = [
        ("null".to_owned(), ok(r#"{"data": null, "errors": null}"#)),
        ("errors".to_owned(), ok(r#"{"data": null, "errors": ["oops"]}"#)),
        ("html".to_owned(), ok("<html>")),
        ("429".to_owned(), busy),
    ]
    .into_iter()
    .chain([302, 400, 401, 403, 404, 500].map(|status| (status.to_string(), reply(status, ""))))
    .collect();
    let inputs: Vec<(&str, Input<'_>)> = replies
        .iter()
        .map(|(name, reply)| (name.as_str(), Input::Reply(reply)))
        .chain([("unsent", Input::Unsent("no route")), ("unanswered", Input::Unanswered("cut"))])
        .chain([("kept", Input::Kept(Ok(()))), ("not kept", Input::Kept(Err("disk full"))), ("woken", Input::Woken)])
        .collect();
    let mut table = String::new();
    for (name, stand) in STANDS {
        let mut outcomes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (input_name, input) in &inputs {
            let mut way = stand();
            outcomes.entry(kind(&way.next(*input))).or_default().push(input_name);
        }
        table.push_str(&format!("{name}\n"));
        for (outcome, inputs) in outcomes {
            table.push_str(&format!("    {outcome}: {}\n", inputs.join(", ")));
        }
    }
    assert_eq!(table, TABLE);
}

#[test]
fn woken_nobody_is_sent() {
    for (name, stand) in STANDS {
        let mut way = stand();
        for _ in 0..3 {
            let told = way.next(Input::Woken);
            assert!(!told.starts_with("Post") && !told.starts_with("Put"), "{name}: {told}");
        }
    }
}

#[test]
fn a_crash_before_or_after_the_ticket_was_stored() {
    let item = [joining().item];
    let resume =
        |ticket: &Ticket| shown(&capillary().resume(Job::Deliver(&item), ticket, Input::Woken, &env(&[], None)));
    assert_eq!(resume(&Ticket::NONE), "later: nothing was sent: rosterd was stopped before");
    assert_eq!(resume(&Ticket::new("{")), "split: where it stood can't be read");
}

#[test]
fn a_ticket_holds_nobodys_values_and_no_secret() {
    for (name, stand) in STANDS {
        let ticket = stand().ticket();
        let words = ticket.words().unwrap();
        let values = ["NewName3", "Sample description", "15000449", "E17", "v3/targetGroups"];
        assert!(values.iter().chain(&SECRETS).all(|value| !words.contains(value)), "{name}: {words}");
    }
}
