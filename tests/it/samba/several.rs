//! Two domains of one company in one sync.

use serde_json::json;

use super::company::Company;
use crate::fixtures::samba::{SEES_DELETED, Samba, person_dn};

#[test]
#[ignore = "needs root: tests/samba/run"]
fn who_moves_between_domains_stays() {
    let (samba, mut apac) = (Samba::start(), Samba::with_people(0));
    let password = apac.folder().join("password");
    std::fs::write(&password, SEES_DELETED.1).unwrap();
    let second = format!(
        "apac:
    url: {}
    bind: {{ dn: \"{}\", password: \"${{file:{}}}\" }}
    tls: {{ ca: {} }}",
        apac.ldaps_url(),
        SEES_DELETED.0,
        password.display(),
        apac.ca().display()
    );
    let mut company = Company::configured(samba, SEES_DELETED, |config| {
        config.directory = format!("{}\n  {second}", config.directory);
        config.sync().from = "[corp, apac]".to_owned();
        config.sync().more += "\n    key: employeeID\n    absence: { grace: 0s, settle: 0s }";
    });

    apac.hire(13);
    company.changes("joined", &[("E13", json!({}))]);
    company.samba.delete(&person_dn(3));
    apac.hire(3);
    company.changes_nothing();
    // What is left of somebody deleted has no employeeID to find it by.
    company.samba.delete(&person_dn(4));
    apac.delete(&person_dn(13));
    company.samba.hire(13);
    company.changes("left", &[("E4", json!({"status": "in_active"}))]);

    // Nothing is known of anybody while one of them can't be read.
    company.samba.delete(&person_dn(5));
    apac.kill();
    let json = company.sync().ended("failed", 1);
    assert!(json["error"].as_str().unwrap().starts_with("apac: "), "{json}");
    apac.restart();
    company.changes("left", &[("E5", json!({"status": "in_active"}))]);
}
