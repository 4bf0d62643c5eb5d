//! A shell into which the commands of a page are typed, and what it must print.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::compare::is_as_shown;
use super::page::{Block, Shown};
use crate::fixtures::overheard;
use crate::fixtures::program::Output;

/// No command of a page takes this long.
const DEADLINE: Duration = Duration::from_mins(1);

/// Comes after what a command printed, with its exit code.
const END: char = '\u{1}';

/// A shell; it ends with this value.
pub struct Shell {
    process: Child,
    keys: ChildStdin,
    screen: Receiver<String>,
    /// What stands in the pages for what is there.
    places: Vec<(String, String)>,
}

/// What a command printed, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Shell {
    /// One that finds the program by its name, with such a config; whoever types `sudo` stays who they are.
    pub fn beside(config: &Path) -> Self {
        let mut command = Command::new("sh");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.current_dir(config.parent().unwrap());
        let mut shell = Self::start(command);
        let (program, config) = (env!("CARGO_BIN_EXE_rosterd"), config.display());
        shell.run(&format!("rosterd() {{ {program} --config {config} \"$@\"; }}; sudo() {{ \"$@\"; }}"));
        shell
    }

    /// One that a command starts, such as `sh`.
    pub fn start(mut command: Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, screen) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                // Nobody looks any more when a test failed meanwhile.
                let _ = sender.send(line.unwrap());
            }
        });
        let mut shell = Self { process, keys, screen, places: Vec::new() };
        shell.keys.write_all(b"exec 2>&1\n").unwrap();
        shell
    }

    /// What a page calls so is this here.
    pub fn place(&mut self, page: &str, here: impl Display) {
        self.places.push((page.to_owned(), here.to_string()));
    }

    /// Runs a command.
    pub fn run(&mut self, typed: &str) -> Said {
        self.run_with(typed, "")
    }

    /// Runs a command that reads what somebody types.
    pub fn run_with(&mut self, typed: &str, input: &str) -> Said {
        let typed = self.here(typed);
        let input: String = input.lines().map(|line| format!("{line}\n")).collect();
        let script = format!("{{ {}\n}} <<'TYPED'\n{input}TYPED\nprintf '\\n\\001%s\\n' $?\n", typed.trim_end());
        self.keys.write_all(script.as_bytes()).unwrap();
        let (deadline, mut text) = (Instant::now() + DEADLINE, String::new());
        let code = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.screen.recv_timeout(left).unwrap_or_else(|_| panic!("{typed}: no end to\n{text}"));
            match line.strip_prefix(END) {
                Some(code) => break code.parse().unwrap(),
                None => text += &format!("{line}\n"),
            }
        };
        // Of the empty line before the end.
        text.pop();
        if let Some((_, words)) = typed.split_once("rosterd ") {
            let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
            overheard::process(&words, &Output { code: Some(code), stdout: text.clone(), stderr: String::new() });
        }
        Said { code, text }
    }

    /// Runs a command as a page shows it: it must print that, and end with such a code.
    #[track_caller]
    pub fn shows(&mut self, shown: &Shown, code: i32) -> String {
        let said = self.run(&shown.typed);
        assert_eq!(said.code, code, "{}\n{}", shown.typed, said.text);
        self.compare(shown, &said.text);
        said.text
    }

    /// The same with all of a block, of which every line must end well.
    #[track_caller]
    pub fn follows(&mut self, block: &Block) {
        self.run("set -e");
        for shown in block.shown() {
            self.shows(&shown, 0);
        }
        self.run("set +e");
    }

    /// What a command printed is what is shown, if anything is.
    #[track_caller]
    pub fn compare(&self, Shown { typed, printed }: &Shown, said: &str) {
        let page = self.here(printed);
        assert!(page.is_empty() || is_as_shown(said, &page), "$ {typed}\nthe page:\n{page}\nreally:\n{said}");
    }

    /// A text of the page, with what is here.
    pub fn here(&self, text: &str) -> String {
        self.places.iter().fold(text.to_owned(), |text, (page, here)| text.replace(page, here))
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // Fails when it has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_shell_keeps_what_was_said_before() {
    let mut shell = Shell::start(Command::new("sh"));
    shell.place("PAGE", "here");
    assert_eq!(shell.run("a=PAGE").text, "");
    assert_eq!(shell.run("printf $a; echo; (exit 3)").text, "here\n");
    let said = shell.run_with("cat; (exit 3)", "typed");
    assert_eq!((said.code, said.text.as_str()), (3, "typed\n"));
}
