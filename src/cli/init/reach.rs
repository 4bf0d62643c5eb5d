//! How the directory is reached, and who binds.

use std::path::{self, Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::ask::Asking;
use super::text::Who;
use super::{Init, look};
use crate::cli::context;
use crate::cli::output::Failure;
use crate::directory::{Bind, Servers, Settings, Tls};

impl Init {
    /// How the directory is reached.
    pub(super) fn settings(&self, asking: &mut Asking<'_>) -> Result<(Settings, Who, String), Failure> {
        let url = asking.required(
            "--url",
            "Directory server, such as ldaps://dc1.corp.example.com",
            self.url.as_deref(),
            None,
        )?;
        let (bind, who) = self.bind(asking)?;
        let encrypted = self.starttls || url.to_ascii_lowercase().starts_with("ldaps:");
        let ca = match &self.ca {
            None if encrypted => asking
                .optional("Its authority's certificate, a PEM file (empty: the system's)", None)?
                .map(PathBuf::from),
            given => given.clone(),
        };
        let ca = ca.as_deref().map(absolute);
        let settings = Settings {
            servers: Servers::Listed(vec![url.clone()]),
            kind: None,
            bind,
            tls: Tls { ca, starttls: self.starttls, ..Tls::default() },
            page_size: look::PAGE,
            max_entries_per_second: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_mins(1),
        };
        Ok((settings, who, url))
    }

    fn bind(&self, asking: &mut Asking<'_>) -> Result<(Bind, Who), Failure> {
        if self.anonymous {
            return Ok((Bind::Anonymous, Who::Anonymous));
        }
        if let (Some(principal), Some(keytab)) = (self.principal.clone(), self.keytab.as_deref().map(absolute)) {
            let who = Who::Kerberos { principal: principal.clone(), keytab: keytab.clone() };
            return Ok((Bind::Gssapi { principal, keytab }, who));
        }
        let question = "Who binds: a DN, or name@corp.example.com";
        let dn = if asking.can_ask() {
            asking.optional(&format!("{question} (empty: nobody)"), self.bind_dn.as_deref())?
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
