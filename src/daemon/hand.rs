//! Something is handed to a command. What the command says is not listened to, for it may say what is secret; but to somebody
//! who tries it out.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};

/// What a command has of our environment: any other variable may be a secret.
const ENVIRONMENT: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];

/// Of what a command says so many bytes are looked at, from the end.
const HEARD: usize = 1024;

/// Starts a command, without a shell, and hands it this. It has taken it when it ends well.
pub(super) async fn hand(program: &str, arguments: &[String], what: &[u8], patience: Duration) -> Result<(), String> {
    let child = start(program, arguments, Stdio::null()).map_err(|error| error.to_string())?;
    let status = end(child, what, patience).await?;
    if status.success() { Ok(()) } else { Err(format!("{status}; run it by hand to see what it says")) }
}

/// The same for somebody who tries it out: how it ended, or why it did not; and the last line that it said on standard error.
pub(super) async fn hand_and_listen(
    program: &str,
    arguments: &[String],
    what: &[u8],
    patience: Duration,
) -> (Result<ExitStatus, String>, Option<String>) {
    let mut child = match start(program, arguments, Stdio::piped()) {
        Ok(child) => child,
        Err(error) => return (Err(error.to_string()), None),
    };
    let (errors, mut heard) = (child.stderr.take(), Vec::new());
    // Whatever it said before it ended is heard before that. What goes on without it may hold the pipe, and is not waited for.
    let ended = tokio::select! {
        biased;
        never = listen(errors, &mut heard) => match never {},
        ended = end(child, what, patience) => ended,
    };
    (ended, last_line(&heard))
}

fn start(program: &str, arguments: &[String], errors: Stdio) -> io::Result<Child> {
    let ours = ENVIRONMENT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(ours)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(errors)
        .kill_on_drop(true)
        .spawn()
}

async fn end(mut child: Child, what: &[u8], patience: Duration) -> Result<ExitStatus, String> {
    let mut input = child.stdin.take();
    let ended = async {
        if let Some(input) = &mut input {
            // One that ends well without reading to the end has what it wanted.
            let _ = input.write_all(what).await;
        }
        drop(input);
        child.wait().await
    };
    match tokio::time::timeout(patience, ended).await {
        Ok(status) => status.map_err(|error| error.to_string()),
        Err(_) => Err(format!("it did not end within {}", humantime::format_duration(patience))),
    }
}

async fn listen(errors: Option<ChildStderr>, heard: &mut Vec<u8>) -> Infallible {
    if let Some(mut errors) = errors {
        while let Ok(1..) = errors.read_buf(heard).await {
            heard.drain(..heard.len().saturating_sub(HEARD));
        }
    }
    pending().await
}

fn last_line(heard: &[u8]) -> Option<String> {
    let heard = String::from_utf8_lossy(heard);
    heard.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIEF: Duration = Duration::from_millis(50);
    const PATIENCE: Duration = Duration::from_secs(20);

    /// A script's arguments to a shell.
    fn script(text: &str) -> [String; 2] {
        ["-c".to_owned(), text.to_owned()]
    }

    #[tokio::test]
    async fn a_command_that_hangs_is_ended() {
        let why = hand("/bin/sh", &script("exec tail -f /dev/null"), b"hush", BRIEF).await.unwrap_err();
        assert_eq!(why, "it did not end within 50ms");
    }

    #[tokio::test]
    async fn somebody_who_tries_it_out_hears_its_last_words() {
        let try_out = async |text: &str| {
            let (ended, said) = hand_and_listen("/bin/sh", &script(text), b"what", PATIENCE).await;
            (ended.unwrap().code(), said)
        };
        assert_eq!(try_out("cat").await, (Some(0), None));
        let told = Some("got what".to_owned());
        assert_eq!(try_out("echo first >&2; echo \"got $(cat)\" >&2; echo >&2; exit 3").await, (Some(3), told));
        let (_, said) = try_out("i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo line $i >&2; done").await;
        assert_eq!(said.as_deref(), Some("line 5000"));
        assert_eq!(try_out("tail -f /dev/null & exit 1").await, (Some(1), None));
        let (ended, said) = hand_and_listen("/nowhere/tell", &[], b"", PATIENCE).await;
        assert!(ended.unwrap_err().contains("No such file") && said.is_none());
    }

    #[tokio::test]
    async fn a_command_that_hangs_is_heard_until_then() {
        let hangs = script("echo waits >&2; exec tail -f /dev/null");
        let (ended, said) = hand_and_listen("/bin/sh", &hangs, b"", Duration::from_secs(1)).await;
        assert_eq!((ended.unwrap_err().as_str(), said.as_deref()), ("it did not end within 1s", Some("waits")));
    }
}
