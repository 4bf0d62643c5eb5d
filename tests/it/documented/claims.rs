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

/// `samba/documented.rs`.
pub const ACCOUNT: Claim = Claim { page: "active-directory.md", sections: &["The account"] };

/// `torture/copies.rs`.
pub const BACKUP: Claim = Claim { page: "backup.md", sections: &[] };

/// `daemon/notify/trial.rs`.
pub const TOLD: Claim = Claim { page: "daemon.md", sections: &["Being told"] };

/// `daemon/opening.rs`.
pub const LINK: Claim = Claim { page: "daemon.md", sections: &["People in a browser"] };

/// `daemon/secured.rs`.
pub const CERTIFICATE: Claim = Claim { page: "daemon.md", sections: &["Browsers from elsewhere"] };

/// `package/documented.rs`, as the one after it.
pub const FIRST_DELIVERY: Claim = Claim { page: "first-delivery.md", sections: &[] };
pub const UPGRADING: Claim = Claim { page: "operations.md", sections: &["Upgrading"] };

/// `guard.rs`, as the one after it.
pub const MOVED_UNIT: Claim = Claim { page: "guard.md", sections: &["Story one: somebody moves an OU"] };
pub const CLOSED_OFFICE: Claim = Claim { page: "guard.md", sections: &["Story two: an office closes"] };

/// `sandbox.rs`.
pub const SANDBOX: Claim = Claim { page: "sandbox.md", sections: &[] };

const ALL: [&Claim; 10] = [
    &ACCOUNT,
    &BACKUP,
    &TOLD,
    &LINK,
    &CERTIFICATE,
    &FIRST_DELIVERY,
    &UPGRADING,
    &MOVED_UNIT,
    &CLOSED_OFFICE,
    &SANDBOX,
];

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
const BY_NOBODY: [(&str, &str, &str); 4] = [
    ("active-directory.md", "New-ADUser -Name svc-rosterd", WINDOWS),
    ("active-directory.md", r#"dsacls "CN=Deleted Objects,DC=corp,DC=example,DC=com" /takeownership"#, WINDOWS),
    ("active-directory.md", r#"dsacls "CN=Deleted Objects,DC=corp,DC=example,DC=com" /G"#, WINDOWS),
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
    ALL.iter().filter(|claim| claim.covers(block)).count()
        + BY_OTHERS.iter().filter(|(page, whole, ..)| listed(page, whole) && command == *whole).count()
        + BY_NOBODY.iter().filter(|(page, begins, _)| listed(page, begins)).count()
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
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert!(text.contains(words), "{file} does not run {command} any more");
    }
    for (page, begins, why) in BY_NOBODY {
        assert!(is_shown(page, begins), "{page} does not show {begins} any more, which is {why}");
    }
    for claim in ALL {
        claim.blocks();
    }
}
