use std::path::Path;

use super::world::World;
use crate::fixtures::ldif::{self, PEOPLE, uuid};
use crate::fixtures::program::Program;

#[test]
fn whoever_checks_the_packages_example_is_told_how_to_begin() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/rosterd.example.yaml");
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("rosterd.yaml");
    std::fs::write(&mine, std::fs::read_to_string(&example).unwrap().replace("acme", "mine")).unwrap();
    for (config, is_told) in [(&example, true), (&mine, false)] {
        // Not for `outputs.rs`: the line that is shown has the example's account in it, who is nobody.
        let output = Program::command(config, &["check"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(
            said.ends_with("`rosterd init` puts one in its place that fits your directory.\n"),
            is_told,
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let world = World::of(0..3).await;
    let said = world.ends(0, &["check"]).out;
    for line in [
        "ok       corp: connected and bound: ldap://",
        "ok       employees: the schema of corp knows all",
        &format!("ok       employees: {PEOPLE}: the search finds 3"),
        "ok       employees: 3 people: 3 active, 0 not active, 0 skipped",
        "ok       employees: every mapped field is filled for all 3",
        "ok       veris: credentials not tried: each token request costs quota",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let words = ["ok ", "warning ", "FAILED "];
    assert!(said.lines().all(|line| words.iter().any(|word| line.starts_with(word))), "{said}");
    assert_eq!(world.sandbox.ledger().used, 0, "no token was asked for");
    assert!(!world.state().exists());
    world.ends(0, &["sync"]);
    assert!(world.ends(0, &["check"]).out.contains("a token is kept, good until"));
    assert_eq!(world.sandbox.ledger().used, 1);
    let findings = world.json(0, &["check"]);
    assert!(findings["findings"].as_array().unwrap().iter().all(|finding| finding["level"] == "ok"), "{findings}");
    world.configure(|text| {
        text.lines().filter(|line| !line.contains("schedule:")).map(|line| line.to_owned() + "\n").collect()
    });
    let said = world.ends(0, &["check", "--offline"]).out;
    assert!(said.contains("ok       employees: has no schedule: it runs only when somebody asks for it"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_will_not_do_are_counted_and_not_named() {
    let untitled = ldif::person(7, PEOPLE, &[]).replace(&ldif::line("title", b"Engineer"), "");
    let twin =
        ldif::person(8, PEOPLE, &[]).replace(&ldif::line("employeeNumber", b"8"), &ldif::line("employeeNumber", b"1"));
    let world = World::with(&(ldif::with_people(0..3) + &untitled + &twin)).await;
    world.configure(|text| {
        text.replace("email: mail", "email: mail\n      phone: telephoneNumbr")
            .replace("schedule: 15m", "schedule: 15m\n    require: [\"(uid=p0)\", \"(uid=canary)\"]")
    });
    let said = world.ends(1, &["check"]).out;
    for line in [
        "warning  employees: the schema of corp has no attribute `telephoneNumbr`; did you mean `telephonenumber`?",
        "FAILED   employees: `require` finds nobody for (uid=canary)",
        &format!("warning  employees: 1 of 5 people have no designation: 1 would be invalid ({})", uuid(7)),
        "ok       employees: 5 of 5 people have no phone",
        &format!(
            "warning  employees: 2 people have the same unique_id: nothing is changed there ({}, {})",
            uuid(1),
            uuid(8)
        ),
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(said.matches(&uuid(7)).count(), 1, "once is enough: {said}");
    assert!(!said.contains("(uid=p0)") && !said.contains("@corp"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_found_by_two_searches_counts_once_and_shared_keys_are_told() {
    let world = World::of(0..3).await;
    let (one, two) = (
        "search: { base: \"BASE\", filter: \"(employeeNumber=*)\" }",
        "search: [{ base: \"BASE\", \
        filter: \"(employeeNumber=*)\" }, { base: \"BASE\", filter: \"(uid=p1)\" }]",
    );
    let (one, two) = (one.replace("BASE", PEOPLE), two.replace("BASE", PEOPLE));
    world.configure(|text| text.replace(&one, &two));
    let said = world.ends(0, &["check"]).out;
    assert!(said.contains("3 people: 3 active") && !said.contains("the same unique_id"), "{said}");
    world.configure(|text| text.replace("schedule: 15m", "schedule: 15m\n    key: title"));
    let said = world.ends(0, &["check"]).out;
    assert!(said.contains("warning  employees: keys of several entries: 1 (Engineer): nothing is changed"), "{said}");
    let said = world.ends(0, &["sync"]).out;
    assert!(said.contains("note    1 key is one of several entries: nothing is changed for them"), "{said}");
    world.configure(|text| text.replace("schedule: 15m", "schedule: 15m\n    key: roomNumber"));
    let said = world.ends(1, &["check"]).out;
    assert!(said.contains("FAILED   employees: 3 of 3 entries have no usable key"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_fails_and_the_rest_is_checked() {
    let world = World::of(0..1).await;
    let nowhere = PEOPLE.replace("people", "nowhere");
    world.configure(|text| text.replace(PEOPLE, &nowhere));
    let said = world.ends(1, &["check"]).out;
    assert!(said.contains(&format!("FAILED   employees: {nowhere}: the base")), "{said}");
    assert!(said.contains("ok       veris: http://"), "{said}");

    world.configure(|text| text.replace("(employeeNumber=*)", "(employeeNumber=x)"));
    assert!(world.ends(1, &["check"]).out.contains("the search finds nobody"));

    world.configure(|text| text.replace(&world.sandbox.url(), "http://127.0.0.1:1"));
    assert!(world.ends(1, &["check"]).out.contains("FAILED   veris: http://127.0.0.1:1 can't be reached"));

    world.configure(|text| text);
    world.ends(0, &["sync"]);
    let refused = |world: &World| {
        let said = world.command(&["check"]).env("ROSTERD_TEST_LDAP", "wrong").output().unwrap();
        (said.status.code(), String::from_utf8(said.stdout).unwrap())
    };
    let (code, said) = refused(&world);
    assert!(code == Some(1) && said.contains("FAILED   corp: the directory refused the bind"), "{said}");
    let (_, said) = refused(&world);
    assert!(said.contains("not tried again before"), "a second try could lock the account: {said}");
    assert!(world.ends(0, &["status"]).out.contains("REFUSED     our credentials"));
    world.ends(0, &["check"]);
    assert!(!world.ends(0, &["status"]).out.contains("REFUSED     our"));

    world.slapd.stop();
    assert!(world.ends(1, &["check"]).out.contains("FAILED   corp: 127.0.0.1:"));
    let offline = world.ends(0, &["check", "--offline"]).out;
    assert!(!offline.contains("corp"), "{offline}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_the_target_refused_count_until_they_change() {
    let world = World::of(0..2).await;
    let wrong = |arguments: &[&str]| {
        let said = world.command(arguments).env("ROSTERD_TEST_SECRET", "wrong").output().unwrap();
        (said.status.code(), String::from_utf8(said.stdout).unwrap())
    };
    let (code, said) = wrong(&["sync"]);
    assert!(code == Some(6) && said.contains("2 members still to be sent"), "{said}");
    let (code, said) = wrong(&["check"]);
    assert!(code == Some(1) && said.contains("FAILED   veris: refused our credentials"), "{said}");
    assert!(wrong(&["status"]).1.contains("REFUSED     our credentials: nothing is sent"));
    assert_eq!(world.sandbox.ledger().used, 1);

    assert!(world.ends(0, &["check"]).out.contains("credentials not tried"));
    let status = world.ends(0, &["status"]).out;
    assert!(!status.contains("REFUSED     our") && status.contains("2 members to be sent"), "{status}");
    world.ends(0, &["sync"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_is_remembered_even_by_who_only_looks() {
    let world = World::of(0..1).await;
    let wrong = |world: &World, command: &str| {
        let said = world.command(&[command]).env("ROSTERD_TEST_LDAP", "wrong").output().unwrap();
        assert_eq!(said.status.code(), Some(1));
        String::from_utf8(said.stdout).unwrap() + &String::from_utf8(said.stderr).unwrap()
    };
    assert!(!wrong(&world, "check").contains("not tried again"));
    for command in ["check", "plan", "sync"] {
        let said = wrong(&world, command);
        assert!(said.contains("not tried again before"), "{command}: a second try could lock the account: {said}");
    }
    world.ends(0, &["sync"]);

    // Where nothing can be kept that is said, beside what is wrong.
    let file = world.state().with_file_name("file");
    std::fs::write(&file, "").unwrap();
    world.configure(|text| text.replace("/state\n", "/file/state\n"));
    let said = wrong(&world, "check");
    assert!(said.contains("the directory refused the bind") && said.contains("can't be remembered"), "{said}");
}
