//! The account, made on a domain controller as docs/active-directory.md has it.

use std::process::Command;

use crate::documented::claims::ACCOUNT;
use crate::documented::page::Block;
use crate::fixtures::program::Program;
use crate::fixtures::samba::{SERVICE, Samba};
use crate::fixtures::terminal::Terminal;

const PASSWORD: &str = "Another-Passw0rd";

#[test]
#[ignore = "needs root: tests/samba/run"]
fn the_account_can_be_made_as_the_page_has_it() {
    let samba = Samba::start();
    let conf = samba.folder().join("smb.conf");
    let here = |typed: &str| format!("{typed} --configfile={}", conf.display());
    let does = |typed: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", &here(typed)]);
        Program::of(shell).end().well();
    };
    // The one that these tests have made another way.
    does("samba-tool user delete svc-rosterd");
    for typed in ACCOUNT.blocks().iter().flat_map(Block::commands) {
        if !typed.contains("user create") {
            does(&typed);
            continue;
        }
        // Without a terminal of whoever runs this, which it would ask otherwise.
        let mut command = Command::new("setsid");
        command.args(["--wait", "sh", "-c", &here(&typed)]);
        let mut terminal = Terminal::start(command);
        for question in ["New Password:", "Retype Password:"] {
            terminal.answer(question, PASSWORD);
        }
        let (code, screen) = terminal.end();
        assert_eq!(code, Some(0), "{screen}");
    }
    assert!(samba.lets_in(SERVICE.0, PASSWORD));
    let flags = samba.value(SERVICE.0, "userAccountControl").unwrap();
    assert_eq!(flags.parse::<u32>().unwrap() & 0x1_0000, 0x1_0000, "the password never expires: {flags}");
}
