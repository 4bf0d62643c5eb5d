//! `docs/configuration.md`, made of the schema: a table for each mapping, in the schema's own order.

use std::fs;
use std::path::Path;

use super::SCHEMA;
use super::node::{entries, examples, get, is, items, text, word};
use super::written::{block, flow};
use crate::config::raw::{self, Node};

const HEAD: &str = "\
<!-- Made of src/config/schema/rosterd.schema.json by `ROSTERD_TEST_WRITE=1 cargo test --lib reference`: change that, not this page. -->

# Configuration

Every key of `/etc/rosterd/rosterd.yaml`. [`config/rosterd.example.yaml`](../config/rosterd.example.yaml) is a file to start from;
[`examples/`](../examples) has shorter ones. [The daemon](daemon.md#when-the-config-changes) follows the file while it runs, and
`rosterd check` says what is wrong with it, all at once. A key that is not in here is an error.

`rosterd schema` prints all of this as JSON Schema (2020-12). Editors with a language server for YAML complete and check the file by
it; its first line tells them where it is. The packages bring it; elsewhere `rosterd schema` writes it:

```yaml
# yaml-language-server: $schema=/usr/share/rosterd/rosterd.schema.json
```
";

/// A mapping that has a table of its own.
struct Section<'a> {
    /// As it is written in the config, with `NAME` for a name of one's own; empty for the whole file.
    path: String,
    node: &'a Node,
    /// What it is: told above the table.
    description: Option<&'a str>,
}

impl Section<'_> {
    /// The path of a key in it.
    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

struct Reference<'a> {
    root: &'a Node,
}

impl<'a> Reference<'a> {
    fn page(&self) -> String {
        let whole = Section { path: String::new(), node: self.root, description: text(self.root, "description") };
        format!("{HEAD}{}", self.section(&whole))
    }

    fn section(&self, section: &Section<'a>) -> String {
        let mut page = format!("\n## {}\n", heading(section));
        if let Some(description) = section.description {
            page += &format!("\n{description}\n");
        }
        page += "\n| key | value | default | what it is |\n|---|---|---|---|\n";
        let keys = get(section.node, "properties").map(entries).unwrap_or_default();
        let below: Vec<_> = keys.iter().map(|(name, key)| self.sections(&section.below(name), key)).collect();
        for ((name, key), sections) in keys.iter().zip(&below) {
            page += &self.row(section, name, key, sections);
        }
        if let Some(example) = examples(section.node).first() {
            page += &format!("\n```yaml\n{}```\n", block(&section.path, example));
        }
        for section in below.iter().flatten() {
            page += &self.section(section);
        }
        page
    }

