//! A bulk's way: seed 002, "Bulk statuses", and the table of contracts.

use super::*;

/// A job's steps, each with what became of the one before.
struct Way {
    boostcom: Boostcom,
    items: Vec<Item>,
    ticket: Ticket,
}

impl Way {
    fn sent(n: i64) -> Self {
        let (boostcom, items) = (boostcom(), items(n));
        let Step::Call(_, ticket) = boostcom.start(Job::Deliver(&items), &env(0)) else { panic!("nothing is sent") };
        Self { boostcom, items, ticket }
    }

    /// Taken at 0.
    fn taken(n: i64) -> Self {
        let mut way = Self::sent(n);
        assert_eq!(way.told(0, 200, &json!({"import_id": IMPORT()})), "5: taken");
        way
    }

    /// Taken, and its id in the import is known.
    fn followed(n: i64) -> Self {
        let mut way = Self::taken(n);
        assert_eq!(way.goes_on(5, Input::Woken), "Get /ID");
        assert_eq!(way.told(5, 200, &import()), "Get /ID/bulks/84");
        way
    }

    fn goes_on(&mut self, second: i64, input: Input<'_>) -> String {
        let step = self.boostcom.resume(Job::Deliver(&self.items), &self.ticket, input, &env(second));
        if let Step::Call(_, ticket) | Step::Wait(_, ticket, _) = &step {
            self.ticket = ticket.clone();
        }
        shown(&step)
    }

    fn told(&mut self, second: i64, status: u16, body: &Value) -> String {
        self.goes_on(second, Input::Reply(&reply(status, &body.to_string())))
    }
}

fn import() -> Value {
    json!({"bulks": [{"id": 83, "request_number": 6, "status": "finished"}, {"id": 84, "request_number": 7, "status": "waiting"}]})
}

fn status(word: &str, retries: u64) -> Value {
    json!({"id": 84, "status": word, "retries": retries, "members_errors": {}})
}

#[test]
fn every_answer_to_a_bulk_in_words() {
    let words = |code: &str| json!({"error": code});
    for (status, body, expected) in [
        (
            422,
            words("duplicated_emails"),
            "split: answered 422 Unprocessable Content: duplicated_emails (two members of the request have one mail address)",
        ),
        (
            422,
            words("duplicated_msisdns"),
            "split: answered 422 Unprocessable Content: duplicated_msisdns (two members of the request have one msisdn)",
        ),
        (
            422,
            words("members_size_incorrect"),
            "split: answered 422 Unprocessable Content: members_size_incorrect (too many members in the request)",
        ),
        (
            422,
            words("members_empty"),
            "split: answered 422 Unprocessable Content: members_empty (no member in the request)",
        ),
        (
            422,
            words("missing_identifier"),
            "split: answered 422 Unprocessable Content: missing_identifier (a member lacks an identifier that this club demands)",
        ),
        (422, words("anna.1@example.com is odd"), "split: answered 422 Unprocessable Content: … is odd"),
        (422, json!([]), "split: answered 422 Unprocessable Content: no reason was given"),
        (413, json!(null), "too large"),
        (
            401,
            json!(null),
            "later: answered 401 Unauthorized: the credential is not accepted for this club and product: check `client_authorization`, `loyalty_club` and `product_name`",
        ),
        (
            402,
            json!(null),
            "later: answered 402 Payment Required: members imports are not enabled for this club: ask Boostcom",
        ),
        (
            403,
            json!(null),
            "later: answered 403 Forbidden: the credential lacks the permit BL:Api:Members:Imports:Create: ask Boostcom",
        ),
        (404, json!(null), "later: answered 404 Not Found: nothing is there: check `url` and `loyalty_club`"),
        (406, json!(null), "later: answered 406 Not Acceptable: the request was not understood as JSON"),
        (470, json!(null), "later: answered 470: a header was missing on arrival: does a proxy take some out?"),
        (471, json!(null), "later: answered 471: a header is wrong: check `product_name` and `user_agent`"),
        (302, json!(null), "later: answered with a redirect; check `url`"),
        (503, json!(null), "unknown: answered 503 Service Unavailable: Boostcom is under maintenance"),
        (500, words("oops"), "unknown: answered 500 Internal Server Error: {\"error\":\"oops\"}"),
        (408, json!(null), "unknown: answered 408 Request Timeout: null"),
    ] {
        assert_eq!(Way::sent(2).told(1, status, &body), expected);
    }
    let busy = Reply { retry_after: Some(at(90)), ..reply(429, "") };
    assert_eq!(Way::sent(2).goes_on(1, Input::Reply(&busy)), "90: answered 429 Too Many Requests");
    assert_eq!(Way::sent(2).goes_on(1, Input::Unsent("no route")), "later: nothing was sent: no route");
    assert_eq!(Way::sent(2).goes_on(1, Input::Unanswered("cut")), "unknown: no whole answer: cut");
}

