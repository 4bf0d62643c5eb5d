//! Templates and expressions: compiled as a field and as a condition, and evaluated on people.

use std::collections::BTreeMap;

use rosterd::directory::{Entry, EntryBuilder, Kind};
use rosterd::mapping::{Mapping, Rule, Source};
use rosterd::roster::Timestamp;

use crate::harness::{Target, bounded};

const MAPPING: Target = Target {
    name: "mapping",
    more: &[],
    words: &[
        b"{{ ",
        b" }}",
        b"{% ",
        b" %}",
        b"{# ",
        b"#}",
        b"{% set a = ",
        b"{% for x in ",
        b"{% endfor %}",
        b"{% if ",
        b"{% endif %}",
        b"{% else %}",
        b"{% with a = ",
        b"{% endwith %}",
        b"{% filter upper %}",
        b"{% endfilter %}",
        b"{% set a %}",
        b"{% endset %}",
        b"{% raw %}",
        b"{% endraw %}",
        b"{% macro m(x) %}",
        b"recursive",
        b"loop",
        b"loop(",
        b"range(",
        b" ~ ",
        b" * ",
        b" ** ",
        b" + ",
        b" - ",
        b" // ",
        b" % ",
        b" in ",
        b" is ",
        b" not ",
        b" and ",
        b" or ",
        b" if ",
        b" else ",
        b"| default(",
        b"| replace(",
        b"| join(",
        b"| list",
        b"| split('')",
        b"| lines",
        b"| sort",
        b"| unique",
        b"| map('t')",
        b"| msisdn('47')",
        b"| digits",
        b"| round(",
        b"| string",
        b"| length",
        b"| reverse",
        b"| select('in', ",
        b"| int",
        b"[1:]",
        b"[::-1]",
        b"memberOf",
        b"sn",
        b"mail",
        b"attr('msDS-x')",
        b"in_group('CN=a')",
        b"'a'",
        b"\"\\u0000\"",
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b"99999999",
        b"\xff",
    ],
    longest: 4 << 10,
    memory: 64 << 20,
    seeds: 2000,
};

fn source(text: &str) -> Source {
    let table = BTreeMap::from([("x".to_owned(), "y".to_owned()), ("a".to_owned(), "b".to_owned())]);
    Source {
        fields: vec![("plain".to_owned(), Rule::Text(text.to_owned()))],
        active: Some(text.to_owned()),
        skip: Some(format!("({text})")),
        tables: BTreeMap::from([("t".to_owned(), table)]),
        directory_rule: true,
        ..Source::default()
    }
}

/// The same, as far as each part compiles.
fn compiled(text: &str) -> Vec<Mapping> {
    let whole = source(text);
    let parts = [
        Source { active: None, skip: None, ..whole.clone() },
        Source { fields: Vec::new(), skip: None, ..whole.clone() },
        Source { fields: Vec::new(), active: None, ..whole },
    ];
    parts.iter().filter_map(|part| Mapping::compile(part).ok()).collect()
}

/// Somebody with so many values of so many bytes in each attribute.
fn person(mapping: &Mapping, values: usize, bytes: usize) -> Entry {
    let mut entry = EntryBuilder::new("CN=Anna,DC=example");
    for name in mapping.attributes().names() {
        let slot = mapping.attributes().slot(name).unwrap();
        for value in 0..values {
            entry.push(slot, format!("{value}{}", "a".repeat(bytes)).as_bytes());
        }
    }
    entry.build()
}

/// What is made of somebody, in bytes.
fn judged(mapping: &Mapping, entry: &Entry) -> usize {
    let kinds = [Kind::ActiveDirectory, Kind::Generic];
    let judgement = kinds.map(|kind| mapping.judge(entry, kind, Timestamp::UNIX_EPOCH));
    judgement.iter().filter_map(|judgement| judgement.fields.as_ref().ok()).map(|fields| fields.to_json().len()).sum()
}

#[test]
fn mapping() {
    MAPPING.feed(|bytes| {
        for mapping in compiled(&String::from_utf8_lossy(bytes)) {
            for (values, bytes) in [(0, 0), (1, 0), (1, 20), (3, 5)] {
                judged(&mapping, &person(&mapping, values, bytes));
            }
        }
    });
}

