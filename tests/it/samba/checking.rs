//! What `check` says of a domain, its people, and the account that reads them.

use super::company::Company;
use crate::fixtures::samba::{PEOPLE, SEES_DELETED, SERVICE, Samba, person_dn};

/// May not read `userAccountControl`, `department`; nobody may.
const NO_CONTROL: &str = "(OD;;RP;bf967a68-0de6-11d0-a285-00aa003049e2;;AU)";
const NO_DEPARTMENT: &str = "(OD;;RP;bf96794f-0de6-11d0-a285-00aa003049e2;;AU)";

const ADMINISTRATOR: (&str, &str) = ("Administrator@corp.example.test", "Passw0rd!");

/// What is said of the directory and of its people, without what is another one each time.
fn said(company: &mut Company, code: i32) -> String {
    let said = company.start(&["check"]).end();
    assert_eq!(said.code, Some(code), "{said:?}");
    let own = company.samba.ldaps_url();
    let lines = said.stdout.lines().filter(|line| !line.contains(" veris: ") && !line.contains(" config: "));
    lines.map(|line| line.replace(&own, "ldaps://dc1") + "\n").collect()
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"took [^,]+,", "took TIME,");
    settings.add_filter("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "KEY");
    settings.add_filter(r"differ by \d s", "differ by N s");
    settings
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn a_domain_that_is_well() {
    let mut company = Company::of(Samba::start(), SEES_DELETED);
    company.config.sync().more = "require: [\"(sAMAccountName=p1)\"]\n    changes: auto".to_owned();
    settings().bind(|| insta::assert_snapshot!(said(&mut company, 0)));
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn everything_that_can_be_wrong() {
    let mut company = Company::of(Samba::start(), SERVICE);
    let samba = &company.samba;
    for number in 1..=3 {
        samba.modify(&format!("dn: {}\nchangetype: modify\ndelete: title\n", person_dn(number)));
    }
    samba.set(&person_dn(4), "employeeID", "E5");
    samba.set(&person_dn(6), "userAccountControl", "514");
    samba.set(&person_dn(7), "mail", "seven");
    samba.deny(&person_dn(8), NO_CONTROL);
    (1..=12).for_each(|number| drop(samba.deny(&person_dn(number), NO_DEPARTMENT)));
    company.config.sync().more = "require: [\"(sAMAccountName=svc-rosterd-canary)\"]
    changes: auto
    active: \"employeType != 'left'\""
        .to_owned();
    company.config.sync().fields = "phone: mobile\n      city: \"{{ l | default('x') }}\"".to_owned();
    settings().bind(|| insta::assert_snapshot!(said(&mut company, 1)));
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn an_account_that_may_do_too_much() {
    let mut company = Company::of(Samba::start(), ADMINISTRATOR);
    let said = said(&mut company, 0);
    let warning =
        format!("warning  people: {PEOPLE}: the bind account may change this: one that may only read is enough");
    assert!(said.contains(&warning), "{said}");
}
