//! A client is updated: seed 001, "Update Client Details".

use super::*;

fn sent() -> Way {
    let mut way = Way::new(informed(capillary()), Op::Change, Some(THERE));
    assert_eq!(way.start(), format!("Put clients/{THERE}"));
    way
}

#[test]
fn the_request_is_the_seeds() {
    let mut way = Way::new(informed(capillary()), Op::Change, Some(THERE));
    let mut due = mapped();
    due["name"] = json!("NewName2");
    due["scopes"].as_array_mut().unwrap().pop();
    way.item.payload = member(due);
    way.start();
    assert_eq!(way.body(), serde_json::from_str::<Value>(sample::UPDATE).unwrap());
}

#[test]
fn it_is_always_the_whole_of_it() {
    for op in [Op::Join, Op::Change, Op::Return] {
        let mut way = Way::new(informed(capillary()), op, Some(THERE));
        way.item.before = Some(way.item.payload.clone());
        assert_eq!(way.start(), format!("Put clients/{THERE}"), "{op:?}");
        let names: Vec<String> = way.body().as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["defaultTillId", "description", "expirationTokenTime", "name", "scopes"]);
    }
}

#[test]
fn it_keeps_its_key() {
    assert_eq!(sent().told(&ok(sample::UPDATED)), "accepted");
    assert_eq!(sent().told(&ok("{}")), "accepted", "any success without errors is one");
    for odd in ["[]", "[null, null]", "null", "OK", ""] {
        assert_eq!(sent().told(&ok(odd)), "unknown: answered 200 OK with something that can't be read", "{odd}");
    }
}

#[test]
fn who_is_not_there_any_more_is_left_to_the_next_run() {
    let told = sent().told(&reply(404, sample::UPDATED));
    assert_eq!(told, "split: the client is not there any more; the next run looks for it");
}

#[test]
fn an_update_without_an_answer_is_lost_and_sent_anew() {
    let mut way = sent();
    assert_eq!(way.next(Input::Unanswered("cut")), "unknown: no whole answer: cut");
    assert_eq!(way.next(Input::Woken), "lost: no answer");
    assert_eq!(sent().next(Input::Unsent("no route")), "later: nothing was sent: no route");
}

#[test]
fn a_target_that_has_not_told_is_asked_first_what_clients_can_be_given() {
    let mut way = Way::new(capillary(), Op::Change, Some(THERE));
    assert_eq!(way.start(), "Get scopes");
    assert_eq!(way.told(&ok(sample::SCOPES)), format!("Put clients/{THERE}"));
    assert_eq!(way.body()["scopes"][0]["entityId"], json!(1));
}
