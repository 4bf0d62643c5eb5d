//! How the directory is reached, and who binds.

use std::fmt::Display;
use std::path::{self, Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::ask::Asking;
use super::text::Who;
use super::{Init, look};
use crate::cli::context;
use crate::cli::output::Failure;
use crate::config::judge_server_url;
use crate::directory::ldap::Error;
use crate::directory::{Bind, Servers, Settings, Tls};

impl Init {
    /// How the directory is reached.
    pub(super) fn settings(&self, asking: &mut Asking<'_>) -> Result<(Settings, Who, String), Failure> {
        let question = "Directory server, such as ldaps://dc1.corp.example.com";
        let url = asking.judged("--url", question, self.url.as_deref(), None, |answer| {
            judge_server_url(answer).map_err(wrong).map(|()| answer.to_owned())
        })?;
        let starttls = self.starttls(&url, asking)?;
        let (bind, who) = self.bind(asking)?;
        let encrypted = starttls || scheme(&url) == "ldaps";
        let ca = match &self.ca {
            None if encrypted => {
                let question = "Certificate of its authority, a PEM file (empty: the system's)";
                asking.optional("--ca", question, None, there)?.map(PathBuf::from)
            }
            given => given.clone(),
        };
        let ca = ca.as_deref().map(absolute);
        let settings = Settings {
            servers: Servers::Listed(vec![url.clone()]),
            kind: None,
            bind,
            tls: Tls { ca, starttls, ..Tls::default() },
            page_size: look::PAGE,
            max_entries_per_second: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_mins(1),
        };
        Ok((settings, who, url))
    }

    /// Whether a connection in the clear is to be encrypted before anybody binds.
    fn starttls(&self, url: &str, asking: &mut Asking<'_>) -> Result<bool, Failure> {
        if self.starttls || scheme(url) != "ldap" || !asking.can_ask() {
            return Ok(self.starttls);
        }
        asking.judged("--starttls", "Encrypt it by STARTTLS (yes, no)", None, Some("yes"), |answer| {
            match answer.to_ascii_lowercase().as_str() {
                "yes" | "y" => Ok(true),
                "no" | "n" => Ok(false),
                _ => Err(format!("`{answer}` is neither yes nor no")),
            }
        })
    }

    fn bind(&self, asking: &mut Asking<'_>) -> Result<(Bind, Who), Failure> {
        if self.anonymous {
            return Ok((Bind::Anonymous, Who::Anonymous));
        }
        if let (Some(principal), Some(keytab)) = (self.principal.clone(), self.keytab.as_deref().map(absolute)) {
            let who = Who::Kerberos { principal: principal.clone(), keytab: keytab.clone() };
            return Ok((Bind::Gssapi { principal, keytab }, who));
        }
        let question = "Who binds: a DN, or NAME@DOMAIN";
        let dn = if asking.can_ask() {
            asking.optional("--bind-dn", &format!("{question} (empty: nobody)"), self.bind_dn.as_deref(), |_| Ok(()))?
        } else {
            let flags = "--bind-dn (or --anonymous, or --principal)";
            Some(asking.required(flags, question, self.bind_dn.as_deref(), None)?)
        };
        let Some(dn) = dn else { return Ok((Bind::Anonymous, Who::Anonymous)) };
        let password = match &self.password_file {
            Some(file) => password(context::read(file)?)
                .ok_or_else(|| Failure::usage(format!("{} holds no password in one line of UTF-8", file.display())))?,
            None => asking.secret("--password-file", "Password")?,
        };
        Ok((Bind::Simple { dn: dn.clone(), password }, Who::Simple { dn }))
    }
}

fn scheme(url: &str) -> String {
    url.split(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether there is such a file.
fn there(file: &str) -> Result<(), String> {
    if Path::new(file).is_file() { Ok(()) } else { Err(format!("there is no file {file}")) }
}

/// Why the directory can't be used, with flags in the place of the config's keys. A bind is tried once: a second try
/// with a wrong password could lock the account.
pub(super) fn said(error: &Error) -> String {
    let once = error.is_credentials().then_some("; it was tried once, as every try counts where accounts are locked");
    let keys = [
        (" (or tls.danger_allow_plaintext)", ""),
        (", or raise `connect_timeout`", " and the port"),
        ("is not well-formed LDAP", "is not well-formed LDAP; see to the port"),
        ("tls.starttls", "--starttls"),
        ("tls.ca", "--ca"),
        ("bind.gssapi.principal", "--principal"),
        ("bind.dn", "--bind-dn"),
        ("put it into bind.password", "give that"),
        ("bind.password", "the password"),
        ("give `bind` an account in place of `anonymous`", "give --bind-dn"),
        ("in `url`", "in --url"),
        ("correct `base` or its rights", "correct the DN or the account's rights"),
    ];
    keys.iter().fold(error.to_string(), |said, (key, flag)| said.replace(key, flag)) + once.unwrap_or_default()
}

/// What is wrong with an answer, and what helps.
pub(super) fn wrong((message, help): (String, impl Display)) -> String {
    format!("{message}: {help}")
}

/// A file as the daemon finds it, wherever that was started.
pub(super) fn absolute(file: &Path) -> PathBuf {
    path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

/// What a file holds, without the end of its line.
fn password(bytes: Vec<u8>) -> Option<SecretString> {
    let text = String::from_utf8(bytes).ok()?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    (!text.is_empty() && !text.contains('\n')).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::ldap::{BindFailure, KerberosFailure, Operation};

    #[test]
    fn errors_name_flags_and_no_keys_of_a_config_that_is_not_there_yet() {
        let server = || "dc1:389".to_owned();
        let unsigned =
            "its certificate is not signed by an authority this system knows: set tls.ca to the one that signed it";
        let errors = [
            Error::Plaintext { server: server() },
            Error::NeedsTls,
            Error::Timeout { during: Operation::Connect, after: Duration::from_secs(5) },
            Error::Malformed { during: Operation::Bind, why: "it is not well-formed LDAP".to_owned() },
            Error::NeedsBind,
            Error::NoSuchBase { base: "ou=x".to_owned() },
            Error::Tls { server: server(), why: unsigned.to_owned() },
            Error::Credentials { code: BindFailure::Unspecified },
            Error::Credentials { code: BindFailure::WrongPassword },
            Error::Credentials { code: BindFailure::PasswordExpired },
            Error::Kerberos(KerberosFailure::NoService { server: server() }),
        ];
        let said: String = errors.iter().map(|error| said(error) + "\n").collect();
        insta::assert_snapshot!(said);
    }
}
