//! What is proposed, and written, for directories of both kinds.

use secrecy::ExposeSecret;

use super::Init;
use super::ask::{Asking, Terminal};
use super::propose::{having, identity, propose};
use super::seen::{Person, Seen};
use super::target::Target;
use super::text::{Draft, Who};
use crate::config::{Config, Environment};
use crate::directory::{Bind, Kind, Servers};

fn person(place: &str, has: &[&str]) -> Person {
    let has = has.iter().map(|name| (*name).to_owned()).collect();
    Person { context: "DC=corp,DC=example,DC=com".to_owned(), place: place.to_owned(), has }
}

fn seen(kind: Kind, people: Vec<Person>) -> Seen {
    Seen { kind, people, whole: true }
}

fn veris() -> Target {
    Target::Veris { url: "https://acme.veris.in".to_owned(), client_id: "acme".to_owned() }
}

fn draft(seen: &Seen, target: Target, who: Who) -> Draft {
    let identity = target.known_by().map(|known| known.attribute.or_else(|| identity(seen)).unwrap());
    let filter = target.whom().filter(seen.kind);
    let filter = identity.map_or(filter.to_owned(), |identity| having(filter, identity));
    let proposal = propose(seen, identity, None, &filter, target.wanted()).unwrap();
    Draft {
        state: None,
        url: "ldaps://dc1.corp.example.com".to_owned(),
        kind: seen.kind,
        who,
        ca: None,
        starttls: false,
        target,
        schedule: None,
        proposal,
        whole: seen.whole,
        typed: None,
    }
}

/// Three employees in two offices, and two accounts that are nobody.
fn domain() -> Seen {
    const FULL: [&str; 9] =
        ["employeeID", "sAMAccountName", "givenName", "sn", "cn", "mail", "title", "co", "physicalDeliveryOfficeName"];
    let people = vec![
        person("OU=Oslo,OU=Staff,DC=corp,DC=example,DC=com", &FULL),
        person("OU=Pune,ou=staff,DC=corp,DC=example,DC=com", &FULL[..7]),
        person("OU=Oslo,OU=Staff,DC=corp,DC=example,DC=com", &[&FULL[..6], &["telephoneNumber"]].concat()),
        person("CN=Users,DC=corp,DC=example,DC=com", &["sAMAccountName", "cn"]),
        person("CN=Users,DC=corp,DC=example,DC=com", &["sAMAccountName", "cn"]),
    ];
    seen(Kind::ActiveDirectory, people)
}

#[test]
fn a_config_for_active_directory() {
    let draft = draft(&domain(), veris(), Who::Simple { dn: "svc-rosterd@corp.example.com".to_owned() });
    insta::assert_snapshot!(draft.text());
    let config = draft.check().unwrap_or_else(|faults| panic!("{faults}"));
    assert!(config.warnings.list().is_empty(), "{}", config.warnings);
    assert!(config.syncs["people"].schedule.is_none(), "nothing is sent by itself");
}

#[test]
fn a_config_for_openldap_whose_people_have_little() {
    let has = ["uid", "sn", "cn", "mail"];
    let people = (0..3).map(|_| person("ou=people,dc=example,dc=com", &has)).collect();
    let mut draft = draft(&Seen { whole: false, ..seen(Kind::OpenLdap, people) }, veris(), Who::Anonymous);
    draft.schedule = Some("15m".to_owned());
    draft.state = Some("/srv/ro\"ster${d}".into());
    insta::assert_snapshot!(draft.text());
    let config = draft.check().unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.state.to_str(), Some("/srv/ro\"ster${d}"));
    assert!(config.syncs["people"].schedule.is_some());
}

#[test]
fn a_config_for_a_loyalty_club() {
    let [url, club, product] = ["https://bpc-api.boostcom.no", "infinity-mall", "default"].map(str::to_owned);
    let draft = draft(&domain(), Target::Boostcom { url, club, product }, Who::Anonymous);
    insta::assert_snapshot!(draft.text());
    let config = draft.check().unwrap_or_else(|faults| panic!("{faults}"));
    assert!(config.warnings.list().is_empty(), "{}", config.warnings);
}

#[test]
fn people_are_told_apart_by_what_most_of_them_have() {
    let numbered = |numbers: usize, of: usize| {
        let has = |at| if at < numbers { &["uid", "employeeNumber"][..] } else { &["uid"] };
        identity(&seen(Kind::OpenLdap, (0..of).map(|at| person("dc=a", has(at))).collect()))
    };
    assert_eq!(numbered(5, 10), Some("employeeNumber"));
    assert_eq!(numbered(4, 10), Some("uid"));
    assert_eq!(numbered(0, 0), None);
    assert_eq!(identity(&seen(Kind::ActiveDirectory, vec![person("dc=a", &["uid"])])), None);
}

