use serde_json::json;

use super::super::{Fault, Rule, Source};
use super::{faults, field, of_field, text};

/// The only fault of a mapping.
fn only(source: &Source) -> (Vec<String>, String, String) {
    let mut faults = faults(source);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    let Fault { at, message, help } = faults.remove(0);
    (at, message, help.unwrap_or_default())
}

fn check_rule(rule: &str, message: &str, help: &str) {
    let (at, told, helped) = only(&of_field(text(rule)));
    assert_eq!(at, ["fields", "field"], "{rule}");
    assert_eq!(told, message, "{rule}");
    assert!(helped.starts_with(help), "{rule}: {helped}");
}

#[test]
fn a_text_that_is_neither_attribute_nor_template() {
    let help = "write {{ … }} for a template or { const: … } for a fixed text";
    for text in ["Head office", "'x'", "mail | lower", "user.name", "2.5.4.3", "é", "-x", "{# mail #}"] {
        check_rule(text, &format!("`{text}` is no attribute"), help);
    }
    check_rule("", "there is no attribute", help);
}

#[test]
fn names_that_are_not_there() {
    let filter = |name: &str| format!("there is no filter `{name}`");
    check_rule("{{ mail | lowr }}", &filter("lowr"), "did you mean `lower`? there are abs, bool, ");
    check_rule("{{ mail | Digits }}", &filter("Digits"), "did you mean `digits`?");
    check_rule("{{ mail | frobnicate }}", &filter("frobnicate"), "there are abs, bool, ");
    check_rule("{{ mail | attr('x') }}", &filter("attr"), "it is a function: write `attr(…)`");
    check_rule("{{ cn(manager) }}", "there is no function `cn`", "it is a filter: write `… | cn`");
    check_rule("{{ in_grp('CN=x') }}", "there is no function `in_grp`", "did you mean `in_group`?");
    check_rule("{{ now() }}", "there is no function `now`", "there are attr, in_group, range");
    check_rule("{{ mail | select('definde') | list }}", "there is no test `definde`", "did you mean `defined`?");
    check_rule("{{ mail is definde }}", "there is no test `definde`", "did you mean `defined`?");
    check_rule("{{ c | map('country') }}", "there is no table `country`", "did you mean `countries`?");
    let tableless = Source { tables: [].into(), ..of_field(text("{{ c | map('x') }}")) };
    assert_eq!(only(&tableless).2, "the sync has no `tables`");
}

#[test]
fn a_typo_behind_a_condition_is_found() {
    check_rule("{% if mail == 'x' %}{{ sn | uper }}{% endif %}", "there is no filter `uper`", "did you mean `upper`?");
    check_rule("{{ 1 if mail else c | map('t') }}", "there is no table `t`", "");
}

#[test]
fn what_only_a_rehearsal_finds() {
    check_rule("{{ sn | replace('a') }}", "missing argument", "");
    check_rule("{{ sn | msisdn('NO') }}", "`msisdn` takes a country code", "write its digits");
    check_rule("{{ sn | upper(1, 2) }}", "too many arguments", "");
    check_rule("{% for x in range(99999) %}{{ x }}{% endfor %}", "it takes too long: a loop that is too large?", "");
    check_rule("{{ sn.upper() }}", "there is no method `upper`", "write a filter, like `title | upper`");
}

#[test]
fn attributes_that_can_not_be_known_before() {
    check_rule("{{ attr(sn) }}", "`attr` takes a fixed name", "write the name itself");
    check_rule("{{ attr('a b') }}", "`a b` is no attribute", "");
    check_rule("{{ c | map(sn) }}", "`map` takes the name of a table", "write one of the sync's `tables`");
    check_rule("{{ c | map }}", "`map` takes the name of a table", "write one of the sync's `tables`");
    check_rule("{{ msDS-x-y }}", "`msDS-x-y` reads as a subtraction", "write attr('msDS-x-y')");
}

#[test]
fn groups_that_can_not_be_known_before() {
    check_rule("{{ in_group('Board') }}", "`in_group` takes a group's DN", "write it whole");
    check_rule("{{ false and in_group('Board') }}", "`in_group` takes a group's DN", "write it whole");
    let fixed = "`in_group` takes a fixed DN";
    for rule in ["{{ in_group(manager) }}", "{{ in_group('CN=' ~ o) }}", "{{ 1 if [in_group][0]('CN=x') }}"] {
        check_rule(rule, fixed, "write the DN itself");
    }
}

/// MiniJinja knows escapes that reading its tokens does not: what comes of them is never a silent no.
#[test]
fn a_group_that_was_not_asked_for_is_no_answer() {
    let told = field(r"{{ in_group('CN=\u0041,DC=x') }}", &[]);
    assert_eq!(told, json!({"fault": "field: who is in that group was not asked for"}));
}

#[test]
fn syntax() {
    for rule in
        ["{{ mail", "{{ mail | }}", "{% if mail %}x", "{{ 'a }}", "{% include 'x' %}", "{% macro m() %}{% endmacro %}"]
    {
        let (_, message, _) = only(&of_field(text(rule)));
        assert!(message.starts_with("syntax error"), "{rule}: {message}");
    }
}

