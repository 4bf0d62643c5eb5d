//! Every recipe of `docs/cookbook.md`, planned by the program against the directory that is shipped.

use std::fs;

use rosterd::sandbox::directory::{Directory, Options};
use serde_json::Value;

use crate::fixtures::program::Program;

const PAGE: &str = include_str!("../../docs/cookbook.md");
const PEOPLE: &str = include_str!("../../examples/demo.ldif");

/// What a sync says that a recipe is not about.
const FIELDS: [(&str, &str); 9] = [
    ("unique_id", "employeeID"),
    ("first_name", "givenName"),
    ("last_name", "sn"),
    ("designation", "[title, { const: Employee }]"),
    ("email", "mail"),
    ("phone", "telephoneNumber"),
    ("country", "co"),
    ("department", "department"),
    ("group", "{ const: HQ }"),
];
const SEARCH: &str = r#"search:
  base: OU=People,DC=corp,DC=example,DC=com
  filter: "(&(objectCategory=person)(objectClass=user)(employeeID=*))"
"#;

/// A heading, the part of a sync below it, and who is what by it.
struct Recipe {
    heading: &'static str,
    sync: String,
    rows: Vec<(&'static str, &'static str)>,
}

fn recipes() -> Vec<Recipe> {
    let sections = PAGE.split("\n## ").skip(1);
    let recipes = sections.map(|section| {
        let (_, rest) = section.split_once("```yaml\n").unwrap();
        let (sync, rest) = rest.split_once("```\n").unwrap();
        let rows = rest.lines().filter(|line| line.starts_with("| `")).map(|line| {
            let (who, what) = line.trim_matches(['|', ' ']).split_once(" | ").unwrap();
            (who.trim_matches('`'), what.trim_matches('`'))
        });
        Recipe { heading: section.lines().next().unwrap(), sync: whole(sync), rows: rows.collect() }
    });
    recipes.collect()
}

/// A sync with all that it needs beside the recipe.
fn whole(recipe: &str) -> String {
    let mut sync = recipe.to_owned();
    if !sync.contains("search:\n") {
        sync.insert_str(0, SEARCH);
    }
    if !sync.contains("fields:\n") {
        sync.push_str("fields:\n");
    }
    for (name, rule) in FIELDS {
        if !recipe.contains(&format!("  {name}:")) {
            sync.push_str(&format!("  {name}: {rule}\n"));
        }
    }
    sync.lines().map(|line| format!("    {line}\n")).collect()
}

/// What a plan says of somebody, as the page has it.
fn told(plan: &Value, who: &str, expected: &str) -> String {
    let changes = plan["changes"].as_array().unwrap();
    let Some(join) = changes.iter().find(|change| change["identity"] == who) else { return "not sent".to_owned() };
    assert_eq!(join["kind"], "join");
    match expected.split_once(": ") {
        Some((field, _)) => format!("{field}: {}", join["fields"][field][1]),
        None => "sent".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recipe_gives_what_the_page_says() {
    let directory = Directory::start(
        ([127, 0, 0, 1], 0).into(),
        Options { anonymous_searches: true, ..Options::active_directory() },
    )
    .await
    .unwrap();
    directory.load(PEOPLE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("rosterd.yaml");
    let recipes = recipes();
    assert_eq!(recipes.len(), 20);
    for Recipe { heading, sync, rows } in recipes {
        assert!(!rows.is_empty(), "{heading}");
        let text = format!(
            "state: {state}\ncontrol: {state}/control.sock\n\
             directories:\n  corp: {{ url: \"{url}\", kind: active_directory, bind: anonymous }}\n\
             destinations:\n  veris: {{ type: veris, url: \"http://127.0.0.1:9\", client_id: a, client_secret: \"${{file:{secret}}}\", \
             api_key: \"${{file:{secret}}}\" }}\nsyncs:\n  people:\n    from: corp\n    to: veris\n{sync}",
            state = folder.path().join("state").display(),
            url = directory.url(),
            secret = folder.path().join("secret").display(),
        );
        fs::write(folder.path().join("secret"), "a secret of a test").unwrap();
        fs::write(&config, text).unwrap();
        let output = Program::start(&config, &["plan", "--json"]).end();
        assert_eq!(output.code, Some(0), "{heading}: {output:?}");
        let plan: Value = serde_json::from_str(&output.stdout).unwrap();
        for (who, expected) in rows {
            assert_eq!(told(&plan, who, expected), expected, "{heading}: {who}");
        }
    }
}
