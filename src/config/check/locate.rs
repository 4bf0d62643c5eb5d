//! Where in the file something stands that is known by its path of keys.

use std::ops::Range;

use crate::config::raw::{Key, Node, Value};
use crate::config::setting::Setting;

/// The place of a path below a setting: as deep as the path leads. A mapping or list is shown by its key, because its
/// value is many lines long.
pub(super) fn locate(setting: &Setting<'_>, path: &[String]) -> Range<usize> {
    let mut node = setting.node;
    let mut place = setting.key_at.clone();
    for step in path {
        let Some((key, below)) = child(node, step) else { break };
        node = below;
        place = match (&node.value, key) {
            (Value::Map(_) | Value::List(_) | Value::Nothing, Some(key)) => key.at.clone(),
            _ => node.at.clone(),
        };
    }
    place
}

fn child<'a>(node: &'a Node, step: &str) -> Option<(Option<&'a Key>, &'a Node)> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| key.name == step).map(|(key, below)| (Some(key), below)),
        Value::List(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)).map(|item| (None, item)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::raw;
    use crate::config::report::Report;
    use crate::config::section::Section;

    const TEXT: &str = "\
sync:
  active: x ==
  fields:
    designation: [title, { const: Employee }, '{{ oops']
    address:
      city: l
    tag: { const: a }
  # two lines
  skip: |
    one
    two
";

    #[track_caller]
    fn found(path: &[&str], marked: &str) {
        let root = raw::parse(TEXT).unwrap_or_else(|fault| panic!("{}", fault.message));
        let report = Report::default();
        let sync = Section::of_file(&root, &report).and_then(|mut file| file.get("sync")).unwrap();
        let path: Vec<_> = path.iter().map(|&step| step.to_owned()).collect();
        assert_eq!(&TEXT[locate(&sync, &path)], marked);
    }

    #[test]
    fn a_path_leads_to_the_text_that_is_wrong() {
        found(&["active"], "x ==");
        found(&["fields", "designation", "0"], "title");
        found(&["fields", "designation", "2"], "'{{ oops'");
        found(&["fields", "address", "city"], "l");
        found(&["fields", "tag", "const"], "a");
    }

    #[test]
    fn what_is_many_lines_long_is_shown_by_its_key() {
        found(&[], "sync");
        found(&["fields"], "fields");
        found(&["fields", "designation"], "designation");
        found(&["fields", "designation", "1"], "{");
    }

    #[test]
    fn a_path_that_leads_too_far_ends_where_the_file_does() {
        found(&["key"], "sync");
        found(&["fields", "mail"], "fields");
        found(&["fields", "designation", "7"], "designation");
        found(&["active", "0"], "x ==");
    }
}
