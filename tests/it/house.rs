//! The house rules that the compiler does not hold: who may name what.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules that decide: values in, values out.
const THINKING: [&str; 7] = ["roster", "mapping", "plan", "destination", "delivery", "engine", "notify"];

/// What a deciding module must not name: clocks, randomness, waiting, the world, and hash maps, whose order is chance.
const TOUCHING: [&str; 20] = [
    "Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "rand::",
    "async ",
    ".await",
    "tokio",
    "sqlx",
    "reqwest",
    "ldap3",
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "println!",
    "HashMap",
    "HashSet",
];

/// What each deciding module may use of the others: dependencies run one way.
const BELOW: [(&str, &[&str]); 7] = [
    ("roster", &[]),
    ("mapping", &["roster", "directory"]),
    ("destination", &["roster"]),
    ("plan", &["roster", "directory"]),
    ("delivery", &["roster", "destination"]),
    ("engine", &["roster", "directory", "mapping", "plan", "destination", "delivery"]),
    ("notify", &["engine", "report"]),
];

fn sources(module: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let tests = path.file_stem().is_some_and(|name| name == "tests");
            if path.is_dir() && !tests {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !tests {
                found.push((path.clone(), code(&fs::read_to_string(&path).unwrap())));
            }
        }
    }
    assert!(!found.is_empty(), "no sources of {module}");
    found
}

/// What is compiled outside tests: without comments, and without what follows the first `#[cfg(test)]` module.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The crate's modules that a source names as `crate::…`.
fn named(code: &str) -> Vec<String> {
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

/// Whole words only: a field `awaited` waits for nothing.
fn touches(code: &str) -> Vec<&'static str> {
    let letter = |text: Option<char>| text.is_some_and(char::is_alphanumeric);
    let within = |word: &str, end: usize| letter(word.chars().next_back()) && letter(code[end..].chars().next());
    let named = |word: &&str| code.match_indices(*word).any(|(at, _)| !within(word, at + word.len()));
    TOUCHING.into_iter().filter(named).collect()
}

#[test]
fn what_decides_touches_nothing() {
    for module in THINKING {
        for (path, code) in sources(module) {
            assert_eq!(touches(&code), Vec::<&str>::new(), "{}", path.display());
        }
    }
}

#[test]
fn dependencies_run_one_way() {
    for (module, allowed) in BELOW {
        for (path, code) in sources(module) {
            for name in named(&code) {
                assert!(name == module || allowed.contains(&name.as_str()), "{}: crate::{name}", path.display());
            }
        }
    }
}

#[test]
fn the_sandbox_knows_nothing_of_the_client_side() {
    for (path, code) in sources("sandbox") {
        for name in named(&code) {
            assert_eq!(name, "sandbox", "{}", path.display());
        }
    }
}

#[test]
fn sql_lives_in_the_store() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !path.is_dir() || module == "store" {
            continue;
        }
        for (path, code) in sources(&module) {
            assert!(!code.contains("sqlx"), "{}", path.display());
        }
    }
}

#[test]
fn the_threat_model_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let is_source = |word: &&str| !word.contains(' ') && Path::new(word).extension().is_some_and(|kind| kind == "rs");
    let files: Vec<_> = text.split('`').filter(is_source).collect();
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        assert!(root.join("tests/it").join(file).exists() || root.join(file).exists(), "{file} is not there");
    }
}

#[test]
fn the_house_test_can_fail() {
    assert_eq!(touches(&code("let x = Instant::now(); // tokio")), ["Instant"]);
    assert_eq!(named(&code("use crate::store::Store;\n// use crate::cli;")), ["store"]);
}
