//! Who runs which commands. A runner takes what it runs out of its claim, so that what is added to a page is either run by
//! it or fails here.

use std::fs;
use std::path::Path;

use super::page::{Block, Shown, blocks, pages};

/// A page, or some of its sections, whose commands one runner runs.
pub struct Claim {
    page: &'static str,
    /// By their headings; none for the whole page.
    sections: &'static [&'static str],
}

/// Claims by their names, each with the page, its sections, and who runs it.
macro_rules! claims {
    ($($name:ident: $page:literal, $sections:expr, $runner:literal;)*) => {
        $(pub const $name: Claim = Claim { page: $page, sections: &$sections };)*
        const ALL: &[(&str, Claim, &str)] = &[$((stringify!($name), $name, $runner)),*];
    };
}

claims! {
    ACCOUNT: "active-directory.md", ["The account"], "samba/documented.rs";
    BACKUP: "backup.md", [], "torture/copies.rs";
    CLIENTS: "capillary.md", ["Somebody else is there, too"], "clients/example.rs";
    TOLD: "daemon.md", ["Being told"], "daemon/notify/trial.rs";
    LINK: "daemon.md", ["People in a browser"], "daemon/opening.rs";
    CERTIFICATE: "daemon.md", ["Browsers from elsewhere"], "daemon/secured.rs";
    FIRST_DELIVERY: "first-delivery.md", [], "package/documented.rs";
    MOVED_UNIT: "guard.md", ["Story one: somebody moves an OU"], "documented/guard.rs";
    CLOSED_OFFICE: "guard.md", ["Story two: an office closes"], "documented/guard.rs";
    UPGRADING: "operations.md", ["Upgrading"], "package/documented.rs";
    SANDBOX: "sandbox.md", [], "documented/sandbox.rs";
}

/// Commands that somebody else runs, and the words by which they do: page, command, file, words.
const BY_OTHERS: [(&str, &str, &str, &str); 4] = [
    ("README.md", "cargo run --release -- demo", "tests/it/demo.rs", r#"command.arg("demo")"#),
    ("README.md", "./tests/run", ".ci/run", "/../tests/run"),
    (
        "testing.md",
        "ROSTERD_SEEDS=85..86 cargo test --lib simulation::whatever",
        "src/simulation/mod.rs",
        "fn whatever",
    ),
    ("testing.md", "ROSTERD_SEEDS=0..100000 tests/simulation", "tests/run", "step tests/simulation"),
];

/// Commands that nobody can run where tests run: page, how the command begins, why.
const BY_NOBODY: [(&str, &str, &str); 5] = [
    ("active-directory.md", "New-ADUser -Name svc-rosterd", WINDOWS),
    ("active-directory.md", r#"dsacls "CN=Deleted Objects,DC=corp,DC=example,DC=com" /takeownership"#, WINDOWS),
    ("active-directory.md", r#"dsacls "CN=Deleted Objects,DC=corp,DC=example,DC=com" /G"#, WINDOWS),
    ("active-directory.md", r#"dsacls "OU=People,DC=corp,DC=example,DC=com" /I:S"#, WINDOWS),
    ("active-directory.md", "ktpass /princ svc-rosterd@CORP.EXAMPLE.COM", WINDOWS),
];

const WINDOWS: &str = "a program of Windows, and a domain controller of Microsoft's behind it";

impl Claim {
    /// The blocks to be run.
    pub fn blocks(&self) -> Vec<Block> {
        let all = pages().into_iter().flat_map(|page| blocks(&page));
        let claimed: Vec<_> = all.filter(|block| self.covers(block)).collect();
        assert!(!claimed.is_empty(), "{} shows no commands in {:?}", self.page, self.sections);
        claimed
    }

    /// All of them, one after the other.
    pub fn shown(&self) -> Vec<Shown> {
        self.blocks().iter().flat_map(Block::shown).collect()
    }

    fn covers(&self, Block { page, section, language, .. }: &Block) -> bool {
        language != "powershell"
            && page == self.page
            && (self.sections.is_empty() || self.sections.contains(&section.as_str()))
    }
}

/// How often a command is claimed.
fn claims(block: &Block, command: &str) -> usize {
    let listed = |page: &str, begins: &str| block.page == page && command.starts_with(begins);
    ALL.iter().filter(|(_, claim, _)| claim.covers(block)).count()
        + BY_OTHERS.iter().filter(|(page, whole, ..)| listed(page, whole) && command == *whole).count()
        + BY_NOBODY.iter().filter(|(page, begins, _)| listed(page, begins)).count()
}

fn source(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn every_command_that_is_shown_is_run_by_somebody() {
    let shown: Vec<_> = pages().iter().flat_map(|page| blocks(page)).collect();
    let commands: Vec<_> =
        shown.iter().flat_map(|block| block.commands().into_iter().map(move |c| (block, c))).collect();
    assert!(commands.len() > 60, "pages are not read as they should be: {commands:#?}");
    for (block, command) in &commands {
        let Block { page, section, .. } = block;
        assert_eq!(
            claims(block, command),
            1,
            "who runs this? see tests/it/documented/claims.rs: {page}, {section}: {command}"
        );
    }
    let is_shown =
        |page: &str, begins: &str| commands.iter().any(|(block, c)| block.page == page && c.starts_with(begins));
    for (page, command, file, words) in BY_OTHERS {
        assert!(is_shown(page, command), "{page} does not show {command} any more");
        assert!(source(file).contains(words), "{file} does not run {command} any more");
    }
    for (page, begins, why) in BY_NOBODY {
        assert!(is_shown(page, begins), "{page} does not show {begins} any more, which is {why}");
    }
    for (name, claim, runner) in ALL {
        claim.blocks();
        assert!(
            source(&format!("tests/it/{runner}")).contains(&format!("{name}.")),
            "{runner} does not run {name} any more"
        );
    }
}
