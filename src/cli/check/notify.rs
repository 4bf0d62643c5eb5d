//! Whether who is to be told can be.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use humantime::format_duration;

use crate::config::{Address, Receiver};
use crate::notify::{Kind, Terms};
use crate::report::Findings;
use crate::transport::Transport;

/// Says who is told of what; nobody is told anything.
pub(super) fn check(Receiver { address, terms }: &Receiver, findings: &mut Findings) {
    let obstacle = match address {
        Address::Command(words) => {
            words.first().and_then(|program| unusable(program)).map(|why| format!("{address} can't be started: {why}"))
        }
        Address::Webhook(_, http) => {
            Transport::new(http).err().map(|error| format!("{address} can't be reached: {error}"))
        }
    };
    if let Some(obstacle) = obstacle {
        findings.failed("notify", obstacle);
        return;
    }
    let Terms { on, after, again } = terms;
    let kinds: Vec<_> = on.iter().map(|kind| kind.name()).collect();
    let kinds = if kinds.len() == Kind::ALL.len() { "everything".to_owned() } else { kinds.join(", ") };
    let (after, again) = (format_duration(*after), format_duration(*again));
    findings.ok("notify", format!("{address} is told of {kinds}: after {after}, again after {again}"));
}

fn unusable(program: &str) -> Option<String> {
    match fs::metadata(program) {
        Ok(file) if !file.is_file() => Some("it is no file".to_owned()),
        Ok(file) if file.permissions().mode() & 0o111 == 0 => Some("nobody may execute it".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::report::Level;

    #[test]
    fn a_program_that_is_not_there_is_found_before_it_is_needed() {
        let found = |program: &str| {
            let on = [Kind::Held, Kind::Failed].into();
            let terms = Terms { on, after: Duration::from_mins(5), again: Duration::from_hours(24) };
            let address = Address::Command(vec![program.to_owned(), "hush".to_owned()]);
            let mut findings = Findings::default();
            check(&Receiver { address, terms }, &mut findings);
            findings.list().iter().map(|finding| (finding.level, finding.text.clone())).collect::<Vec<_>>()
        };
        let told = "the command /bin/sh is told of failed, held: after 5m, again after 1day".to_owned();
        assert_eq!(found("/bin/sh"), [(Level::Ok, told)]);
        for (program, why) in
            [("/nowhere/tell", "No such file"), ("/etc/passwd", "nobody may execute it"), ("/etc", "it is no file")]
        {
            let found = found(program);
            assert!(found[0].0 == Level::Failed && found[0].1.contains(why), "{found:?}");
        }
    }
}