/// MiniJinja reads chains like these by recursion without a limit of its own.
#[test]
fn no_rule_is_too_deep_to_read() {
    let chains = [
        ("{{ ", "not ", "a }}"),
        ("{{ ", "- ", "a }}"),
        ("{{ a", ".b", " }}"),
        ("{{ a", "|upper", " }}"),
        ("{{ a", "+a", " }}"),
        ("{{ a", "[a]", " }}"),
        ("{{ ", "a if a else ", "a }}"),
        ("{{ ", "(", "a }}"),
        ("{% if a %}", "{% elif a %}", "{% endif %}"),
        ("", "{% if a %}", ""),
    ];
    for (head, link, tail) in chains {
        for times in [100, 400, 40_000] {
            let source = of_field(text(&format!("{head}{}{tail}", link.repeat(times))));
            let too_long = faults(&source).iter().any(|fault| fault.message.starts_with("it is too long"));
            assert!(too_long || times < 40_000, "{head}{link}{tail}");
        }
    }
}

#[test]
fn what_could_make_texts_without_end_is_refused() {
    let recursive = "{% for x in sn recursive %}{{ loop([x ~ x]) }}{% endfor %}";
    check_rule(recursive, "a loop can't be recursive", "write one loop within the other");
    check_rule("{{ sn * 3 }}", "`*` is not used in rules", "it would repeat a text");
    check_rule("{% set a %}{{ sn }}{% endset %}{{ a }}", "there is no `set` block", "write `{% set name = … %}`");
    let much = "it makes more than 256 KiB of text, or a list of more than 16 MiB";
    check_rule("{{ range(90000) | join('abc') }}", much, "take less of it");
    check_rule("{% for x in range(20000) %}01234567890123456789{% endfor %}", much, "take less of it");
}

#[test]
fn what_makes_too_much_of_somebody_is_theirs() {
    let long = "x".repeat(60_000);
    let much = json!({"fault": "field: it makes more than 256 KiB of text, or a list of more than 16 MiB"});
    for rule in
        ["{{ sn | replace('x', sn) }}", "{{ sn | split('') | join(sn) }}", "{{ sn }}{{ sn }}{{ sn }}{{ sn }}{{ sn }}"]
    {
        assert_eq!(field(rule, &[("sn", &long)]), much, "{rule}");
        field(rule, &[("sn", "x")]).as_str().unwrap();
    }
    assert_eq!(field("{{ sn }}{{ sn }}", &[("sn", &long)]), json!(long.repeat(2)));
    let told = field("{{ sn | length }}", &[("sn", &long.repeat(5))]);
    assert_eq!(told, json!({"fault": "field: `sn` is longer than 256 KiB"}));
}

#[test]
fn what_depends_on_a_persons_values_is_no_fault() {
    for rule in ["{{ sn | int }}", "{{ sn | bool }}", "{{ sn - 1 }}", "{{ title.name.first }}", "{{ 1 / (sn | int) }}"]
    {
        assert_eq!(faults(&of_field(text(rule))), [], "{rule}");
    }
}

#[test]
fn conditions_say_yes_or_no() {
    let wrong = [
        ("employeeType", "it gives a value, where yes or no is wanted", "compare it"),
        ("title or sn == 'x'", "it gives a value, where yes or no is wanted", "compare it"),
        ("1", "it gives a value, where yes or no is wanted", "compare it"),
        ("{{ true }}", "it is an expression, not a template", "write it without {{ and }}"),
        ("employeeType = 'x'", "syntax error: unexpected input after expression", ""),
        ("", "syntax error: unexpected end of input, expected expression", ""),
        ("account_disbled()", "there is no function `account_disbled`", ""),
    ];
    for (expression, message, help) in wrong {
        for place in ["active", "skip", "protect"] {
            let mut source = of_field(text("sn"));
            let condition = match place {
                "active" => &mut source.active,
                "skip" => &mut source.skip,
                _ => &mut source.protect,
            };
            *condition = Some(expression.to_owned());
            let (at, told, helped) = only(&source);
            assert_eq!((at, told.as_str()), (vec![place.to_owned()], message), "{expression}");
            assert!(helped.starts_with(help), "{helped}");
        }
    }
}

#[test]
fn all_faults_at_once_each_with_its_place() {
    let nested = Rule::Nested(vec![("city".to_owned(), text("a b"))]);
    let mut source = of_field(Rule::First(vec![text("title"), text("{{ x | nope | no }}"), nested]));
    source.fields.push(("field".to_owned(), text("sn")));
    source.fields.push(("list".to_owned(), Rule::First(vec![])));
    source.key = Some("{{ employeeID }}".to_owned());
    source.active = Some("a b".to_owned());
    let places: Vec<String> = faults(&source).iter().map(|fault| fault.at.join(".")).collect();
    let expected =
        ["key", "active", "fields.field.1", "fields.field.1", "fields.field.2.city", "fields.field", "fields.list"];
    assert_eq!(places, expected);
}
