//! What goes wrong with a domain controller between two runs that read its changes.

use serde_json::{Value, json};

use super::company::Company;
use super::faults::CLOSED;
use crate::fixtures::samba::{PEOPLE, SEES_DELETED, Samba, person_dn};

fn company(changes: &str) -> Company {
    Company::configured(Samba::start(), SEES_DELETED, |config| {
        let limits = config.sync().more.clone();
        config.sync().more = format!("{limits}\n    absence: {{ grace: 0s }}\n    changes: {changes}");
    })
}

/// A sync that reads everybody, says why, and does only this.
#[track_caller]
fn everybody(company: &mut Company, why: &str, kind: &str, changed: &[(&str, Value)]) {
    let json = company.changes(kind, changed);
    assert_eq!((&json["read"]["mode"], &json["read"]["why"]), (&json!("full"), &json!(why)));
    company.nothing_was_missed();
    let json = company.changes("", &[]);
    assert_eq!(json["read"]["mode"], "delta");
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn it_is_restored_from_a_snapshot() {
    let mut company = company("usn");
    let backup = company.samba.back_up();
    company.samba.set(&person_dn(1), "title", "Director");
    let changed = [("E1", json!({"designation": "Director"}))];
    assert_eq!(company.changes("changed", &changed)["read"]["mode"], "delta");
    company.samba.restore(&backup);
    let words = "the domain controller is behind what it told before: restored from a snapshot?";
    everybody(&mut company, words, "changed", &[("E1", json!({"designation": "Engineer"}))]);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn its_mark_is_worth_nothing() {
    let mut company = company("auto");
    let (behind, another) = (
        "the domain controller is behind what it told before: restored from a snapshot?",
        "the domain controller's database is another one: restored from a backup?",
    );
    for (path, value, why, who) in
        [("highest", "9999999", behind, "E1"), ("invocation", "'0b1d'", another, "E2"), ("way", "1", another, "E3")]
    {
        company.samba.delete(&person_dn(who[1..].parse().unwrap()));
        let why = if path == "way" { "the directory did not tell where it stood (why: rosterd check)" } else { why };
        let marks = match path {
            "way" => "'of another version'".to_owned(),
            path => format!("json_replace(marks, '$[0].position.usn.{path}', {value})"),
        };
        company.sql(&format!("UPDATE feed SET marks = {marks} RETURNING marks"));
        everybody(&mut company, why, "left", &[(who, json!({"status": "in_active"}))]);
    }
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_place_is_closed_to_the_account() {
    let mut company = company("usn");
    let sales = format!("OU=Sales,{PEOPLE}");
    company.samba.rename(&person_dn(1), &format!("CN=p1,{sales}"));
    company.changes("", &[]);
    let rights = company.samba.deny(&sales, CLOSED);
    company.samba.set(&person_dn(2), "title", "Director");
    // The place is not seen any more either. Who sees deleted people sees that nobody was.
    let json = company.sync().ended("held", 4);
    assert_eq!((&json["read"]["mode"], &json["delivery"]["held"]), (&json!("full"), &json!(1)), "{json}");
    let json = company.sync().ended("held", 4);
    assert_eq!((&json["read"]["mode"], &json["delivery"]["requests"]), (&json!("delta"), &json!(0)), "{json}");
    company.samba.set_rights(&sales, &rights);
    assert_eq!(company.sync().ended("ok", 0)["read"]["mode"], "full");
    company.samba.deny(PEOPLE, CLOSED);
    company.sync().says("failed", 1, &["found nobody at all"]);
}
