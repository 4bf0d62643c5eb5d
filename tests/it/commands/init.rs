use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::beginning::{Beginning, words};
use crate::fixtures::ldif::{self, ELSEWHERE, PEOPLE, SERVICE};

#[tokio::test(flavor = "multi_thread")]
async fn from_flags_alone_to_a_config_that_works() {
    let robot = [("objectClass", "inetOrgPerson"), ("uid", "robot"), ("cn", "robot"), ("sn", "robot")];
    let robot = ldif::entry(&format!("uid=robot,{ELSEWHERE}"), &robot);
    let beginning = Beginning::with(&(ldif::with_people(0..4) + &robot)).await;
    let said = beginning.init(0, beginning.flags()).out;
    for line in [
        "OpenLDAP; entries are below dc=roster,dc=test",
        "looked at all 5 people there",
        &format!("4 of them are in {PEOPLE}"),
        "told apart by employeeNumber, which 4 of 5 have",
        "email is mail: 4 of 4",
        "warning  people: country is { const: Unknown }: 0 of 4",
        &format!(
            "install -m 600 {} /etc/rosterd/credentials/ldap-password",
            beginning.path_text("credentials/ldap-password")
        ),
        "install -m 600 /dev/stdin /etc/rosterd/credentials/veris-api-key",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("uid=") && !said.contains('@') && !said.contains("Żoë"), "{said}");
    let file = beginning.path("rosterd.yaml");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o007, 0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&format!("base: \"{PEOPLE}\"")) && !text.contains(SERVICE.1), "{text}");
    let said = beginning.ends(0, &words(&["check"])).out;
    assert!(said.contains(&format!("{PEOPLE}: the search finds 4")) && !said.contains("would be invalid"), "{said}");
    beginning.ends(0, &words(&["sync"]));
    assert_eq!(beginning.world.at_target("active"), [0, 1, 2, 3]);

    // What is there stays as it is.
    fs::write(&file, "somebody's work").unwrap();
    let refused = beginning.ends(2, &[words(&["init"]), beginning.flags()].concat());
    assert!(refused.err.contains("is there already, and is not overwritten"), "{}", refused.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), "somebody's work");
    let out = beginning.path_text("other.yaml");
    let json = beginning
        .ends(0, &[words(&["init", "--json", "--schedule", "15m", "--out", &out]), beginning.flags()].concat());
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["file"], &json["secrets"][0]["name"]), (&out.as_str().into(), &"ldap-password".into()), "{json}");
    assert!(fs::read_to_string(out).unwrap().contains("schedule: \"15m\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_is_said_and_nothing_is_written() {
    let beginning = Beginning::with(&ldif::with_people(0..1)).await;
    for flag in ["--url", "--password-file", "--destination", "--destination-url", "--client-id"] {
        let said = beginning.init(2, beginning.without(flag)).err;
        assert!(said.contains(&format!("{flag} is missing")), "{flag}: {said}");
    }
    let anonymous =
        beginning.without("--password-file").into_iter().filter(|word| word != "--bind-dn" && word != SERVICE.0);
    let nobody = beginning.init(2, anonymous.collect()).err;
    assert!(nobody.contains("--bind-dn (or --anonymous"), "{nobody}");

    for (url, wrong) in [
        ("ldaps://dc1:3269", "port 3269 is the Global Catalog"),
        ("ldaps://dc1/dc=test", "this URL has a path"),
        ("ldaps://svc:pw@dc1", "credentials do not belong in this URL: write it without; they are given apart"),
    ] {
        let said = beginning.init(2, [beginning.without("--url"), words(&["--url", url])].concat()).err;
        assert!(said.contains(&format!("--url: {wrong}")) && said.ends_with("(nothing was written)\n"), "{said}");
    }
    // A port where another protocol is spoken, or none; a certificate by an authority that this system does not know.
    let web = beginning.world.sandbox.url();
    for (url, wrong) in [
        (web.replace("http", "ldap"), "it is not well-formed LDAP; see to the port"),
        (web.replace("http", "ldaps"), "what answers there is not TLS: is it an ldap:// port?"),
        ("ldap://127.0.0.1:1".to_owned(), "check the name, the port, the firewall and that the server runs"),
        (beginning.world.slapd.ldaps_url(), "set --ca to the one that signed it"),
    ] {
        let said = beginning.init(1, [beginning.without("--url"), words(&["--url", &url])].concat()).err;
        assert!(said.contains(wrong) && said.lines().count() == 1, "{said}");
    }
    let target = words(&["--destination-url", "https://me:pw@acme.veris.in"]);
    let said = beginning.init(2, [beginning.without("--destination-url"), target].concat()).err;
    assert!(said.contains("--destination-url: credentials do not belong in this URL"), "{said}");
    let said = beginning.init(1, [beginning.flags(), words(&["--base", ELSEWHERE])].concat()).err;
    assert!(said.contains(&format!("no people are found below {ELSEWHERE}")), "{said}");
    let said = beginning.init(1, [beginning.flags(), words(&["--identity", "roomNumber"])].concat()).err;
    assert!(said.contains("nobody who was looked at has roomNumber"), "{said}");
    let said = beginning.init(2, [beginning.flags(), words(&["--schedule", "soon"])].concat()).err;
    assert!(said.contains("neither a cron schedule nor a duration"), "{said}");
    let said = beginning.init(2, [beginning.flags(), words(&["--filter", "(uid=*"])].concat()).err;
    assert!(said.contains("a filter is not well-formed"), "{said}");

    fs::write(beginning.path("credentials/ldap-password"), "wrong").unwrap();
    let said = beginning.init(1, beginning.flags()).err;
    assert!(said.contains("refused the bind") && said.contains("it was tried once"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_more_people_than_are_looked_at_keeps_its_search_wide() {
    let beginning = Beginning::with(&ldif::with_people(0..600)).await;
    let said = beginning.init(0, beginning.flags()).out;
    assert!(said.contains("looked at the first 500 people only"), "{said}");
    assert!(beginning.ends(0, &words(&["check"])).out.contains("people: dc=roster,dc=test: the search finds 600"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loyalty_club_knows_members_by_their_addresses() {
    let silent = ldif::person(9, PEOPLE, &[]).replace(&ldif::line("mail", b"p9@corp.example.com"), "");
    let beginning = Beginning::with(&(ldif::with_people(0..2) + &silent)).await;
    let mut flags = beginning.without("--client-id");
    let at = flags.iter().position(|word| word == "veris").unwrap();
    "boostcom".clone_into(&mut flags[at]);
    let said = beginning.init(2, flags.clone()).err;
    assert!(said.contains("--loyalty-club is missing"), "{said}");
    let said = beginning.init(0, [flags, words(&["--loyalty-club", "infinity-mall"])].concat()).out;
    assert!(
        said.contains("told apart by mail, which 2 of 3 have") && said.contains("credentials/boostcom-token"),
        "{said}"
    );
    let said = beginning.ends(0, &words(&["check"])).out;
    assert!(said.contains("the search finds 2") && !said.contains("would be invalid"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn service_accounts_get_clients_at_capillary() {
    let service = |class, naming: &str, name, more: &[(&str, &str)]| {
        let attributes = [&[("objectClass", class), (naming, name)], more].concat();
        ldif::entry(&format!("{naming}={name},{ELSEWHERE}"), &attributes)
    };
    let described = service("applicationProcess", "cn", "reporting", &[("description", "Reports of a night")]);
    let services = described + &service("account", "uid", "tills", &[]);
    let beginning = Beginning::with(&(ldif::with_people(0..3) + &services)).await;
    let mut flags = beginning.without("--client-id");
    let at = flags.iter().position(|word| word == "veris").unwrap();
    "capillary".clone_into(&mut flags[at]);
    let said = beginning.init(2, [flags.clone(), words(&["--org", "acme", "--till", "shop"])].concat()).err;
    assert!(said.contains("--till: `shop` is no whole number above 0 (nothing was written)"), "{said}");
    for (flag, value) in [
        ("--org", "acme"),
        ("--till", "15000449"),
        ("--entity", "TargetGroups"),
        ("--resources", ".*v3/targetGroups.*"),
    ] {
        let said = beginning.init(2, flags.clone()).err;
        assert!(said.contains(&format!("{flag} is missing")), "{flag}: {said}");
        flags.extend(words(&[flag, value]));
    }
    let said = beginning.init(2, [flags.clone(), words(&["--identity", "cn"])].concat()).err;
    assert!(said.contains("--identity is nothing to Capillary"), "{said}");
    let said = beginning.init(1, [flags.clone(), words(&["--base", PEOPLE])].concat()).err;
    assert!(said.contains(&format!("no service accounts are found below {PEOPLE}")), "{said}");

    let said = beginning.init(0, [flags, words(&["--base", ELSEWHERE])].concat()).out;
    for line in [
        "looked at all 2 service accounts there",
        "warning  services: description is [description, { const: made by rosterd }]: 1 of 2",
        "install -m 600 /dev/stdin /etc/rosterd/credentials/capillary-secret",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let said = beginning.ends(0, &words(&["check"])).out;
    assert!(said.contains("the search finds 2") && said.contains("accepted our credentials"), "{said}");
    assert!(!said.contains("would be invalid"), "{said}");
    beginning.ends(0, &words(&["sync"]));
    let clients = beginning.ends(0, &words(&["clients", "capillary"])).out;
    for part in ["2 ours, 1 foreign", "reporting", "tills", "TargetGroups READ\n"] {
        assert!(clients.contains(part), "{part}: {clients}");
    }
    assert_eq!(fs::read_dir(beginning.path("state/client-secrets")).unwrap().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_directory_that_shows_nothing_does_not_hide_the_rest() {
    let (beginning, empty) = (Beginning::with(&ldif::with_people(0..2)).await, tempfile::tempdir().unwrap());
    let another = format!("database mdb\nsuffix o=empty\ndirectory {}", empty.path().display());
    beginning.world.slapd.restart_with(&another);
    let said = beginning.init(0, beginning.flags()).out;
    assert!(said.contains("o=empty") && said.contains(&format!("2 of them are in {PEOPLE}")), "{said}");
}
