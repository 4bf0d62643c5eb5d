//! Colours are for terminals whose owner does not mind them (<https://no-color.org>).

use std::fs;

use crate::fixtures::program::Program;
use crate::fixtures::terminal::Terminal;

#[test]
fn terminals_get_colours_if_they_like_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("rosterd.yaml");
    fs::write(&config, "syncs: {}\n").unwrap();
    for arguments in [&["check", "--offline"][..], &["sync", "--wiat"]] {
        let command = |variable: (&str, &str)| {
            let mut command = Program::command(&config, arguments);
            command.env("TERM", "xterm").env(variable.0, variable.1);
            command
        };
        for (variable, colours) in
            [(("NO_COLOR", ""), true), (("NO_COLOR", "1"), false), (("TERM", "dumb"), false), (("LANG", "C"), true)]
        {
            let (code, screen) = Terminal::start(command(variable)).end();
            assert_eq!((code, screen.contains("\u{1b}[")), (Some(2), colours), "{variable:?}: {screen}");
        }
        let output = Program::of(command(("LANG", "C"))).end();
        assert!(output.code == Some(2) && !output.stderr.contains('\u{1b}'), "{output:?}");
    }
}