#[test]
fn the_id_that_the_target_gives_counts() {
    let mut way = Way::sent(1);
    assert_eq!(way.told(0, 200, &json!({"import_id": "import_21"})), "5: taken");
    assert_eq!(way.goes_on(5, Input::Woken), "Get /import_21");
    for odd in [json!({"import_id": "../x"}), json!({"import_id": ""}), json!("ok"), json!(null)] {
        let mut way = Way::sent(1);
        assert_eq!(way.told(0, 201, &odd), "5: taken");
        assert_eq!(way.goes_on(5, Input::Woken), "Get /ID", "{odd}");
    }
}

#[test]
fn it_is_asked_again_after_5_seconds_and_ever_longer_up_to_5_minutes() {
    let mut way = Way::followed(1);
    let (mut now, mut pauses) = (5, Vec::new());
    while now < 3_600 {
        let next: i64 = way.told(now, 200, &status("working", 0)).strip_suffix(": working").unwrap().parse().unwrap();
        pauses.push(next - now);
        now = next;
        assert_eq!(way.goes_on(now, Input::Woken), "Get /ID/bulks/84");
    }
    assert_eq!(pauses[..5], [5, 7, 10, 15, 22]);
    assert!(pauses.is_sorted() && pauses.last() == Some(&300), "{pauses:?}");
}

#[test]
fn every_status_is_shown_or_ends_it() {
    for (word, retries, expected) in [
        ("waiting", 0, "10: waiting"),
        ("working", 0, "10: working"),
        ("waiting_for_retry", 2, "10: waiting_for_retry: it failed at the target, retry 2 of 5"),
        ("failed", 5, "failed: failed at the target after 5 retries of its own"),
        ("finished", 0, "accepted"),
        ("pondering", 0, "10: in a status that this version does not know"),
    ] {
        assert_eq!(Way::followed(1).told(5, 200, &status(word, retries)), expected);
    }
}

#[test]
fn trouble_with_asking_changes_nothing_about_the_bulk() {
    let mut way = Way::followed(1);
    for (code, said) in [
        (
            401,
            "the credential is not accepted for this club and product: check `client_authorization`, `loyalty_club` and `product_name`",
        ),
        (403, "the credential lacks the permit BL:Api:Members:Imports:Get: ask Boostcom"),
        (503, "Boostcom is under maintenance"),
    ] {
        let told = way.told(5, code, &json!(null));
        assert!(told.contains(": could not be asked: answered") && told.ends_with(said), "{told}");
    }
    assert_eq!(way.goes_on(5, Input::Unanswered("cut")), "20: could not be asked: cut");
    assert_eq!(way.goes_on(5, Input::Unsent("no route")), "27: could not be asked: no route");
    assert_eq!(way.goes_on(30, Input::Reply(&reply(200, "<html>"))), "63: the bulk's status can't be read");
    let busy = Reply { retry_after: Some(at(500)), ..reply(429, "") };
    assert_eq!(way.goes_on(66, Input::Reply(&busy)), "500: could not be asked: answered 429 Too Many Requests");
}

#[test]
fn what_was_taken_and_is_not_found_counts_once_it_would_have_to_be() {
    let mut way = Way::taken(1);
    assert_eq!(way.goes_on(5, Input::Woken), "Get /ID");
    assert_eq!(way.told(5, 404, &json!(null)), "10: taken, but not found yet");
    assert_eq!(way.told(10, 200, &json!({"bulks": []})), "17: taken, but not among the import's bulks yet");
    assert_eq!(way.told(60, 404, &json!(null)), "lost: the target took it and does not know of it any more");
}

