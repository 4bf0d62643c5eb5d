use serde_json::{Value, json};

use super::super::Rule;
use super::{compiled, field, field_of, judge, of_field, text};

/// Rules, the person's values, and what comes of them.
type Cases<'a> = &'a [(&'a str, &'a [(&'a str, &'a str)], Value)];

fn check(cases: Cases<'_>) {
    for (rule, values, expected) in cases {
        assert_eq!(&field(rule, values), expected, "{rule} of {values:?}");
    }
}

#[test]
fn a_bare_word_is_an_attribute() {
    check(&[
        ("givenName", &[("givenName", "Åse")], json!("Åse")),
        ("GIVENNAME", &[("givenName", "Åse")], json!("Åse")),
        ("msDS-cloudExtensionAttribute1", &[("msds-cloudextensionattribute1", "x")], json!("x")),
        ("givenName", &[], json!(null)),
        ("givenName", &[("givenName", "")], json!(null)),
        ("givenName", &[("givenName", " \t")], json!(null)),
        ("givenName", &[("givenName", " Anna ")], json!("Anna")),
        ("mail", &[("mail", "b@x"), ("mail", "a@x")], json!("a@x")),
        ("mail", &[("mail", " "), ("mail", "a@x")], json!("a@x")),
        ("employeeID", &[("employeeID", "0012")], json!("0012")),
    ]);
}

#[test]
fn reserved_names_stand_alone_too() {
    check(&[
        ("dn", &[], json!("CN=Anna Berg,OU=People,DC=example,DC=com")),
        ("account_expired", &[("accountExpires", "1")], json!(true)),
        ("account_disabled", &[("userAccountControl", "514")], json!(true)),
        ("account_disabled", &[], json!(null)),
        ("{{ key }}", &[("objectGUID", "0123456789abcdef")], json!("33323130-3534-3736-3839-616263646566")),
        ("{{ key | default('none') }}", &[], json!("none")),
        (
            "account_disabled",
            &[("userAccountControl", "x")],
            json!({"fault": "field: `userAccountControl` can't be read"}),
        ),
    ]);
}

#[test]
fn templates() {
    let anna = &[("givenName", "Anna"), ("sn", "Berg")][..];
    check(&[
        ("{{ givenName }} {{ sn }}", anna, json!("Anna Berg")),
        ("{{ givenName }} {{ sn }}", &[("sn", "Berg")], json!("Berg")),
        ("{{ givenName }} {{ sn }}", &[], json!(null)),
        ("{{ GivenName }}", anna, json!("Anna")),
        ("{% if sn %}{{ sn | upper }}{% endif %}", anna, json!("BERG")),
        ("{% if sn %}{{ sn | upper }}{% endif %}", &[], json!(null)),
        ("{{ physicalDeliveryOfficeName | default('HQ') }}", &[], json!("HQ")),
        ("{{ physicalDeliveryOfficeName | default('HQ') }}", &[("physicalDeliveryOfficeName", " ")], json!("HQ")),
        ("{{ attr('msDS-x') }}", &[("msDS-x", "y")], json!("y")),
        ("{{ attr('msDS-x') | default('none') }}", &[], json!("none")),
        ("{% set sn = 'shadow' %}{{ attr('sn') }} {{ sn }}", anna, json!("Berg shadow")),
        ("{{ account_disabled }}!", &[("userAccountControl", "514")], json!("true!")),
        ("<{{ sn }}>", &[("sn", "O'Neil & \"Søn\"")], json!("<O'Neil & \"Søn\">")),
    ]);
}

#[test]
fn a_template_of_one_expression_keeps_its_type() {
    check(&[
        ("{{ true }}", &[], json!(true)),
        ("{{ employeeNumber | int }}", &[("employeeNumber", "0042")], json!(42)),
        ("{{ employeeNumber | int }}", &[], json!(null)),
        ("{{ employeeNumber | int / 4 }}", &[("employeeNumber", "42")], json!(10.5)),
        ("{{ employeeType == 'left' }}", &[], json!(false)),
        ("{{ none }}", &[], json!(null)),
        ("{{ '  ' }}", &[], json!(null)),
        ("{{ [title, sn] }}", &[("sn", "Berg")], json!(["Berg"])),
        ("{{ [title] }}", &[], json!(null)),
        ("{{ {'a': title, 'b': {'c': sn}} }}", &[("sn", "Berg")], json!({"b": {"c": "Berg"}})),
    ]);
}

