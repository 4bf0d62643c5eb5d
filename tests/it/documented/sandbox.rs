//! docs/sandbox.md from its beginning to its end, against the sandbox that its last commands start.

use std::process::Command;

use super::claims::SANDBOX;
use super::page::Block;
use super::shell::Shell;
use crate::fixtures::daemon::free_port;

#[test]
fn the_page_of_the_sandbox_is_right_about_its_commands() {
    let (kept, talk): (Vec<Block>, Vec<Block>) =
        SANDBOX.blocks().into_iter().partition(|block| block.section == "Over restarts");
    let [start] = &kept[..] else { panic!("{kept:?}") };
    let home = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let mut bash = Command::new("bash");
    // No proxy of this machine's.
    bash.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    let mut shell = Shell::start(bash);
    shell.place("127.0.0.1:8420", &address);
    // It ends with the shell, however this test does.
    let program = format!("setpriv --pdeathsig KILL {}", env!("CARGO_BIN_EXE_rosterd"));
    shell.place("rosterd sandbox ", format!("{program} sandbox --listen {address} "));
    // A busy machine may look at it a second later, when it is worked on.
    shell.place(r#""status":"waiting""#, r#""status":"…""#);
    shell.run(&format!("cd {0}; HOME={0}", home.path().display()));
    let start = start.shown().remove(0).typed;
    let begin = format!("coproc {start}read -r welcome <&${{COPROC[0]}}");
    assert_eq!(shell.run(&begin).code, 0);
    for block in &talk {
        shell.follows(block);
    }
    // As the last of them says: it is all there the next time.
    let members = r#"curl -s "$S/sandbox/members/ada@example.com""#;
    let before = shell.run(members).text;
    assert!(before.contains("Byron"), "{before}");
    let again = shell.run(&format!("kill $COPROC_PID; wait $COPROC_PID; {begin}"));
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(shell.run(members).text, before);
    shell.run("kill $COPROC_PID");
}
