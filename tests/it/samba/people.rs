//! What becomes of people: each change in the domain ends as exactly the right change at the target.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::company::Company;
use crate::fixtures::road::Config;
use crate::fixtures::samba::{BASE, ELSEWHERE, PEOPLE, SEES_DELETED, SERVICE, Samba, person_dn};

/// Longer than a domain controller may lag behind the others.
pub const GRACE: Duration = Duration::from_mins(61);

/// May not read `userAccountControl`; nobody may.
const NO_CONTROL: &str = "(OD;;RP;bf967a68-0de6-11d0-a285-00aa003049e2;;AU)";

/// What Windows counts time in: 100 ns since 1601 (MS-DTYP 2.3.3).
pub fn filetime(moment: SystemTime) -> String {
    let unix = moment.duration_since(UNIX_EPOCH).unwrap();
    ((unix.as_secs() + 11_644_473_600) * 10_000_000 + u64::from(unix.subsec_nanos() / 100)).to_string()
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn hired_and_changed() {
    let mut company = Company::of(Samba::start(), SERVICE);
    company.samba.hire(13);
    company.changes("joined", &[("E13", json!({}))]);
    company.samba.rename(&person_dn(1), &format!("CN=married,{PEOPLE}"));
    company.changes_nothing();
    company.samba.rename(&person_dn(2), &format!("CN=p2,OU=Sales,{PEOPLE}"));
    company.changes_nothing();
    company.samba.set(&person_dn(3), "mail", "three@corp.example.com");
    company.changes("changed", &[("E3", json!({"email": "three@corp.example.com"}))]);
    company.samba.set(&person_dn(4), "employeeID", "E40");
    let same = json!({"first_name": "Żoë 4", "last_name": "Ørsted 4", "email": "p4@corp.example.com"});
    company.changes("left", &[("E40", same), ("E4", json!({"status": "in_active"}))]);
    company.changes_nothing();
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn disabled_expired_and_locked_out() {
    let mut company = Company::of(Samba::start(), SERVICE);
    let (active, inactive) = (json!({"status": "active"}), json!({"status": "in_active"}));
    company.samba.set(&person_dn(1), "userAccountControl", "514");
    company.changes("left", &[("E1", inactive.clone())]);
    company.changes_nothing();
    company.samba.set(&person_dn(1), "userAccountControl", "512");
    company.changes("returned", &[("E1", active.clone())]);

    company.samba.set(&person_dn(2), "accountExpires", &filetime(UNIX_EPOCH));
    company.changes("left", &[("E2", inactive.clone())]);
    company.samba.set(&person_dn(2), "accountExpires", "0");
    company.changes("returned", &[("E2", active)]);

    // Nothing in the domain changes when that moment comes.
    let soon = SystemTime::now() + Duration::from_secs(4);
    company.samba.set(&person_dn(3), "accountExpires", &filetime(soon));
    company.changes_nothing();
    company.wait(|_| SystemTime::now() > soon);
    company.changes("left", &[("E3", inactive)]);

    company.samba.hire(13);
    company.changes("joined", &[("E13", json!({}))]);
    company.samba.set(BASE, "lockoutThreshold", "3");
    let locked = |company: &Company| company.samba.value(&person_dn(13), "lockoutTime").is_some_and(|at| at != "0");
    assert!(company.samba.lets_in(&person_dn(13), "Person-Passw0rd") && !locked(&company));
    for _ in 0..3 {
        assert!(!company.samba.lets_in(&person_dn(13), "wrong"));
    }
    assert!(!company.samba.lets_in(&person_dn(13), "Person-Passw0rd") && locked(&company));
    company.changes_nothing();
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn moved_out_of_the_base_and_back() {
    let mut company = Company::of(Samba::start(), SERVICE);
    let elsewhere = format!("CN=p1,{ELSEWHERE}");
    company.samba.rename(&person_dn(1), &elsewhere);
    company.changes_nothing_for("E1", "moved out of the search bases");
    company.later(GRACE);
    company.changes("left", &[("E1", json!({"status": "in_active"}))]);
    company.changes_nothing();
    company.samba.rename(&elsewhere, &person_dn(1));
    company.changes("returned", &[("E1", json!({"status": "active"}))]);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn moved_from_one_search_to_another() {
    let both = |config: &mut Config| config.sync().bases.push(ELSEWHERE.to_owned());
    let mut company = Company::configured(Samba::start(), SERVICE, both);
    company.samba.rename(&person_dn(1), &format!("CN=p1,{ELSEWHERE}"));
    company.changes_nothing();
    company.samba.set(&format!("CN=p1,{ELSEWHERE}"), "title", "Director");
    company.changes("changed", &[("E1", json!({"designation": "Director"}))]);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn deleted_and_hired_again() {
    let mut samba = Some(Samba::start());
    for (account, why) in [(SERVICE, "gone: deleted, or not readable any more"), (SEES_DELETED, "deleted")] {
        let mut company = Company::of(samba.take().unwrap(), account);
        let (active, inactive) = (json!({"status": "active"}), json!({"status": "in_active"}));
        company.samba.delete(&person_dn(5));
        company.changes_nothing_for("E5", &format!("{why}; believed from "));
        company.later(GRACE);
        company.changes("left", &[("E5", inactive.clone())]);
        company.samba.hire(5);
        company.changes("returned", &[("E5", active)]);

        // Another entry of the same person is nothing to the target. Who of the two is meant is known when the first one
        // is believed to be gone.
        company.samba.delete(&person_dn(6));
        company.samba.hire(6);
        let json = company.sync().ended("partial", 3);
        assert_eq!((&json["members"]["invalid"], &json["delivery"]["requests"]), (&json!(1), &json!(0)));
        company.later(GRACE);
        company.changes_nothing();

        // With the same address, but another number, it is somebody else there.
        company.samba.delete(&person_dn(7));
        company.samba.hire(7);
        company.samba.set(&person_dn(7), "employeeID", "E70");
        let same = json!({"first_name": "Żoë 7", "last_name": "Ørsted 7", "email": "p7@corp.example.com"});
        company.changes("joined", &[("E70", same)]);
        company.later(GRACE);
        company.changes("left", &[("E7", inactive)]);
        company.samba.set(&person_dn(7), "employeeID", "E7");
        samba = Some(company.samba);
    }
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn who_is_active_can_not_be_seen() {
    let mut company = Company::of(Samba::with_people(120), SERVICE);
    let rights = company.samba.deny(&person_dn(1), NO_CONTROL);
    company.samba.set(&person_dn(1), "userAccountControl", "514");
    company.samba.set(&person_dn(2), "title", "Chief Engineer");
    company.changes("changed", &[("E2", json!({"designation": "Chief Engineer"}))]);
    company.changes_nothing_for("E1", "there is no `userAccountControl`");
    company.samba.set_rights(&person_dn(1), &rights);
    company.changes("left", &[("E1", json!({"status": "in_active"}))]);
}
