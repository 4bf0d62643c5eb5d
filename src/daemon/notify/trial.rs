//! One message to each receiver, to see whether it arrives. Nothing is noted, and nothing that happens later depends on it.

use futures_util::future::join_all;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::host;
use super::send::{COMMAND, post};
use crate::config::{Address, Receiver};
use crate::daemon::hand::hand_and_listen;
use crate::notify;

/// Anything shorter among a command's arguments is no secret.
const SHORT: usize = 5;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How it was taken, or why not.
    pub taken: Result<String, String>,
    /// What a command said last, without its arguments. It may know secrets of its own.
    pub said: Option<String>,
}

/// Tells each receiver, all at once; what came of it in their order.
pub async fn try_out(receivers: &[Receiver], at: Timestamp) -> Vec<Trial> {
    let json = notify::trial(at, &host());
    join_all(receivers.iter().map(|receiver| one(&receiver.address, &json))).await
}

async fn one(address: &Address, json: &str) -> Trial {
    match address {
        Address::Command(words) => {
            let Some((program, arguments)) = words.split_first() else {
                return Trial { taken: Err("it has no program".to_owned()), said: None };
            };
            let (ended, said) = hand_and_listen(program, arguments, format!("{json}\n").as_bytes(), COMMAND).await;
            let taken = ended.and_then(|status| {
                let how = status.to_string();
                if status.success() { Ok(how) } else { Err(how) }
            });
            Trial { taken, said: said.map(|said| without(arguments, said)) }
        }
        Address::Webhook(url, http) => {
            let taken = post(url.expose_secret(), http, json).await.map(|status| format!("it answered {status}"));
            Trial { taken, said: None }
        }
    }
}

fn without(arguments: &[String], said: String) -> String {
    let long = arguments.iter().filter(|argument| argument.len() >= SHORT);
    long.fold(said, |said, argument| said.replace(argument.as_str(), "…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_command_says_is_told_without_its_arguments() {
        let words = ["/bin/sh", "-c", "echo \"no way to $0\" >&2; exit 4", "https://hooks.example.com/hush"];
        let trial = one(&Address::Command(words.map(str::to_owned).into()), "{}").await;
        let said = Some("no way to …".to_owned());
        assert_eq!(trial, Trial { taken: Err("exit status: 4".to_owned()), said });
    }
}
