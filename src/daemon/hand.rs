//! Something is handed to a command. What the command says is not listened to, for it may say what is secret.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// What a command has of our environment: any other variable may be a secret.
const ENVIRONMENT: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];

/// Starts a command, without a shell, and hands it this. It has taken it when it ends well.
pub(super) async fn hand(program: &str, arguments: &[String], what: &[u8], patience: Duration) -> Result<(), String> {
    let ours = ENVIRONMENT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(ours)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
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
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("{status}; run it by hand to see what it says")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("it did not end within {}", humantime::format_duration(patience))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_that_hangs_is_ended() {
        let arguments = ["-c".to_owned(), "exec tail -f /dev/null".to_owned()];
        let why = hand("/bin/sh", &arguments, b"hush", Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(why, "it did not end within 50ms");
    }
}
