//! A client whose creation was not answered, or whose secret is nowhere: design, section 5.

use super::*;

const SINCE: &str = "2020-04-15T14:14:06.000+0530";

/// On its way there, after this was told; with these of ours.
fn sent(before: &Reply, ours: &[&str]) -> Way {
    let mut way = Way::new(informed(capillary()), Op::Join, None);
    way.ours = ours.iter().copied().map(Remote::new).collect();
    way.start();
    way.told(before);
    assert_eq!(way.next(Input::Kept(Ok(()))), "Post clients");
    way
}

/// It is looked for.
fn searched(before: &Reply, ours: &[&str]) -> Way {
    let mut way = sent(before, ours);
    assert_eq!(way.next(Input::Unanswered("cut")), "unknown: no whole answer: cut");
    assert_eq!(way.next(Input::Woken), "Get clients");
    way
}

/// It is there, and its secret on the way to where it is kept.
pub fn kept() -> Way {
    let mut way = sent(&list(&[]), &[]);
    assert!(way.told(&ok(sample::CREATED)).starts_with("keep "));
    way
}

#[test]
fn what_was_made_all_the_same_is_deleted_again() {
    let mut way = searched(&list(&[]), &["8eyh1jM4Brzx84niMClQ3OHDv"]);
    assert_eq!(way.told(&list(&[listed(MADE, "NewName3", SINCE)])), format!("Delete clients/{MADE}"));
    assert_eq!(way.told(&deleted(MADE)), format!("discard /vault/{MADE}.json"));
    assert_eq!(way.next(Input::Kept(Ok(()))), "later: made without its secret being told: deleted again");
}

#[test]
fn what_was_not_made_is_made_later() {
    let invalid = json!({"clientKey": MADE, "name": "NewName3", "isValid": false});
    for more in [vec![], vec![invalid], vec![listed("adminKey", "NewName3", SINCE)], vec![listed("k1", "Other", SINCE)]]
    {
        assert_eq!(searched(&list(&[]), &[]).told(&list(&more)), "later: no answer; it was not created");
    }
    let ours = || list(&[listed("k1", "NewName3", SINCE)]);
    assert_eq!(searched(&ours(), &["k1"]).told(&ours()), "later: no answer; it was not created", "ours is no namesake");
    assert_eq!(searched(&ours(), &[]).told(&ours()), "later: no answer; it was not created", "that was there before");
}