#[test]
fn several_values_are_a_list_that_reads_as_its_first() {
    let two = &[("mail", "b@x"), ("mail", "a@x"), ("mail", " ")][..];
    let one = &[("mail", "a@x")][..];
    check(&[
        ("{{ mail }}", two, json!("a@x")),
        ("to {{ mail }}", two, json!("to a@x")),
        ("{{ mail ~ '!' }}", two, json!("a@x!")),
        ("{{ mail | list }}", two, json!(["a@x", "b@x"])),
        ("{{ mail | list }}", one, json!(["a@x"])),
        ("{{ mail | list }}", &[], json!(null)),
        ("{{ mail | join(', ') }}", two, json!("a@x, b@x")),
        ("{{ mail | join(', ') }}", one, json!("a@x")),
        ("{{ mail | join(', ') }}", &[], json!(null)),
        ("{{ mail | first }}", one, json!("a@x")),
        ("{{ mail | last }}", two, json!("b@x")),
        ("{{ 'b@x' in mail }}", two, json!(true)),
        ("{{ 'b@x' in (mail | list) }}", one, json!(false)),
        ("{{ 'b@x' in mail }}", &[], json!(false)),
        ("{{ mail | upper }}", two, json!("A@X")),
        ("{{ mail | upper | join(' ') }}", two, json!("A@X B@X")),
        ("{{ mail | list | upper }}", two, json!(["A@X", "B@X"])),
        ("{{ mail | select('startingwith', 'b') | first }}", two, json!("b@x")),
        ("{{ mail | select('startingwith', 'b') | first }}", one, json!(null)),
        ("{{ mail | split('@') | last }}", two, json!("x")),
        ("{% for m in mail | list %}{{ m }};{% endfor %}", two, json!("a@x;b@x;")),
    ]);
}

#[test]
fn helpers() {
    let manager = &[("manager", r"CN=Müller\, Jörg,OU=People,DC=x")][..];
    check(&[
        ("{{ telephoneNumber | digits }}", &[("telephoneNumber", "+47 22-33")], json!("472233")),
        ("{{ telephoneNumber | digits }}", &[], json!(null)),
        ("{{ telephoneNumber | digits | default('0') }}", &[("telephoneNumber", "n/a")], json!("0")),
        ("{{ mobile | msisdn('47') }}", &[("mobile", "22 33 44 55")], json!("4722334455")),
        ("{{ mobile | msisdn(47) }}", &[("mobile", "+44 (0)20 7946 0000")], json!("442079460000")),
        ("{{ mobile | msisdn('47') }}", &[("mobile", "4711"), ("mobile", "99887766")], json!("4799887766")),
        ("{{ mobile | msisdn('47') }}", &[], json!(null)),
        ("{{ mobile | msisdn('+47') }}", &[("mobile", "22 33 44 55")], json!("4722334455")),
        ("{{ mobile | msisdn }}", &[("mobile", "22 33 44 55")], json!(null)),
        ("{{ mobile | msisdn(code) }}", &[("mobile", "22 33 44 55"), ("code", "47")], json!("4722334455")),
        ("{{ mobile | msisdn(code) }}", &[("mobile", "22 33 44 55")], json!(null)),
        ("{{ manager | cn }}", manager, json!("Müller, Jörg")),
        ("{{ manager | cn | upper }}", manager, json!("MÜLLER, JÖRG")),
        ("{{ manager | cn }}", &[("manager", "nobody")], json!(null)),
        ("{{ c | map('countries') }}", &[("c", "NO")], json!("Norway")),
        ("{{ c | map('countries') }}", &[("c", "SE")], json!(null)),
        ("{{ c | map('countries') | default('?') }}", &[("c", "XX")], json!("?")),
        ("{{ c | map('countries') | default('?') }}", &[], json!("?")),
        ("{{ c | map('countries') }}", &[("c", "AA"), ("c", "IN")], json!("India")),
        ("{{ sn | lower }}", &[("sn", "ÅSE")], json!("åse")),
        ("{{ sn | upper }}", &[("sn", "straße")], json!("STRASSE")),
        ("{{ sn | title }}", &[("sn", "anna-LENA berg")], json!("Anna-Lena Berg")),
        ("{{ sn | replace('n/a', '') | default('-') }}", &[("sn", "n/a")], json!("-")),
        ("{{ sn | length }}", &[("sn", "åse")], json!(3)),
        ("{{ flag | bool }}", &[("flag", "FALSE")], json!(false)),
        ("{{ flag | bool }}", &[("flag", "TRUE")], json!(true)),
        ("{{ flag | bool }}", &[], json!(null)),
        ("{{ flag | bool }}", &[("flag", "perhaps")], json!({"fault": "field: a value is neither TRUE nor FALSE"})),
    ]);
}

