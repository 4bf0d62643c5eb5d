//! The completions as the shells themselves run them: names of the config, where one is wanted.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::fixtures::program::Program;

const CONFIG: &str = "\
destinations:
  veris: { client_secret: \"${cred:nobody-may-read-this}\" }
syncs:
  employees: { from: corp }
  emeritus: {}
  staff: {}
  '$(touch made)': {}
";

/// What each line is completed to: words, the last of them begun or empty.
const LINES: [&[&str]; 7] = [
    &["rosterd", "plan", ""],
    &["rosterd", "plan", "em"],
    &["rosterd", "sync", "--wait", "20m", "staff", "em"],
    &["rosterd", "--config", "other.yaml", "pause", ""],
    &["rosterd", "clients", ""],
    &["rosterd", "--config", "none.yaml", "plan", "emp"],
    &["rosterd", "pa"],
];

/// A folder with a config, another one, and a shell's script.
fn folder(shell: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("rosterd.yaml"), CONFIG).unwrap();
    fs::write(at("other.yaml"), "syncs: { clients: {} }").unwrap();
    let mut rosterd = Command::new(env!("CARGO_BIN_EXE_rosterd"));
    rosterd.env_clear().args(["completions", shell]);
    fs::write(at("script"), Program::of(rosterd).end().well()).unwrap();
    folder
}

/// What a shell completes these lines to, a line each; `complete` is what it does with the words of one.
fn completed(shell: &str, complete: &str) -> String {
    let folder = folder(shell);
    let quoted = |words: &&[&str]| words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let asked: String = LINES.iter().map(|words| format!("ask {}\n", quoted(words))).collect();
    let mut command = Command::new(shell);
    let program = Path::new(env!("CARGO_BIN_EXE_rosterd")).parent().unwrap();
    command
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
        .env("HOME", folder.path())
        .env("ROSTERD_CONFIG", "~/rosterd.yaml")
        .current_dir(folder.path())
        .args(["-c", &format!("{complete}\n{asked}")]);
    let said = Program::of(command).end();
    assert_eq!(said.stderr, "", "{}", said.stdout);
    assert!(!folder.path().join("made").exists(), "a name was run");
    said.well().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn bash_completes_names() {
    let complete = r#"
        source ./script
        ask() {
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            _rosterd rosterd "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "$*: ${COMPREPLY[*]}"
        }
    "#;
    insta::assert_snapshot!(completed("bash", complete), @r"
    rosterd plan : employees emeritus staff
    rosterd plan em: employees emeritus
    rosterd sync --wait 20m staff em: employees emeritus
    rosterd --config other.yaml pause : clients
    rosterd clients : veris
    rosterd --config none.yaml plan emp:
    rosterd pa: pause
    ");
}

#[test]
fn zsh_completes_names() {
    // Only a line being edited can be completed: what is offered there is printed instead.
    let complete = r#"
        compdef() { }
        source ./script
        autoload() { }
        _arguments() { }
        compadd() { shift; for name; do [[ $name == $words[CURRENT]* ]] && print -rn -- " $name"; done }
        ask() {
            words=("$@") CURRENT=$#
            print -rn -- "$*:"
            _rosterd
            print
        }
    "#;
    insta::assert_snapshot!(completed("zsh", complete), @r"
    rosterd plan : employees emeritus staff
    rosterd plan em: employees emeritus
    rosterd sync --wait 20m staff em: employees emeritus
    rosterd --config other.yaml pause : clients
    rosterd clients : veris
    rosterd --config none.yaml plan emp:
    rosterd pa:
    ");
}

#[test]
fn fish_completes_names() {
    let complete = r#"
        source ./script
        function ask
            echo "$argv:" (complete -C (string join ' ' -- $argv))
        end
    "#;
    insta::assert_snapshot!(completed("fish", complete), @r"
    rosterd plan : emeritus employees staff
    rosterd plan em: emeritus employees
    rosterd sync --wait 20m staff em: emeritus employees
    rosterd --config other.yaml pause : clients
    rosterd clients : veris
    rosterd --config none.yaml plan emp:
    rosterd pa: pause	Let nothing of a sync run; kept over restarts
    ");
}