#[test]
fn the_base_is_where_everybody_is_and_as_wide_as_was_searched_where_not_all_were_seen() {
    let propose = |seen: &Seen, identity, base| propose(seen, Some(identity), base, "(a=b)", &[]);
    let base = |seen: &Seen| propose(seen, "employeeID", None).unwrap().searches[0].0.clone();
    let mut domain = domain();
    assert_eq!(base(&domain), "OU=Staff,DC=corp,DC=example,DC=com");
    domain.whole = false;
    assert_eq!(base(&domain), "DC=corp,DC=example,DC=com");
    domain.people.push(Person { context: "o=other".to_owned(), ..person("o=other", &["employeeID"]) });
    assert_eq!(propose(&domain, "employeeID", None).unwrap().searches.len(), 2);
    let given = propose(&domain, "employeeID", Some("ou=x")).unwrap();
    assert_eq!(given.searches, [("ou=x".to_owned(), "(a=b)".to_owned())]);
    assert!(propose(&domain, "uid", None).is_none());
}

#[test]
fn the_questions_in_their_order_and_what_is_made_of_the_answers() {
    let ask = |typed: &str| {
        let mut shown = Vec::new();
        let terminal = Terminal { input: Box::new(typed.as_bytes()), output: Box::new(&mut shown), hush: || Ok(None) };
        let mut asking = Asking::of(Some(terminal));
        let init = Init::default();
        let reached = init.settings(&mut asking);
        let target = init.target(&mut asking);
        drop(asking);
        (reached, target, String::from_utf8(shown).unwrap())
    };
    let typed = "ldaps://dc1\nsvc@corp\n secret\n\nVERIS\nhttps://acme.veris.in\nacme\n";
    let (reached, target, shown) = ask(typed);
    insta::assert_snapshot!(shown.replace(": ", ":\n"));
    let (settings, who, url) = reached.unwrap_or_else(|failure| panic!("{}", failure.message));
    assert_eq!((url.as_str(), who), ("ldaps://dc1", Who::Simple { dn: "svc@corp".to_owned() }));
    assert_eq!(settings.servers, Servers::Listed(vec![url]));
    assert!(settings.tls.ca.is_none());
    let Bind::Simple { password, .. } = settings.bind else { panic!("nobody binds") };
    assert_eq!(password.expose_secret(), " secret", "as it was typed");
    let target = target.unwrap_or_else(|failure| panic!("{}", failure.message));
    let Target::Veris { url, client_id } = target else { panic!("another type") };
    assert_eq!((url.as_str(), client_id.as_str()), ("https://acme.veris.in", "acme"));

    let (reached, target, shown) =
        ask("dc1\nldap://dc1\nmaybe\nno\n\nelsewhere\nBoostcom\nb.example.com\nhttps://b.example.com\nclub\n\n");
    assert!(matches!(reached.unwrap_or_else(|failure| panic!("{}", failure.message)).0.bind, Bind::Anonymous));
    let target = target.unwrap_or_else(|failure| panic!("{}", failure.message));
    assert!(matches!(target, Target::Boostcom { product, .. } if product == "default"));
    assert!(shown.contains(": `elsewhere` is no type of destination: veris, boostcom, capillary\nWhere people go "));
}

#[test]
fn a_config_for_api_clients() {
    let service = |has: &[&str]| person("OU=Service,DC=corp,DC=example,DC=com", has);
    let seen = seen(Kind::ActiveDirectory, vec![service(&["cn", "description"]), service(&["cn"])]);
    let clients = |typed: &str, init: Init| {
        let mut shown = Vec::new();
        let terminal = Terminal { input: Box::new(typed.as_bytes()), output: Box::new(&mut shown), hush: || Ok(None) };
        let target = init.target(&mut Asking::of(Some(terminal)));
        (target.unwrap_or_else(|failure| panic!("{}", failure.message)), String::from_utf8(shown).unwrap())
    };
    let url = "https://eu.api.capillarytech.com";
    let typed = format!("capillary\n{url}\nacme\nshop\n15000449\nTargetGroups\nall\n\n(\n.*v3/targetGroups.*\n");
    let (target, shown) = clients(&typed, Init::default());
    insta::assert_snapshot!("what_is_asked_of_api_clients", shown.replace(": ", ":\n"));
    let draft = draft(&seen, target, Who::Anonymous);
    insta::assert_snapshot!(draft.text());
    let config = draft.check().unwrap_or_else(|faults| panic!("{faults}"));
    assert!(config.warnings.list().is_empty(), "{}", config.warnings);

    let init = Init { username: Some("ad\"min".to_owned()), state: Some("/srv/state".into()), ..Init::default() };
    let (target, _) = clients(&typed, init);
    let draft = Draft { target, kind: Kind::OpenLdap, ..draft };
    draft.check().unwrap_or_else(|faults| panic!("{faults}"));
    let text = draft.text();
    assert!(text.contains(r#"{ username: "ad\"min", password: "${cred:capillary-password}" }"#), "{text}");
    assert!(text.contains(r#"client_secrets: "/srv/state/client-secrets""#), "{text}");
    // What a comment proposes is taken as it stands.
    let proposed = text.replace("# active:", "active:").replace("# skip:", "skip:").replace("${cred:", "${env:");
    let secrets = [("capillary-password", "in its place")];
    let config = Config::parse(&proposed, "what is proposed", &Environment::new(secrets));
    let config = config.unwrap_or_else(|faults| panic!("{faults}"));
    let asked = config.syncs["services"].from[0].query.attributes.names();
    assert!(asked.iter().any(|name| name == "employeeType"), "{asked:?}");
}
