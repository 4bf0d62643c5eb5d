//! A client is deleted: seed 001, "Delete Client Account".

use super::*;

fn sent() -> Way {
    let mut way = Way::new(informed(capillary()), Op::Leave, Some(GONE));
    assert_eq!(way.start(), format!("Delete clients/{GONE}"));
    assert_eq!(way.body(), json!(null));
    way
}

fn discard() -> String {
    format!("discard /vault/{GONE}.json")
}

fn list_with_it() -> Reply {
    list(&[listed(GONE, "Demo Client 3", "")])
}

#[test]
fn its_secret_goes_with_it() {
    let mut way = sent();
    assert_eq!(way.told(&ok(sample::DELETED)), discard());
    assert_eq!(way.next(Input::Kept(Ok(()))), "accepted 1 nobody");

    let mut way = Way::new(capillary(), Op::Leave, Some(GONE));
    way.capillary.settings.vault.folder = None;
    assert_eq!(way.start(), format!("Delete clients/{GONE}"), "whatever can be given");
    assert_eq!(way.told(&ok(sample::DELETED)), "accepted 1 nobody");
}

#[test]
fn a_secret_that_stays_behind_is_tried_again_but_not_for_ever() {
    let mut way = sent();
    way.told(&ok(sample::DELETED));
    assert_eq!(way.next(Input::Woken), discard(), "after a crash once more");
    assert_eq!(way.next(Input::Kept(Err("stuck"))), "failed: it is deleted; but stuck");
}

#[test]
fn who_never_was_there_is_gone() {
    assert_eq!(Way::new(capillary(), Op::Leave, None).start(), "accepted 1 nobody");
}

#[test]
fn a_success_that_does_not_say_that_it_is_gone_is_looked_into() {
    let valid = sample::DELETED.replace("false", "true");
    let other = sample::DELETED.replace(GONE, MADE);
    for body in ["{}", r#"{"data": null, "errors": null}"#, &valid, &other, r#"{"data": "deleted", "errors": null}"#] {
        assert_eq!(sent().told(&ok(body)), "Get clients", "{body}");
    }
    assert!(sent().told(&reply(204, "")).starts_with("unknown: "), "asked about as if it had not been answered");
}

#[test]
fn it_is_gone_when_both_the_list_and_its_details_say_so() {
    let not_valid = || ok(sample::DELETED);
    let missing = || {
        let mut way = sent();
        assert_eq!(way.told(&reply(404, "")), "Get clients");
        way
    };
    let invalid = list(&[json!({"clientKey": GONE, "isValid": false})]);
    for list in [list(&[]), invalid] {
        for details in [reply(404, ""), not_valid()] {
            let mut way = missing();
            assert_eq!(way.told(&list), format!("Get clients/{GONE}"));
            assert_eq!(way.told(&details), discard());
        }
    }
    let there = "failed: its deletion was answered, and it is still there";
    assert_eq!(missing().told(&list_with_it()), there);
    let mut way = missing();
    way.told(&list(&[]));
    assert_eq!(way.told(&ok(&sample::DELETED.replace("false", "true"))), there, "the list was cut short");

    for (list_fails, unsure) in [
        (true, reply(404, "")),
        (true, reply(500, "")),
        (true, ok("{}")),
        (true, ok(r#"{"data": [], "errors": ["oops"]}"#)),
        (false, reply(403, "")),
        (false, reply(500, "")),
        (false, ok("{}")),
        (false, ok(r#"{"data": null, "errors": [{"code": 400}]}"#)),
        (false, ok(&sample::DELETED.replace(GONE, MADE))),
        (false, ok(sample::CREATED)),
    ] {
        let mut way = missing();
        if !list_fails {
            way.told(&list(&[]));
        }
        let told = way.told(&unsure);
        assert!(told.starts_with("unknown: "), "{unsure:?}: {told}");
        assert_eq!(way.next(Input::Woken), "Get clients", "and all is asked anew");
    }
}

#[test]
fn a_deletion_without_an_answer_is_asked_about_and_not_repeated_unasked() {
    let crashed = || {
        let mut way = sent();
        assert_eq!(way.next(Input::Unanswered("cut")), "unknown: no whole answer: cut");
        assert_eq!(way.next(Input::Woken), "Get clients");
        way
    };
    assert_eq!(crashed().told(&list_with_it()), "lost: no answer; it is still there");
    let mut way = crashed();
    way.told(&list(&[]));
    assert_eq!(way.told(&ok(&sample::DELETED.replace("false", "true"))), "lost: no answer; it is still there");
    let mut way = crashed();
    way.told(&list(&[]));
    assert_eq!(way.told(&reply(404, "")), discard());
    assert_eq!(sent().next(Input::Unsent("no route")), "later: nothing was sent: no route");
}

#[test]
fn the_client_that_we_are_known_by_is_never_deleted() {
    let told = Way::new(informed(capillary()), Op::Leave, Some("adminKey")).start();
    assert_eq!(told, "split: it is the client in `auth`, by which rosterd is known itself");
}