#[test]
fn in_group_says_what_the_directory_found() {
    let rule = "{{ in_group('CN=Board,DC=x') }}";
    let both = "{{ in_group('CN=Board,DC=x') and not in_group('CN=Interns,DC=x') }}";
    let board = ("in_group", "CN=Board,DC=x");
    let interns = ("in_group", "CN=Interns,DC=x");
    check(&[
        (rule, &[board], json!(true)),
        (rule, &[interns, board], json!(true)),
        (rule, &[interns], json!(false)),
        (rule, &[], json!(false)),
        (both, &[board], json!(true)),
        (both, &[interns, board], json!(false)),
    ]);
}

#[test]
fn fixed_values_are_as_written() {
    for value in [json!(true), json!(null), json!(""), json!(" x "), json!({"a": []})] {
        let rule = Rule::Const(value.clone());
        let payload = judge(&compiled(&of_field(rule)), &[]).fields.unwrap();
        assert_eq!(payload.fields().get("field"), Some(&value));
    }
}

#[test]
fn the_first_one_present() {
    let rule = || Rule::First(vec![text("title"), text("{{ sn | upper }}"), Rule::Const("Employee".into())]);
    assert_eq!(field_of(rule(), &[("title", b"Boss"), ("sn", b"x")]), json!("Boss"));
    assert_eq!(field_of(rule(), &[("title", b" "), ("sn", b"x")]), json!("X"));
    assert_eq!(field_of(rule(), &[]), json!("Employee"));
    // What fails is not absent: the next rule would hide it.
    assert_eq!(field_of(rule(), &[("title", &[0xff])]), json!({"fault": "field: `title` is not valid UTF-8"}));
}

#[test]
fn nested_fields() {
    let inner = || Rule::Nested(vec![("city".to_owned(), text("l"))]);
    let rule = || Rule::Nested(vec![("home".to_owned(), inner()), ("zip".to_owned(), text("{{ postalCode }}"))]);
    assert_eq!(field_of(rule(), &[("l", b"Oslo")]), json!({"home": {"city": "Oslo"}}));
    assert_eq!(field_of(rule(), &[]), json!(null));
    assert_eq!(field_of(rule(), &[("l", &[0xff])]), json!({"fault": "field.home.city: `l` is not valid UTF-8"}));
}

#[test]
fn faults_hold_no_values() {
    let secret = "Secret-Anna";
    for (rule, expected) in [
        ("{{ sn | int }}", "a value does not fit what is done with it"),
        ("{{ sn - 1 }}", "a value does not fit what is done with it"),
        ("{{ title.name.first }}", "a value it needs is missing"),
        ("{{ sn | bool }}", "a value is neither TRUE nor FALSE"),
        ("{{ '1' | msisdn(sn) }}", "`msisdn` takes a country code"),
        ("{% if sn == 'Secret-Anna' %}{% for x in range(99999) %}{{ x }}{% endfor %}{% endif %}", "it takes too long"),
    ] {
        let result = field(rule, &[("sn", secret)]);
        assert_eq!(result, json!({ "fault": format!("field: {expected}") }), "{rule}");
    }
}

#[test]
fn every_failing_field_is_told() {
    let mut source = of_field(text("photo"));
    source.fields.push(("other".to_owned(), text("x{{ attr('photo') }}")));
    source.fields.push(("third".to_owned(), text("{{ photo | upper }}")));
    source.fields.push(("good".to_owned(), text("sn")));
    let faults = judge(&compiled(&source), &[("photo", &[0xff, 0xd8]), ("sn", b"x")]).fields.unwrap_err();
    let told: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.message.as_str())).collect();
    let bytes = "`photo` holds bytes, not text";
    assert_eq!(told, [("field", bytes), ("other", "`photo` is not text"), ("third", bytes)]);
}

#[test]
fn nested_fields_keep_their_types() {
    let rules = [
        ("flag", text("{{ title == 'Lead' }}")),
        ("number", text("{{ employeeID | int }}")),
        ("fixed", Rule::Const(json!(false))),
        ("said", text("{{ employeeID | int }}.")),
    ];
    let named = |rules: &[(&str, Rule)]| rules.iter().map(|(name, rule)| ((*name).to_owned(), rule.clone())).collect();
    let deep = Rule::Nested(named(&[("status", Rule::Nested(named(&rules)))]));
    let values: &[(&str, &[u8])] = &[("title", b"Lead"), ("employeeID", b"042")];
    let expected = json!({ "status": { "flag": true, "number": 42, "fixed": false, "said": "42." } });
    assert_eq!(field_of(deep, values), expected);
}
