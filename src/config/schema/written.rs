//! Values as YAML that people read.

use crate::config::raw::{Node, Value};

/// In one line.
pub fn flow(node: &Node) -> String {
    match &node.value {
        Value::Nothing => "null".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => scalar(&text.value),
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries: Vec<_> = entries.iter().map(|(key, node)| format!("{}: {}", key.name, flow(node))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// In the lines of a file, below the keys of a path.
pub fn block(path: &str, node: &Node) -> String {
    let names = path.replacen("directories.NAME", "directories.corp", 1).replacen("syncs.NAME", "syncs.employees", 1);
    let mut lines = String::new();
    let mut depth = 0;
    for key in names.split('.').filter(|key| !key.is_empty()) {
        lines += &format!("{}{}:\n", "  ".repeat(depth), if key == "NAME" { "target" } else { key });
        depth += 1;
    }
    let Value::Map(entries) = &node.value else { panic!("an example of a mapping is a mapping") };
    for (key, node) in entries {
        lines += &format!("{}{}: {}\n", "  ".repeat(depth), key.name, flow(node));
    }
    lines
}

/// In quotes where YAML would take it for something else.
fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || " _-./:@=".contains(letter);
    let well = text.starts_with(|first: char| first.is_alphabetic() || first == '/') && text.chars().all(plain);
    let number = text.chars().next().is_some_and(|first| first.is_ascii_digit())
        && text.ends_with(|last: char| last.is_ascii_lowercase());
    let taken = ["true", "false", "null"].contains(&text) || text.contains(": ");
    let duration = number && text.chars().all(|letter| letter.is_ascii_alphanumeric());
    if (well && !taken) || duration { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