#[test]
fn after_a_lost_answer_it_is_asked_whether_it_arrived_before_anything_is_sent_again() {
    let unanswered = || {
        let mut way = Way::sent(1);
        assert_eq!(way.goes_on(1, Input::Unanswered("cut")), "unknown: no whole answer: cut");
        assert_eq!(way.goes_on(61, Input::Woken), "Get /ID");
        way
    };
    assert_eq!(unanswered().told(61, 200, &import()), "Get /ID/bulks/84", "it did");
    let never = "lost: the target does not know of it: it never arrived";
    assert_eq!(unanswered().told(61, 404, &json!(null)), never);
    assert_eq!(unanswered().told(61, 200, &json!({"bulks": [{"id": 83, "request_number": 6}]})), never, "others did");
    let unsure = [
        unanswered().told(61, 500, &json!(null)),
        unanswered().goes_on(61, Input::Unanswered("cut")),
        unanswered().goes_on(61, Input::Reply(&reply(200, "<html>"))),
    ];
    assert!(unsure.iter().all(|told| told.starts_with("unknown: ")), "{unsure:?}");
    assert!(unanswered().told(90_000, 500, &json!(null)).starts_with("lost: "), "nobody could tell any more");
}

#[test]
fn what_was_taken_more_than_once_is_waited_for_each_time() {
    let bulks = |one: &str, other: &str| {
        let bulk = |id: u64, number: u64, word: &str| json!({"id": id, "request_number": number, "status": word});
        json!({"bulks": [bulk(83, 6, "waiting"), bulk(84, 7, one), bulk(85, 7, other)]})
    };
    let mut way = Way::sent(1);
    way.goes_on(1, Input::Unanswered("cut"));
    way.goes_on(61, Input::Woken);
    assert_eq!(way.told(61, 200, &bulks("finished", "waiting")), "66: taken more than once: each is waited for");
    assert_eq!(way.goes_on(66, Input::Woken), "Get /ID");
    assert_eq!(way.told(66, 200, &bulks("finished", "working")), "73: taken more than once: each is waited for");
    assert_eq!(way.told(73, 200, &bulks("finished", "finished")), "Get /ID/bulks/85");
    let mut way = Way::taken(1);
    assert_eq!(way.told(5, 200, &bulks("finished", "failed")), "Get /ID/bulks/84");
    assert_eq!(Way::taken(1).told(5, 200, &bulks("failed", "failed")), "Get /ID/bulks/84");
}

#[test]
fn it_is_given_up_once_the_target_has_forgotten_it() {
    let mut way = Way::followed(1);
    assert_eq!(way.told(86_400, 200, &status("working", 0)), "86405: working");
    assert_eq!(way.told(86_459, 200, &status("working", 0)), "86460: working", "until it can't take effect any more");
    assert_eq!(way.told(86_460, 200, &status("working", 0)), "lost: not finished within 24 hours (working)");
    assert_eq!(Way::followed(1).told(86_460, 200, &status("finished", 0)), "accepted");
}

#[test]
fn a_crash_before_or_after_the_ticket_was_stored() {
    let step = boostcom().resume(Job::Deliver(&items(1)), &Ticket::NONE, Input::Woken, &env(1));
    assert_eq!(shown(&step), "later: nothing was sent: rosterd was stopped before");
    assert_eq!(Way::sent(1).goes_on(60, Input::Woken), "Get /ID");
    let step = boostcom().resume(Job::Deliver(&items(1)), &Ticket::new("{"), Input::Woken, &env(1));
    assert_eq!(shown(&step), "lost: where it stood can't be read");
}

#[test]
fn a_ticket_holds_nobodys_values_and_no_moment() {
    let mut way = Way::followed(2);
    way.told(5, 200, &status("working", 0));
    let expected = format!(r#"{{"at":"following","import":"{}","number":7,"bulk":84,"pause":7}}"#, IMPORT());
    assert_eq!(way.ticket.words(), Some(expected.as_str()));
}

#[test]
fn a_credential_is_tried_by_asking_for_what_cannot_be_there() {
    let Step::Call(request, ticket) = boostcom().start(Job::Check, &env(0)) else { panic!("nothing is asked") };
    assert_eq!((request.method, request.body), (Method::Get, None));
    let outcome = |status| shown(&boostcom().resume(Job::Check, &ticket, Input::Reply(&reply(status, "")), &env(1)));
    assert_eq!((outcome(404), outcome(200)), ("good".to_owned(), "good".to_owned()));
    for status in [401, 402, 403, 470, 471] {
        assert!(outcome(status).starts_with("unauthorised: "), "{}", outcome(status));
    }
    assert!(outcome(403).contains("BL:Api:Members:Imports:Get"));
    assert!(outcome(503).starts_with("later: "));
}
