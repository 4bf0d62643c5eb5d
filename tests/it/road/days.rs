//! Ordinary days.

use rosterd::sandbox::veris::{Effect, Fault};
use serde_json::json;

use crate::fixtures::road::Road;

#[test]
fn everybody_first_then_nothing_to_do() {
    let mut road = Road::new(25);
    let json = road.sync_well();
    let members = json!({"joined":25,"changed":0,"left":0,"returned":0,"unchanged":0,"invalid":0,"skipped":0});
    let delivery = json!({"confirmed":25,"refused":0,"pending":0,"held":0,"requests":2,"token_requests":1});
    assert_eq!(json["members"], members);
    assert_eq!(json["delivery"], delivery);
    assert_eq!(
        (&json["sync"], &json["run"], &json["read"]),
        (&json!("people"), &json!(1), &json!({"mode":"full","entries":25}))
    );
    assert_eq!(road.requests(), [1, 1]);

    let json = road.sync_well();
    assert_eq!(json["members"]["unchanged"], 25);
    assert_eq!((&json["delivery"]["requests"], road.requests()), (&json!(0), [1, 1]));
}

#[test]
fn a_day_of_changes() {
    let mut road = Road::new(25);
    road.people.set(1, "employeeType", "left");
    // Inactive when first seen: the target never hears of them.
    let json = road.sync_well();
    assert_eq!((&json["members"]["joined"], &json["members"]["skipped"]), (&json!(24), &json!(1)));

    road.people.hire([26, 27]);
    road.people.set(1, "employeeType", "staff");
    road.people.set(2, "title", "Chief Engineer");
    road.people.fire([3]);
    road.people.set(4, "employeeType", "left");
    road.people.set(5, "title", &"Engineer ".repeat(15));
    road.people.clear(6, "mail");
    road.faults([Fault::new(Effect::Refuse(vec!["E27".into()]))]);
    let json = road.sync().ended("partial", 3);
    let members = json!({"joined":3,"changed":1,"left":2,"returned":0,"unchanged":19,"invalid":2,"skipped":0});
    assert_eq!(json["members"], members);
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["refused"]), (&json!(5), &json!(1)));
    assert_eq!(json["delivery"]["token_requests"], 0, "the token is still good");
    road.in_step_but(&["E5", "E6", "E27"]);

    // The target is not asked again for the one it refused, nor is anybody told twice of the invalid.
    let before = road.requests();
    let json = road.sync().ended("ok", 0);
    assert_eq!((road.requests(), &json["members"]["invalid"]), (before, &json!(2)));

    // Other values are another try; who was disabled comes back; what was invalid is mended.
    road.people.set(27, "title", "Junior Engineer");
    road.people.set(4, "employeeType", "staff");
    road.people.set(5, "title", "Engineer");
    road.people.set(6, "mail", "six@corp.example.com");
    road.faults([]);
    let json = road.sync_well();
    assert_eq!((&json["members"]["returned"], &json["members"]["changed"]), (&json!(1), &json!(2)));
}
