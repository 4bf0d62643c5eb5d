//! Questions: answered by flags, else on the terminal, else by what is proposed.

use std::io::{self, BufRead, IsTerminal, Write};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;

use crate::cli::output::Failure;

/// Who is asked.
pub(super) struct Asking<'t> {
    /// Nobody, where there is none.
    terminal: Option<Terminal<'t>>,
}

#[cfg(test)]
impl<'t> Asking<'t> {
    /// Somebody else, or nobody.
    pub(super) fn of(terminal: Option<Terminal<'t>>) -> Self {
        Self { terminal }
    }
}

/// Somebody who reads and types.
pub(super) struct Terminal<'t> {
    pub input: Box<dyn BufRead + 't>,
    pub output: Box<dyn Write + 't>,
    /// Shows nothing of what is typed while its value lives.
    pub hush: fn() -> io::Result<Option<Hush>>,
}

impl Asking<'_> {
    /// Whoever started this process, where both ends are a terminal.
    pub(super) fn here() -> Self {
        let (input, output) = (io::stdin(), io::stderr());
        let terminal = (input.is_terminal() && output.is_terminal()).then(|| Terminal {
            input: Box::new(input.lock()),
            output: Box::new(output),
            hush: Hush::begin,
        });
        Self { terminal }
    }

    /// Whether there is somebody to be asked.
    pub(super) fn can_ask(&self) -> bool {
        self.terminal.is_some()
    }

    /// What a flag says, or else the answer; an empty one takes what is proposed, and is asked again where nothing is.
    pub(super) fn required(
        &mut self,
        flag: &str,
        question: &str,
        given: Option<&str>,
        proposal: Option<&str>,
    ) -> Result<String, Failure> {
        if let Some(given) = given {
            return Ok(given.to_owned());
        }
        let Some(terminal) = &mut self.terminal else {
            return proposal.map(str::to_owned).ok_or_else(|| missing(flag));
        };
        let shown = proposal.filter(|proposal| !proposal.is_empty());
        let shown = shown.map(|proposal| format!(" [{}]", plain(proposal))).unwrap_or_default();
        loop {
            let answer = terminal.line(&format!("{question}{shown}: "))?;
            match (answer.trim(), proposal) {
                ("", None) => {}
                ("", Some(proposal)) => return Ok(proposal.to_owned()),
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }

    /// The same, where not every answer will do: what is wrong with one that was typed is said, and it is asked again.
    pub(super) fn judged<T>(
        &mut self,
        flag: &str,
        question: &str,
        given: Option<&str>,
        proposal: Option<&str>,
        judge: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            let answer = self.required(flag, question, given, proposal)?;
            match judge(&answer) {
                Ok(value) => return Ok(value),
                Err(why) if given.is_none() && self.can_ask() => self.say(&why)?,
                Err(why) => return Err(Failure::usage(format!("{flag}: {why}"))),
            }
        }
    }

    /// What a flag says, or else the answer; an empty one is none. Judged as above.
    pub(super) fn optional(
        &mut self,
        flag: &str,
        question: &str,
        given: Option<&str>,
        judge: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Option<String>, Failure> {
        if given.is_none() && self.terminal.is_none() {
            return Ok(None);
        }
        let judge = |answer: &str| match answer {
            "" => Ok(None),
            answer => judge(answer).map(|()| Some(answer.to_owned())),
        };
        self.judged(flag, question, given, Some(""), judge)
    }

    /// Tells whoever is asked why they are asked again.
    pub(super) fn say(&mut self, what: &str) -> Result<(), Failure> {
        self.terminal.as_mut().map_or(Ok(()), |terminal| terminal.say(&format!("{}\n", plain(what))))
    }

    /// A secret that no file holds as yet; nothing of it is shown.
    pub(super) fn secret(&mut self, flag: &str, question: &str) -> Result<SecretString, Failure> {
        let terminal = self.terminal.as_mut().ok_or_else(|| missing(flag))?;
        loop {
            let hush = (terminal.hush)().map_err(|error| lost(&error))?;
            let answer = terminal.line(&format!("{question}: "));
            drop(hush);
            // The end of the line was not shown either.
            terminal.say("\n")?;
            match answer? {
                empty if empty.is_empty() => {}
                answer => return Ok(answer.into()),
            }
        }
    }
}

impl Terminal<'_> {
    fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush()).map_err(|error| lost(&error))
    }

    fn line(&mut self, question: &str) -> Result<String, Failure> {
        self.say(question)?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line).map_err(|error| lost(&error))?;
        if read == 0 {
            return Err(Failure::usage("the questions were not answered"));
        }
        let line = line.strip_suffix('\n').unwrap_or(&line);
        Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }
}

/// Nothing that is typed is shown as long as this lives.
pub(super) struct Hush(Termios);

impl Hush {
    fn begin() -> io::Result<Option<Self>> {
        let before = tcgetattr(io::stdin())?;
        let mut hushed = before.clone();
        hushed.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &hushed)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        // Fails when the terminal is gone.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.0);
    }
}

/// What a directory says, without what would steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn missing(flag: &str) -> Failure {
    Failure::usage(format!("{flag} is missing, and there is no terminal to ask on"))
}

fn lost(error: &io::Error) -> Failure {
    Failure::new(format!("the terminal can't be used: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(
        typed: &str,
        ask: impl FnOnce(&mut Asking<'_>) -> Result<String, Failure>,
    ) -> (Result<String, Failure>, String) {
        let mut shown = Vec::new();
        let terminal = Terminal { input: Box::new(typed.as_bytes()), output: Box::new(&mut shown), hush: || Ok(None) };
        let answer = ask(&mut Asking::of(Some(terminal)));
        (answer, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn an_empty_answer_takes_the_proposal_and_is_asked_again_where_there_is_none() {
        let (answer, shown) = asked("\n", |asking| asking.required("--base", "Base", None, Some("dc=a\u{1b}")));
        assert_eq!((answer.unwrap().as_str(), shown.as_str()), ("dc=a\u{1b}", "Base [dc=a\u{fffd}]: "));
        let (answer, shown) = asked("\n x \n", |asking| asking.required("--url", "Url", None, None));
        assert_eq!((answer.unwrap().as_str(), shown.as_str()), ("x", "Url: Url: "));
        let (answer, shown) = asked("", |asking| asking.required("--url", "Url", Some("given"), None));
        assert_eq!((answer.unwrap().as_str(), shown.as_str()), ("given", ""));
        let (answer, _) = asked("", |asking| asking.required("--url", "Url", None, None));
        assert!(answer.unwrap_err().message.contains("not answered"));
    }

    #[test]
    fn without_a_terminal_the_missing_flag_is_named() {
        let mut nobody = Asking::of(None);
        let failure = nobody.required("--url", "Url", None, None).unwrap_err();
        assert!(failure.message.contains("--url is missing"), "{}", failure.message);
        assert_eq!(nobody.required("--base", "Base", None, Some("dc=a")).unwrap(), "dc=a");
        assert_eq!(nobody.optional("--schedule", "Schedule", None, |_| Err("never".to_owned())).unwrap(), None);
        let failure = nobody.optional("--schedule", "Schedule", Some("soon"), |_| Err("never".to_owned()));
        assert_eq!(failure.unwrap_err().message, "--schedule: never");
        assert!(nobody.secret("--password-file", "Password").is_err());
    }
}