/// Rules that would make much of little, on somebody with long values and on somebody with many.
#[test]
fn mapping_that_grows() {
    let again = |begin: &str, again: &str, times: usize, end: &str| format!("{begin}{}{end}", again.repeat(times));
    for rule in [
        again("{% set a = sn %}", "{% set a = a ~ a %}", 50, "{{ a }}"),
        again("{% set a = sn %}", "{% set a = a + a %}", 50, "{{ a }}"),
        again("{% set a = [sn] %}", "{% set a = [a, a] %}", 50, "{{ a | string }}"),
        again("{% set a = [sn] %}", "{% set a = a + a %}", 50, "{{ a | list }}"),
        again("{% set a = sn %}", "{% set a %}{{ a }}{{ a }}{% endset %}", 40, "{{ a }}"),
        again("{% set a = sn %}", "{% set a = a | replace('a', a) %}", 30, "{{ a }}"),
        again("", "{% with a = sn ~ sn %}{% with sn = a ~ a %}", 25, "{{ sn }}"),
        again("", "{% for a in [sn ~ sn] %}{% for sn in [a ~ a] %}", 20, "{{ sn }}"),
        again("{{ sn", " | replace('a', sn)", 40, " }}"),
        again(
            "{{ sn",
            " | replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
            40,
            " }}",
        ),
        again("{{ sn", " | split('') | join(sn)", 30, " }}"),
        again("{{ sn", " | list | join(sn)", 30, " }}"),
        again("{{ sn", " ~ sn", 80, " }}"),
        again("{{ memberOf", " + memberOf", 40, " | list | sort | unique | join(',') }}"),
        "{{ 'x' * 10**9 }}".to_owned(),
        "{{ 'x' * 99999999 }}".to_owned(),
        again("{{ ", "'x' * 99999999 ~ ", 40, "'' }}"),
        "{{ (range(99999) | list) * 1000 | list }}".to_owned(),
        "{{ [1] * 99999999 }}".to_owned(),
        "{{ ([1] * 99999999) | string }}".to_owned(),
        "{{ ('x' * 99999999) | list | length }}".to_owned(),
        "{{ range(99999) | join(range(99999)) }}".to_owned(),
        again("{{ range(99999)", " ~ range(99999)", 20, " }}"),
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}".to_owned(),
        "{% for a in range(30000) %}{{ sn }}{% endfor %}".to_owned(),
        format!("{{% for a in range(30000) %}}{}{{% endfor %}}", "x".repeat(60_000)),
        format!("{{% set b %}}{{% for a in range(30000) %}}{}{{% endfor %}}{{% endset %}}", "x".repeat(60_000)),
        format!(
            "{{% filter upper %}}{{% for a in range(30000) %}}{}{{% endfor %}}{{% endfilter %}}",
            "x".repeat(60_000)
        ),
        "{% for a in [sn] recursive %}{{ loop([a ~ a]) }}{% endfor %}".to_owned(),
        "{% for a in [sn] recursive %}{{ loop([a, a]) }}{% endfor %}".to_owned(),
        "{{ '%s' % sn }}{{ sn | center(999999999) | indent(999999999) | format(sn) }}".to_owned(),
        "{{ 1.5 | round(999999999) }}".to_owned(),
        "{{ 9 ** 99 ** 99 }}".to_owned(),
        "{{ memberOf | replace('a', sn) | join(',') }}".to_owned(),
        "{{ memberOf | list | string }}".to_owned(),
        again("{{ ", "(", 400, "sn"),
        again("{{ ", "not ", 400, "sn }}"),
        again("{{ sn", "[0:]", 150, " }}"),
        again("{{ ", "[", 240, &again("", "]", 240, " }}")),
    ] {
        let shown: String = rule.chars().take(60).collect();
        bounded(&shown, 192 << 20, || {
            for mapping in compiled(&rule) {
                for (values, bytes) in [(1, 1), (1, 4 << 20), (1, 60_000), (10_000, 100), (20, 60_000)] {
                    let entry = person(&mapping, values, bytes);
                    let made = judged(&mapping, &entry);
                    assert!(made < 4 << 20, "{shown}: {made} bytes of {values} values of {bytes} bytes");
                }
            }
        });
    }
}
