//! What members decide themselves stays as they decided it.

use serde_json::json;

use crate::fixtures::ldif::PEOPLE;
use crate::fixtures::mall::{Mall, changed, channels, mail, shopper};

#[test]
fn a_channel_somebody_switched_off_stays_off_whatever_the_directory_says() {
    // The third one stays: that all leave at once would be held.
    let people = [1, 2, 3].map(|number| shopper(number, PEOPLE, &[("businessCategory", "newsletter")]));
    let mut mall = Mall::new(&people.concat());
    mall.sync_well();
    let of = |mall: &Mall, number| channels(&mall.member(&mail(number)));
    assert_eq!(of(&mall, 1), [true; 3], "whoever joins begins with the club's defaults");
    // In the club's app, say.
    let refusal = json!([{ "properties": { "email": mail(1) }, "sms_enabled": false,
        "consents": { "newsletter": { "status": false } } }]);
    mall.block_on(mall.client().send(refusal));
    mall.wait(|mall| of(mall, 1) == [false, true, true]);

    mall.modify(&changed(1, "title", Some("Manager")));
    assert_eq!(mall.sync_well()["delivery"]["confirmed"], 1);
    let member = mall.member(&mail(1));
    assert_eq!((&member.properties["title"], channels(&member)), (&json!("Manager"), [false, true, true]));
    assert_eq!(member.consents["newsletter"]["status"], false, "the directory had nothing new to say of it");

    for number in [1, 2] {
        mall.modify(&changed(number, "employeeType", Some("left")));
    }
    assert_eq!(mall.sync_well()["members"]["left"], 2);
    assert_eq!((of(&mall, 1), of(&mall, 2)), ([false; 3], [false; 3]));

    mall.modify(&changed(1, "employeeType", None));
    assert_eq!(mall.sync_well()["members"]["returned"], 1);
    assert_eq!((of(&mall, 1), of(&mall, 2)), ([false; 3], [false; 3]), "nobody asked whoever returned");
    assert_eq!(mall.member(&mail(1)).properties["title"], "Manager");

    mall.config.sync().more += "\n    on_return: { email_enabled: true }";
    mall.modify(&changed(2, "employeeType", None));
    assert_eq!(mall.sync_well()["members"]["returned"], 1);
    assert_eq!((of(&mall, 1), of(&mall, 2)), ([false; 3], [false, true, false]));
}
