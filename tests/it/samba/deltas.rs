//! Runs that read changes only, by `uSNChanged`: each change in the domain comes to what a reading of everybody comes to.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::company::Company;
use super::people::filetime;
use crate::fixtures::samba::{BASE, ELSEWHERE, PEOPLE, SEES_DELETED, SERVICE, Samba, person_dn};

const LIMITS: &str = "limits: { leave: { count: 100, percent: 100 }, return: { count: 100, percent: 100 }, \
                      join: { count: 100, percent: 100 }, change: { percent: 100 } }\n    absence: { grace: 0s }";

fn company(account: (&str, &str), more: &str) -> Company {
    Company::configured(Samba::start(), account, |config| {
        config.sync().more = format!("{LIMITS}\n    changes: usn{more}");
    })
}

/// A sync that ends well, reads as it is to, and whose only doing is one change of a kind; nothing was missed.
#[track_caller]
fn is(company: &mut Company, mode: &str, kind: &str, changed: &[(&str, Value)]) -> Value {
    let json = company.changes(kind, changed);
    assert_eq!(json["read"]["mode"], mode, "{json}");
    company.nothing_was_missed();
    json
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn by_changes() {
    for key in ["objectGUID", "employeeID"] {
        let mut company = company(SEES_DELETED, &format!("\n    key: {key}"));
        let (active, inactive) = (json!({"status": "active"}), json!({"status": "in_active"}));
        is(&mut company, "delta", "", &[]);
        company.samba.set(&person_dn(1), "title", "Director");
        is(&mut company, "delta", "changed", &[("E1", json!({"designation": "Director"}))]);
        company.samba.set(&person_dn(2), "userAccountControl", "514");
        is(&mut company, "delta", "left", &[("E2", inactive.clone())]);
        company.samba.set(&person_dn(2), "userAccountControl", "512");
        is(&mut company, "delta", "returned", &[("E2", active.clone())]);
        company.samba.set(&person_dn(3), "accountExpires", &filetime(UNIX_EPOCH));
        is(&mut company, "delta", "left", &[("E3", inactive.clone())]);

        // Nothing in the domain changes when that moment comes.
        let soon = SystemTime::now() + Duration::from_secs(3);
        company.samba.set(&person_dn(4), "accountExpires", &filetime(soon));
        is(&mut company, "delta", "", &[]);
        company.wait(|_| SystemTime::now() > soon);
        is(&mut company, "delta", "left", &[("E4", inactive.clone())]);

        company.samba.rename(&person_dn(5), &format!("CN=married,OU=Sales,{PEOPLE}"));
        is(&mut company, "delta", "", &[]);
        company.samba.rename(&person_dn(6), &format!("CN=p6,{ELSEWHERE}"));
        is(&mut company, "delta", "left", &[("E6", inactive.clone())]);
        company.samba.rename(&format!("CN=p6,{ELSEWHERE}"), &person_dn(6));
        is(&mut company, "delta", "returned", &[("E6", active.clone())]);
        company.samba.delete(&person_dn(7));
        is(&mut company, "delta", "left", &[("E7", inactive.clone())]);
        company.samba.hire(7);
        is(&mut company, "delta", "returned", &[("E7", active.clone())]);
        company.samba.hire(13);
        is(&mut company, "delta", "joined", &[("E13", json!({}))]);
        // The filter wants a number.
        company.samba.modify(&format!("dn: {}\nchangetype: modify\ndelete: employeeID\n", person_dn(8)));
        is(&mut company, "delta", "left", &[("E8", inactive.clone())]);
        company.samba.set(&person_dn(8), "employeeID", "E8");
        is(&mut company, "delta", "returned", &[("E8", active)]);

        // Whoever is below moves along.
        company.samba.rename(&format!("OU=Sales,{PEOPLE}"), &format!("OU=Sales,{ELSEWHERE}"));
        is(&mut company, "full", "left", &[("E5", inactive)]);
        is(&mut company, "delta", "", &[]);
    }
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn who_is_deleted_unseen() {
    let mut company = company(SERVICE, "");
    company.samba.delete(&person_dn(1));
    let json = company.changes("", &[]);
    assert_eq!(json["read"]["mode"], "delta");
    let json = company.run(&["sync", "--full"]).ended("ok", 0);
    assert_eq!((&json["read"]["why"], &json["members"]["left"]), (&json!("it was asked for"), &json!(1)));
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn who_is_in_a_group() {
    let group = |name: &str| format!("CN={name},OU=Groups,{BASE}");
    let samba = Samba::start();
    let others = [4, 8, 12].map(|number| format!("member: {}\n", person_dn(number))).concat();
    samba.modify(&format!("dn: {}\nchangetype: modify\nadd: member\n{others}", group("Staff")));
    let mut company = Company::configured(samba, SEES_DELETED, |config| {
        config.sync().more = format!("{LIMITS}\n    changes: usn\n    active: \"in_group('{}')\"", group("Staff"));
    });
    let (active, inactive) = (json!({"status": "active"}), json!({"status": "in_active"}));
    let members = |company: &Company, name: &str, change: &str, member: &str| {
        let dn = group(name);
        company.samba.modify(&format!("dn: {dn}\nchangetype: modify\n{change}: member\nmember: {member}\n"));
    };
    is(&mut company, "delta", "", &[]);
    // Three deep.
    members(&company, "Platform", "delete", &person_dn(1));
    let json = is(&mut company, "full", "left", &[("E1", inactive.clone())]);
    assert_eq!(json["read"]["why"], "the groups that `in_group` names changed");
    members(&company, "Platform", "add", &person_dn(1));
    is(&mut company, "full", "returned", &[("E1", active.clone())]);
    let token = company.samba.value(&group("Staff"), "primaryGroupToken").unwrap();
    members(&company, "Staff", "add", &person_dn(2));
    company.samba.set(&person_dn(2), "primaryGroupID", &token);
    is(&mut company, "full", "", &[]);
    company.samba.set(&person_dn(3), "userAccountControl", "514");
    is(&mut company, "delta", "left", &[("E3", inactive)]);
    company.samba.set(&person_dn(3), "userAccountControl", "512");
    is(&mut company, "delta", "returned", &[("E3", active)]);
}
