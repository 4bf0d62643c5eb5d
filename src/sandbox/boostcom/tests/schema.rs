use super::*;
use crate::sandbox::boostcom::schema::check;

/// The errors of one value, by their names.
fn errors(rules: &Value, value: &Value) -> Vec<String> {
    let schema = json!({"properties": {"it": rules}});
    let given = json!({"it": value}).as_object().cloned().unwrap();
    let wrong = check(&schema, &given, &given);
    let flaws = wrong.get("it").and_then(Value::as_array).cloned().unwrap_or_default();
    flaws.iter().map(|flaw| flaw["error"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_keyword_and_the_word_for_it() {
    let date = json!({"format": "date"});
    let email = json!({"format": "email"});
    let digits = json!({"pattern": "^[0-9]{8,15}$"});
    let list = json!({"type": "array", "items": {"enum": ["a", "b"]}});
    for (rules, good, bad, error) in [
        (json!({"type": "string"}), json!("x"), json!(7), "type_not_match"),
        (json!({"type": "integer"}), json!(7), json!(7.5), "type_not_match"),
        (json!({"type": "number"}), json!(7.5), json!("7"), "type_not_match"),
        (json!({"type": "boolean"}), json!(true), json!("true"), "type_not_match"),
        (json!({"type": "array"}), json!([]), json!({}), "type_not_match"),
        (json!({"type": "object"}), json!({}), json!([]), "type_not_match"),
        (json!({"type": ["string", "integer"]}), json!(7), json!(true), "one_or_more_types_not_match"),
        (json!({"enum": ["en", "no"]}), json!("no"), json!("pl"), "value_not_match"),
        (json!({"minLength": 2}), json!("øæ"), json!("ø"), "minimum_string_length"),
        (json!({"maxLength": 2}), json!("øæ"), json!("øæå"), "maximum_string_length"),
        (date.clone(), json!("1990-10-23"), json!("1990-13-23"), "invalid_date_format"),
        (date.clone(), json!("2024-02-29"), json!("2023-02-29"), "invalid_date_format"),
        (date, json!("1990-10-23"), json!("19901023"), "invalid_date_format"),
        (email.clone(), json!("a@b.no"), json!("a@b"), "invalid_email"),
        (email.clone(), json!("a.b+c@d.e.no"), json!("@b.no"), "invalid_email"),
        (email.clone(), json!("a@b.no"), json!("a b@c.no"), "invalid_email"),
        (email, json!("a@b.no"), json!("a@b@c.no"), "invalid_email"),
        (digits.clone(), json!("12345678"), json!("1234567"), "the_regex_not_match"),
        (digits.clone(), json!("123456789012345"), json!("1234567890123456"), "the_regex_not_match"),
        (digits, json!("4740485124"), json!("+4740485124"), "the_regex_not_match"),
        (list, json!(["a", "b"]), json!(["a", "c"]), "value_not_match"),
    ] {
        assert_eq!(errors(&rules, &good), Vec::<String>::new(), "{rules}");
        assert_eq!(errors(&rules, &bad), [error], "{rules}");
    }
    assert_eq!(errors(&json!({"pattern": "^x$"}), &json!("x")), ["the_regex_not_match"], "no pattern it understands");
    assert_eq!(
        errors(&json!({"minLength": 9, "format": "email"}), &json!("x")),
        ["invalid_email", "minimum_string_length"]
    );
    assert_eq!(errors(&json!({"type": "string", "enum": ["7"]}), &json!(7)), ["type_not_match"], "and no more");
}

#[test]
fn errors_name_value_and_property() {
    let schema = json!({"properties": {"colours": {"items": {"enum": ["red", 7]}}}});
    let given = json!({"colours": ["red", "blue"], "unknown": {}}).as_object().cloned().unwrap();
    let flaw = json!({"error": "value_not_match", "value": "blue", "values": "red, 7", "property": "colours"});
    assert_eq!(Value::from(check(&schema, &given, &given)), json!({"colours": [flaw]}));
}

#[test]
fn what_is_required_must_be_there_in_the_end() {
    let mut options = Options::default();
    options.schema["required"] = json!(["last_name"]);
    let mut bench = Bench::with(options);
    let joe = |more: Value| {
        let mut joe = member("joe@example.com");
        joe["properties"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([joe])
    };
    let missing = json!({"properties": [{"error": {
        "last_name": [{"error": "not_contain_required_property", "property": "last_name"}],
    }}]});
    assert_eq!(bench.import(&joe(json!({})), 0).errors["joe@example.com"], missing);
    assert_eq!(bench.import(&joe(json!({"last_name": "Doe"})), 10).created, 1);
    assert_eq!(bench.import(&joe(json!({})), 20).updated, 1, "it is there already");
    assert_eq!(bench.import(&joe(json!({"last_name": null})), 30).errors["joe@example.com"], missing);
}
