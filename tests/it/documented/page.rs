//! Pages, cut into the blocks of commands that they show.

use std::fs;
use std::path::{Path, PathBuf};

/// How blocks of commands are marked: without and with what they print, and for a shell that is not here.
const COMMANDS: [&str; 3] = ["sh", "console", "powershell"];

/// How blocks are marked that are none.
const OTHERS: [&str; 4] = ["json", "rust", "text", "yaml"];

/// A fenced block.
#[derive(Debug, Clone)]
pub struct Block {
    /// The page's file name.
    pub page: String,
    /// The heading above it.
    pub section: String,
    /// How it is marked.
    pub language: String,
    text: String,
}

/// A command, and what it prints; of some that is not shown.
#[derive(Debug, PartialEq)]
pub struct Shown {
    pub typed: String,
    pub printed: String,
}

/// README and all of `docs/`.
pub fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = found.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// The blocks of commands of a page, in order.
pub fn blocks(page: &Path) -> Vec<Block> {
    let all = all(page).into_iter();
    all.filter(|block| COMMANDS.contains(&block.language.as_str())).collect()
}

/// What the blocks of a page of `docs/` hold that are marked so.
pub fn texts(page: &str, language: &str) -> Vec<String> {
    let blocks = all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).into_iter();
    blocks.filter(|block| block.language == language).map(|block| block.text).collect()
}

fn all(page: &Path) -> Vec<Block> {
    cut(page.file_name().unwrap().to_str().unwrap(), &fs::read_to_string(page).unwrap())
}

fn cut(page: &str, text: &str) -> Vec<Block> {
    let (mut blocks, mut section, mut lines) = (Vec::new(), "", text.lines());
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let indent = line.len() - line.trim_start().len();
            let within = lines.by_ref().take_while(|line| line.trim() != "```");
            let text = within.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect();
            let block =
                Block { page: page.to_owned(), section: section.to_owned(), language: language.to_owned(), text };
            let known = COMMANDS.contains(&language) || OTHERS.contains(&language);
            assert!(known, "is this `sh` or `console`, or what is it? {block:?}");
            blocks.push(block);
        } else if line.starts_with('#') {
            section = line.trim_start_matches('#').trim();
        }
    }
    blocks
}

impl Block {
    /// What is typed, and what that prints. A line that is indented by four belongs to the command before it.
    pub fn shown(&self) -> Vec<Shown> {
        if self.language != "console" {
            return vec![Shown { typed: self.text.clone(), printed: String::new() }];
        }
        let mut all: Vec<Shown> = Vec::new();
        for line in self.text.lines() {
            match (line.strip_prefix("$ "), all.last_mut()) {
                (Some(typed), _) => all.push(Shown { typed: typed.to_owned(), printed: String::new() }),
                (None, Some(last)) if last.printed.is_empty() && line.starts_with("    ") => {
                    last.typed += &format!("\n{line}");
                }
                (None, Some(last)) => last.printed += &format!("{line}\n"),
                (None, None) => panic!("begins with no command: {self:?}"),
            }
        }
        all
    }

    /// Each command by itself, in one line and without a comment.
    pub fn commands(&self) -> Vec<String> {
        let texts: Vec<_> = self.shown().into_iter().map(|shown| shown.typed).collect();
        let joined = texts.join("\n").replace("\\\n", "").replace("`\n", "").replace("\n    ", " ");
        let plain = joined.lines().map(|line| line.split("  #").next().unwrap_or_default());
        plain.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }
}

#[test]
fn a_page_is_cut_into_what_is_typed_and_what_that_prints() {
    let text = "# A\n## B\n- item\n\n  ```console\n  $ one \\\n      --more\n  $ two    # not shown\n  $ three\n  said\n    …\n  ```\n";
    let [block] = &cut("a.md", text)[..] else { panic!() };
    assert_eq!(
        (block.section.as_str(), block.commands()),
        ("B", vec!["one --more".into(), "two".into(), "three".into()])
    );
    assert_eq!(block.shown()[2], Shown { typed: "three".into(), printed: "said\n  …\n".into() });
}
