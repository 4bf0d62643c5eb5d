//! `rosterd notify --test`: whether those who are to be told can be.

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::output::Failure;
use crate::config::Receiver;
use crate::daemon::{Trial, try_out};
use crate::report::{Exit, Findings, Sight};

/// Tell everybody whom the config's `notify` names that this is a test, and say how each took it.
#[derive(Debug, Args)]
pub struct Notify {
    /// Send a message of state `test`. It must be written, so that nobody alarms anybody by accident.
    #[arg(long, required = true)]
    test: bool,
}

impl Notify {
    /// A receiver that can't be told does not keep the others from it.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        if config.notify.is_empty() {
            return Err(Failure::usage("the config has no `notify`: nobody would be told"));
        }
        let trials = try_out(&config.notify, Timestamp::now()).await;
        let mut findings = Findings::default();
        for (receiver, trial) in config.notify.iter().zip(trials) {
            found(receiver, trial, context.sight, &mut findings);
        }
        context.found(&findings)
    }
}

fn found(
    Receiver { address, terms: _ }: &Receiver,
    Trial { taken, said }: Trial,
    sight: Sight,
    findings: &mut Findings,
) {
    let said = said.map_or_else(String::new, |said| match sight {
        Sight::Values => format!("; it said last: {said}"),
        Sight::NoValues => "; what it said is for those who may read the state folder".to_owned(),
    });
    match taken {
        Ok(how) => findings.ok("notify", format!("{address} took it: {how}{said}")),
        Err(why) => findings.failed("notify", format!("{address} did not take it: {why}{said}")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::config::Address;
    use crate::notify::Terms;

    #[test]
    fn what_a_command_said_is_for_those_who_may_read_the_state_folder() {
        let terms = Terms { on: BTreeSet::new(), after: Duration::ZERO, again: Duration::ZERO };
        let receiver = Receiver { address: Address::Command(vec!["/bin/tell".to_owned(), "hush".to_owned()]), terms };
        let told = |sight| {
            let trial = Trial { taken: Err("exit status: 3".to_owned()), said: Some("no such host".to_owned()) };
            let mut findings = Findings::default();
            found(&receiver, trial, sight, &mut findings);
            findings.list()[0].text.clone()
        };
        let ended = "the command /bin/tell did not take it: exit status: 3";
        assert_eq!(told(Sight::Values), format!("{ended}; it said last: no such host"));
        assert_eq!(told(Sight::NoValues), format!("{ended}; what it said is for those who may read the state folder"));
    }
}