    fn row(&self, section: &Section<'_>, name: &str, key: &'a Node, below: &[Section<'_>]) -> String {
        let required = get(section.node, "required").is_some_and(|keys| items(keys).iter().any(|key| is(key, name)));
        let default = self.said(key, "default").map(|default| format!("`{}`", flow(default)));
        let default = default.unwrap_or_else(|| if required { "required" } else { "" }.to_owned());
        let mut what = self.said(key, "description").and_then(word).unwrap_or_default().to_owned();
        // A mapping has its example below its table.
        if let Some(example) = examples(key).first().filter(|_| below.is_empty()) {
            what += &format!(" Such as `{}`.", flow(example));
        }
        let cells = [format!("`{name}`"), self.kind(key, below), default, what];
        format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
    }

    /// What a key says, or the definition that it refers to.
    fn said(&self, node: &'a Node, word: &str) -> Option<&'a Node> {
        get(node, word).or_else(|| get(self.referred(node)?, word))
    }

    fn referred(&self, node: &Node) -> Option<&'a Node> {
        let to = text(node, "$ref")?;
        get(get(self.root, "$defs")?, to.rsplit('/').next()?)
    }

    /// The mappings that a key may be, each with a path.
    fn sections(&self, path: &str, node: &'a Node) -> Vec<Section<'a>> {
        if let Some(node) = self.referred(node) {
            return self.sections(path, node);
        }
        if get(node, "properties").is_some() {
            return vec![Section { path: path.to_owned(), node, description: text(node, "description") }];
        }
        if let Some(named) = get(node, "additionalProperties").filter(|_| get(node, "propertyNames").is_some()) {
            return self.sections(&format!("{path}.NAME"), named);
        }
        let mut found: Vec<Section<'_>> = Vec::new();
        for branch in get(node, "anyOf").map(items).unwrap_or_default() {
            let below = get(branch, "items").unwrap_or(branch);
            for section in self.sections(path, below) {
                if !found.iter().any(|other| std::ptr::eq(other.node, section.node)) {
                    found.push(section);
                }
            }
        }
        found
    }

    /// What stands there, in a few words.
    fn kind(&self, node: &'a Node, below: &[Section<'_>]) -> String {
        if !below.is_empty() {
            let branches = get(node, "anyOf").map(items).unwrap_or_default();
            let list = branches.iter().any(|branch| get(branch, "items").is_some()).then(|| "a list".to_owned());
            let links = below.iter().map(|section| format!("[{}](#{})", called(section), anchor(section)));
            let kinds = branches.iter().filter_map(|branch| self.plain(branch)).chain(links).chain(list);
            return kinds.collect::<Vec<_>>().join(", or ");
        }
        self.plain(node).unwrap_or_else(|| "mapping".to_owned())
    }

    /// Of what is no mapping.
    fn plain(&self, node: &'a Node) -> Option<String> {
        match text(node, "$ref").and_then(|to| to.rsplit('/').next()) {
            // It may stand in the place of every text.
            Some("reference") => return None,
            Some(name @ ("text" | "secret" | "duration")) => return Some(name.to_owned()),
            Some("texts") => return Some("text, or a list".to_owned()),
            Some(_) => return self.plain(self.referred(node)?),
            None => {}
        }
        if let Some(words) = get(node, "enum") {
            return Some(items(words).iter().map(|word| format!("`{}`", flow(word))).collect::<Vec<_>>().join(", "));
        }
        if let Some(word) = get(node, "const") {
            return Some(format!("`{}`", flow(word)));
        }
        if let Some(listed) = get(node, "items") {
            return self.plain(listed).map(|_| "a list".to_owned());
        }
        if let Some(branches) = get(node, "anyOf") {
            let kinds: Vec<_> = items(branches).iter().filter_map(|branch| self.plain(branch)).collect();
            return Some(kinds.join("; or "));
        }
        match text(node, "type") {
            Some("boolean") => Some("true or false".to_owned()),
            Some("integer") => Some(bounds(node)),
            _ => None,
        }
    }
}

fn bounds(node: &Node) -> String {
    let bound = |word| get(node, word).map(flow).unwrap_or_default();
    let (low, high) = (bound("minimum"), bound("maximum"));
    if high == u32::MAX.to_string() { format!("number from {low}") } else { format!("number, {low} to {high}") }
}

fn called<'a>(section: &Section<'a>) -> &'a str {
    text(section.node, "title").unwrap_or("mapping")
}

fn heading(section: &Section<'_>) -> String {
    match (section.path.as_str(), text(section.node, "title")) {
        ("", _) => "The whole file".to_owned(),
        (path, None) => format!("`{path}`"),
        (path, Some(title)) => format!("`{path}`: {title}"),
    }
}

/// As GitHub and mdBook make it of a heading.
fn anchor(section: &Section<'_>) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || " _-".contains(*letter);
    heading(section).chars().filter(kept).collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn the_reference_is_made_of_the_schema() {
    let root = raw::parse(SCHEMA).unwrap_or_else(|fault| panic!("{fault:?}"));
    let page = Reference { root: &root }.page();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    if std::env::var_os("ROSTERD_TEST_WRITE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    let differs = page.lines().zip(there.lines()).find(|(made, there)| made != there);
    assert!(page == there, "docs/configuration.md is another: ROSTERD_TEST_WRITE=1 writes it anew; {differs:?}");
}
