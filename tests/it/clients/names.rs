//! Names are not unique at Capillary.

use rosterd::sandbox::capillary::Record;

use crate::fixtures::org::{ADMIN, Org, foreign, name, service, services};

fn named(org: &Org, name: &str) -> Vec<Record> {
    org.capillary().clients().into_iter().filter(|client| client.name == name).collect()
}

#[test]
fn two_services_of_one_name_have_a_client_each() {
    let org = Org::new(&(service(1, "twin") + &service(2, "twin")));
    org.sync_well();
    let twins = named(&org, "twin");
    let mut tills: Vec<i64> = twins.iter().map(|client| client.default_till_id).collect();
    tills.sort_unstable();
    assert_eq!(tills, [15_000_001, 15_000_002]);
    assert_eq!(org.kept().len(), 2);
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 0);
}

#[test]
fn whoever_has_the_name_of_a_foreign_client_gets_one_of_their_own() {
    let org = Org::new(&services(1..2));
    org.capillary().seed(vec![foreign(&name(1))]).unwrap();
    org.sync_well();
    assert_eq!(named(&org, &name(1)).len(), 2);
}

#[test]
fn a_client_is_taken_over_by_its_name_where_that_is_wanted() {
    let mut org = Org::new(&services(1..3));
    org.config.destination = "adopt: by_name".to_owned();
    org.capillary().seed(vec![foreign(&name(1)), foreign("democlient")]).unwrap();
    let before = named(&org, &name(1)).remove(0);
    org.sync_well();
    let after = named(&org, &name(1));
    assert_eq!(after.len(), 1);
    assert_eq!((&after[0].key, &after[0].secret), (&before.key, &before.secret));
    assert_eq!((after[0].description.as_str(), after[0].default_till_id), ("A service", 15_000_001));
    assert!(org.kept().keys().eq([&named(&org, &name(2))[0].key]), "nobody told its secret");
    assert_eq!(org.sync_well()["delivery"]["confirmed"], 0, "ours from now on");
    let clients = org.said(&["clients", "loyalty"]);
    assert!(clients.starts_with("loyalty: 2 ours, 2 foreign\n"), "{clients}");
}

#[test]
fn one_of_several_is_not_taken_over() {
    let mut org = Org::new(&services(1..3));
    org.config.destination = "adopt: by_name".to_owned();
    org.capillary().seed(vec![foreign(&name(1)), foreign(&name(1))]).unwrap();
    let before = named(&org, &name(1));
    let json = org.run(&["sync", "--json"]).lines().remove(0);
    assert_eq!(json["delivery"]["confirmed"], 1, "{json}");
    org.run(&["sync", "--json"]);
    assert_eq!(named(&org, &name(1)), before);
    let status = org.said(&["explain", &crate::fixtures::ldif::uuid(1)]);
    assert!(status.contains("2 clients have its name"), "{status}");
}

#[test]
fn nobody_takes_over_their_twins_or_the_client_by_which_rosterd_works() {
    let mut org = Org::new(&(service(1, "twin") + &service(2, "twin") + &service(3, "rosterd")));
    org.config.destination = "adopt: by_name".to_owned();
    let admin = org.capillary().client(ADMIN).unwrap();
    assert_eq!(admin.name, "rosterd");
    org.sync_well();
    assert_eq!((named(&org, "twin").len(), named(&org, "rosterd").len()), (2, 2));
    assert_eq!(org.capillary().client(ADMIN).unwrap(), admin);
}