#[test]
fn what_may_be_anybodys_is_held() {
    let new = |key: &str| listed(key, "NewName3", SINCE);
    let (old, undated) = (listed("k1", "NewName3", "2020-04-15T14:14:05.999+0530"), Reply { date: None, ..list(&[]) });
    let late = listed("k1", "NewName3", "2020-04-15T14:16:07.000+0530");
    let mut another = new("k1");
    another["description"] = json!("Somebody else's");
    let unsaid = json!({"clientKey": "k1", "name": "NewName3"});
    let without_ours = ok(r#"{"data": [], "errors": null}"#);
    let ours = "8eyh1jM4Brzx84niMClQ3OHDv";
    for (case, before, after, named) in [
        ("older than the list before", list(&[]), vec![old], "k1"),
        ("nobody says since when", list(&[]), vec![unsaid], "k1"),
        ("or in what form", list(&[]), vec![listed("k1", "NewName3", "yesterday")], "k1"),
        ("the list before had no date", undated, vec![new("k1")], "k1"),
        ("the list before was not whole", without_ours, vec![new("k1")], "k1"),
        ("long after the list", list(&[]), vec![late], "k1"),
        ("not as it was sent", list(&[]), vec![another], "k1"),
        ("two are new", list(&[]), vec![new("k1"), new("k2")], "k1, k2"),
        ("one had its name before", list(&[new("k1")]), vec![new("k1"), new("k2")], "k2"),
        ("and is gone", list(&[new("k1")]), vec![new("k2")], "k2"),
    ] {
        let told = searched(&before, &[ours]).told(&list(&after));
        let expected = format!(
            "stuck: its creation was not answered, and whether it is one of these clients can't be told: {named}; their \
             secrets are lost. Delete it at Capillary if it is, then `rosterd retry`"
        );
        assert_eq!(told, expected, "{case}");
    }
}

#[test]
fn when_it_was_made_is_compared_in_whole_seconds_of_any_zone() {
    for (since, ours) in [
        ("2020-04-15T14:14:06.104+0530", true),
        ("2020-04-15T14:14:06.000+0530", true),
        ("2020-04-15T14:14:06+0530", true),
        ("2020-04-15T08:44:06.000+0000", true),
        ("2020-04-15T14:14:06+05:30", true),
        ("2020-04-15T08:44:07Z", true),
        ("2020-04-15T14:14:05.999+0530", false),
        ("2020-04-15T14:14:06+0630", false),
        ("2020-04-15T14:14:06", false),
    ] {
        let told = searched(&list(&[]), &[]).told(&list(&[listed(MADE, "NewName3", since)]));
        assert_eq!(told.starts_with("Delete "), ours, "{since}: {told}");
    }
}

#[test]
fn a_list_without_all_of_ours_is_asked_for_again() {
    let mut way = searched(&list(&[]), &["8eyh1jM4Brzx84niMClQ3OHDv"]);
    let short = json!({"data": [listed(MADE, "NewName3", SINCE)], "errors": null}).to_string();
    for _ in 0..2 {
        assert_eq!(way.told(&ok(&short)), "60: looking for a client whose creation was not answered");
        assert_eq!(way.next(Input::Woken), "Get clients");
    }
    assert!(way.told(&ok("<html>")).starts_with("unknown: "));
    assert_eq!(way.next(Input::Woken), "Get clients");
    assert_eq!(way.told(&list(&[listed(MADE, "NewName3", SINCE)])), format!("Delete clients/{MADE}"));
}

#[test]
fn a_secret_that_is_not_kept_undoes_its_client() {
    let discard = format!("discard /vault/{MADE}.json");
    for (input, why) in [
        (Input::Kept(Err("disk full")), "made, and deleted again: disk full"),
        (Input::Woken, "made without its secret being kept: deleted again"),
    ] {
        let mut way = kept();
        assert_eq!(way.next(input), format!("Delete clients/{MADE}"));
        assert_eq!(way.told(&deleted(MADE)), discard);
        assert_eq!(way.next(Input::Woken), discard, "after a crash once more");
        assert_eq!(way.next(Input::Kept(Ok(()))), format!("later: {why}"));
    }
    let mut way = kept();
    way.next(Input::Woken);
    way.told(&deleted(MADE));
    let told = way.next(Input::Kept(Err("stuck")));
    assert_eq!(told, "later: made without its secret being kept: deleted again; but stuck");
}

#[test]
fn what_is_undone_is_not_believed_gone_before_list_and_details_say_so() {
    let undone = || {
        let mut way = kept();
        way.next(Input::Woken);
        way
    };
    for status in [400, 403, 404, 429, 500] {
        let mut way = undone();
        let told = way.told(&reply(status, ""));
        assert_eq!(told.starts_with("unknown: "), status != 404, "it goes on, whatever the answer: {told}");
    }
    let mut way = undone();
    assert_eq!(way.told(&reply(404, "")), "Get clients");
    let told = "unknown: made without its secret being kept: deleted again; but it is still there";
    assert_eq!(way.told(&list(&[listed(MADE, "NewName3", SINCE)])), told);
    assert_eq!(way.next(Input::Woken), format!("Delete clients/{MADE}"), "and so it is deleted once more");
    assert_eq!(way.told(&ok(sample::CREATED)), "Get clients", "which was answered as if nothing had been done");
    assert_eq!(way.told(&list(&[])), format!("Get clients/{MADE}"));
    assert_eq!(way.told(&ok(sample::CREATED)), told);
    assert_eq!(way.next(Input::Woken), format!("Delete clients/{MADE}"));
    way.told(&reply(404, ""));
    way.told(&list(&[]));
    assert_eq!(way.told(&reply(404, "")), format!("discard /vault/{MADE}.json"));
}

#[test]
fn nobody_of_ours_is_undone_nor_whom_we_are_known_by() {
    for (key, ours) in [("adminKey", None), (MADE, Some(MADE))] {
        let mut way = sent(&list(&[]), &[]);
        way.ours = ours.map(Remote::new).into_iter().collect();
        way.told(&ok(&sample::CREATED.replace(MADE, key)));
        let told = way.next(Input::Kept(Err("disk full")));
        assert!(told.starts_with("split: "), "{told}");
    }
}

#[test]
fn a_list_that_stays_short_for_a_day_is_for_somebody_to_look_at() {
    let new = listed(MADE, "NewName3", SINCE);
    // One of ours, k9, is never in it.
    for (there, told) in [
        (vec![], "stuck: its creation was not answered, and for a day the list of clients was cut short"),
        (vec![new], "stuck: its creation was not answered, and whether it is one of these clients can't be told"),
    ] {
        let way = searched(&list(&[]), &["k9"]);
        let (token, items, reply) = (SecretString::from("t0ken"), [way.item.clone()], list(&there));
        for (seconds, expected) in [(60, "120: looking for a client"), (86_400, told)] {
            let env = Env { now: at(seconds), ..env(&way.ours, Some(&token)) };
            let step = way.capillary.resume(Job::Deliver(&items), &way.ticket(), Input::Reply(&reply), &env);
            assert!(shown(&step).starts_with(expected), "{}", shown(&step));
        }
    }
}
