use super::super::{Mapping, Rule, Source};
use super::{compiled, entry, of_field, text};
use crate::directory::Kind;

fn asked(source: &Source) -> Vec<String> {
    let mut names = compiled(source).attributes().names().to_vec();
    names.sort();
    names
}

/// What a rule needs beside the key.
fn needed(rule: &str) -> Vec<String> {
    let mut source = of_field(text(rule));
    source.key = Some("uid".to_owned());
    asked(&source).into_iter().filter(|name| name != "uid").collect()
}

#[test]
fn what_a_rule_names_is_asked_for() {
    for (rule, expected) in [
        ("mail", &["mail"][..]),
        ("{{ givenName }} {{ sn | default(cn) }}", &["cn", "givenName", "sn"]),
        ("{{ attr('msDS-x') }}", &["msDS-x"]),
        ("{% if false %}{{ attr(\"msDS-x\") }}{{ title }}{% endif %}", &["msDS-x", "title"]),
        ("{% if c == 'NO' %}{{ l }}{% elif co %}{{ st }}{% else %}{{ o }}{% endif %}", &["c", "co", "l", "o", "st"]),
        ("{% set x = l %}{{ x }}", &["l"]),
        // What a name is set from may be the name itself.
        ("{% set title = title | upper %}{{ title }}", &["title"]),
        ("{% for m in mail | list %}{{ m }}{% endfor %}", &["mail"]),
        ("{{ in_group('CN=x') }}", &[]),
        ("{{ c | map('countries') }}", &["c"]),
        ("{{ dn }}{{ key }}", &[]),
        ("{{ attr('key') }}", &["key"]),
        ("{{ attr('givenName;lang-en') }}", &["givenName;lang-en"]),
        ("{{ account_disabled }}", &["userAccountControl"]),
        ("account_expired", &["accountExpires"]),
        ("{{ range(3) | join }}", &[]),
        ("{{ mail ~ MAIL }}", &["MAIL"]),
    ] {
        assert_eq!(needed(rule), expected, "{rule}");
    }
}

#[test]
fn conditions_and_lists_name_attributes_too() {
    let nested = Rule::Nested(vec![("city".to_owned(), text("l"))]);
    let mut source = of_field(Rule::First(vec![text("title"), nested, Rule::Const("sn".into())]));
    source.key = Some("uid".to_owned());
    source.active = Some("employeeType != 'left'".to_owned());
    source.skip = Some("company == 'x'".to_owned());
    source.protect = Some("in_group('CN=x')".to_owned());
    assert_eq!(asked(&source), ["company", "employeeType", "l", "title", "uid"]);
}

#[test]
fn groups_are_asked_for_wherever_they_are_named() {
    let mut source = of_field(text("{{ false and in_group('CN=a,DC=x') }}{{ in_group(\"CN=b\\\\,c,DC=x\") }}"));
    source.protect = Some("in_group('CN=a,DC=x') or mail == 'x' and in_group('CN=d,DC=x')".to_owned());
    assert_eq!(compiled(&source).attributes().groups(), ["CN=a,DC=x", "CN=d,DC=x", "CN=b\\,c,DC=x"]);
}

#[test]
fn the_key_and_the_directorys_rule_go_by_the_kind() {
    let ad = ["accountExpires", "objectGUID", "sn", "userAccountControl"];
    for (kind, expected) in [
        (Some(Kind::ActiveDirectory), &ad[..]),
        (Some(Kind::OpenLdap), &["entryUUID", "sn"]),
        (Some(Kind::Generic), &["entryUUID", "sn"]),
        (None, &["accountExpires", "entryUUID", "objectGUID", "sn", "userAccountControl"]),
    ] {
        let source = Source { kind, directory_rule: true, ..of_field(text("sn")) };
        assert_eq!(asked(&source), expected, "{kind:?}");
    }
    assert_eq!(asked(&of_field(text("sn"))), ["entryUUID", "objectGUID", "sn"]);
}

#[test]
fn the_order_of_fields_moves_no_slot() {
    let mut source = of_field(text("mail"));
    source.fields.push(("other".to_owned(), text("{{ sn }} {{ givenName }}")));
    let one = compiled(&source);
    source.fields.reverse();
    let other = compiled(&source);
    assert_eq!(one.attributes(), other.attributes());
    assert_eq!(one.version(), other.version());
    let values: &[(&str, &[u8])] = &[("mail", b"a@x"), ("sn", b"Berg")];
    assert_eq!(entry(&one, values).fingerprint(one.version()), entry(&other, values).fingerprint(other.version()));
    source.active = Some("mail is defined".to_owned());
    let another = compiled(&source);
    assert_ne!(entry(&one, values).fingerprint(one.version()), entry(&another, values).fingerprint(another.version()));
}

#[test]
fn a_mapping_can_be_shared_and_shown() {
    fn shared<T: Send + Sync + std::fmt::Debug>() {}
    shared::<Mapping>();
}
