//! What can go wrong with a directory, in words that say what to do.

use std::time::Duration;

use super::{BindFailure, KerberosFailure, Operation, result_code};

/// Why a directory can't be read. Each is one line and holds no person's data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// None of several servers could be used, and why each could not.
    #[error("no directory server can be used: {}", list(tried))]
    Unreachable {
        /// URL and reason.
        tried: Vec<(String, String)>,
    },
    /// DNS names no servers that could be tried.
    #[error("the servers of `{domain}` can't be found by DNS: {why}")]
    Discovery {
        /// Which domain.
        domain: String,
        /// Why, and what to do.
        why: String,
    },
    /// One server can't be connected to.
    #[error("{server} can't be reached: {why}; check the name, the port, the firewall and that the server runs")]
    Connect {
        /// Which.
        server: String,
        /// The system's reason.
        why: String,
    },
    /// TLS failed.
    #[error("no TLS with {server}: {why}")]
    Tls {
        /// Which.
        server: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// The configured authorities can't be used.
    #[error("no authority to check certificates with: {why}")]
    Authorities {
        /// What is wrong and what to do.
        why: String,
    },
    /// A URL can't be used.
    #[error("`{url}` is no URL of a directory server: {why}")]
    Url {
        /// As configured.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// Result 49: final, no other server is tried.
    #[error("the directory refused the bind: {code}")]
    Credentials {
        /// Why.
        code: BindFailure,
    },
    /// By Kerberos.
    #[error("the bind by Kerberos failed: {0}")]
    Kerberos(KerberosFailure),
    /// Refused before the wire: servers answer an empty password with an anonymous success (RFC 4513 section 5.1.2).
    #[error("the bind has an empty password, which servers take for an anonymous bind: set bind.password")]
    EmptyPassword,
    /// Refused before the wire.
    #[error(
        "the password would cross the network to {server} in the clear: use ldaps:// or tls.starttls \
         (or tls.danger_allow_plaintext)"
    )]
    Plaintext {
        /// Which server.
        server: String,
    },
    /// Result 8 or 13.
    #[error("the server requires TLS or signing: use ldaps:// or tls.starttls")]
    NeedsTls,
    /// Result 1 in the words of Active Directory.
    #[error("the server answers only whoever binds: give `bind` an account in place of `anonymous`")]
    NeedsBind,
    /// No answer in time.
    #[error("{during} was not answered within {}: see to the server, or raise {}", humantime::format_duration(*after), during.limit())]
    Timeout {
        /// What was waited for.
        during: Operation,
        /// How long.
        after: Duration,
    },
    /// The connection was lost.
    #[error("the connection was lost during {during}: {why}")]
    Cut {
        /// During what.
        during: Operation,
        /// What is known about it.
        why: String,
    },
    /// A base does not exist, or the bind account may not see it.
    #[error("the base `{base}` does not exist, or the bind account may not see it: correct `base` or its rights")]
    NoSuchBase {
        /// Which.
        base: String,
    },
    /// A group that is asked for does not exist, or the bind account may not see it.
    #[error(
        "the group `{group}` that `in_group` names does not exist here, is no group, or the bind account may not see \
         it: correct the DN or its rights"
    )]
    NoSuchGroup {
        /// Its DN, as configured.
        group: String,
    },
    /// A group of a kind that always has members shows none.
    #[error("the group `{group}` shows no members: let the bind account read its `member` and `uniqueMember`")]
    NoMembers {
        /// Its DN.
        group: String,
    },
    /// Nobody shows the groups they are in, although there are members.
    #[error("the members of the group `{group}` do not show that they are: let the bind account read `memberOf`")]
    NoLinks {
        /// Its DN, as configured.
        group: String,
    },
    /// The server's size limit.
    #[error("the server's size limit was reached during {during}: have it raised for the bind account")]
    SizeLimit {
        /// During what.
        during: Operation,
    },
    /// The server's time limit.
    #[error(
        "the server's time limit was reached during {during}: have the filter's attributes indexed, narrow the filter, \
         or have the limit raised"
    )]
    TimeLimit {
        /// During what.
        during: Operation,
    },
    /// Another server holds the base: nothing was searched, so there is no reading.
    #[error("the base `{base}` is held elsewhere ({}): point `url` or `discover` there", to.join(", "))]
    Referred {
        /// Which.
        base: String,
        /// Where to.
        to: Vec<String>,
    },
    /// The cookie of a page is not known any more (RFC 2696 section 3).
    #[error(
        "the server no longer knows where the page before {during} ended{}: the next run reads anew",
        said(diagnostic)
    )]
    PageLost {
        /// Which page.
        during: Operation,
        /// The server's own words, on one line.
        diagnostic: String,
    },
    /// A filter is not well-formed (RFC 4515).
    #[error("a filter is not well-formed during {during}: check its parentheses and escapes")]
    Filter {
        /// During what.
        during: Operation,
    },
    /// Any other result code.
    #[error("the server refused {during} with result {rc}, {}{}", result_code(*rc), said(diagnostic))]
    Refused {
        /// What.
        during: Operation,
        /// The result code (RFC 4511).
        rc: u32,
        /// The server's own words, on one line.
        diagnostic: String,
    },
    /// An entry or a page is larger than can be held.
    #[error("{what} is larger than {} MiB during {during}: {advice}", limit >> 20)]
    TooLarge {
        /// An entry or a page.
        what: &'static str,
        /// In bytes.
        limit: usize,
        /// During what.
        during: Operation,
        /// What to do.
        advice: &'static str,
    },
    /// A known key that can't be a value of the key's attribute.
    #[error("a known key is no value of `{attribute}`: if the sync's `key` was changed, change it back or resend")]
    Key {
        /// The key's attribute.
        attribute: String,
    },
    /// More was asked of a reading that had ended or failed.
    #[error("the reading is over: begin another")]
    Over,
    /// A reply that is not LDAP.
    #[error("the server's reply to {during} can't be understood: {why}")]
    Malformed {
        /// To what.
        during: Operation,
        /// What is wrong.
        why: String,
    },
}

impl Error {
    /// Whether no other server can help: the config or the credentials are at fault.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Kerberos(failure) => failure.is_final(),
            Self::Credentials { .. }
            | Self::EmptyPassword
            | Self::Plaintext { .. }
            | Self::Authorities { .. }
            | Self::Url { .. } => true,
            _ => false,
        }
    }

    /// Whether the account must not be tried again until its secret changes: a further try may lock it.
    pub fn is_credentials(&self) -> bool {
        match self {
            Self::Kerberos(failure) => failure.is_credentials(),
            Self::Credentials { .. } => true,
            _ => false,
        }
    }
}

fn list(tried: &[(String, String)]) -> String {
    match tried {
        [] => "none is configured".to_owned(),
        _ => tried.iter().map(|(url, why)| format!("{url}: {why}")).collect::<Vec<_>>().join("; "),
    }
}

/// A server's own words after those about it.
pub(super) fn said(diagnostic: &str) -> String {
    if diagnostic.is_empty() { String::new() } else { format!(" (it said: {diagnostic})") }
}

/// A server's diagnostic message on one line of bounded length (Active Directory ends its with a NUL).
pub(super) fn one_line(diagnostic: &str) -> String {
    let clean: String = diagnostic.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_one_line_that_says_what_to_do() {
        let page = Operation::Page { number: 3, base: "OU=People,DC=example".to_owned() };
        let tried =
            vec![("ldap://a".to_owned(), "connection refused".to_owned()), ("ldap://b".to_owned(), "x".to_owned())];
        for (error, expected) in [
            (Error::Unreachable { tried }, "ldap://a: connection refused; ldap://b: x"),
            (Error::Unreachable { tried: Vec::new() }, "none is configured"),
            (Error::Credentials { code: BindFailure::PasswordExpired }, "put it into bind.password"),
            (Error::NeedsTls, "use ldaps://"),
            (
                Error::Timeout { during: Operation::Bind, after: Duration::from_secs(5) },
                "the bind was not answered within 5s: see to the server, or raise `connect_timeout`",
            ),
            (
                Error::Cut { during: page.clone(), why: "the server closed it".to_owned() },
                "page 3 of `OU=People,DC=example`",
            ),
            (Error::Refused { during: page, rc: 53, diagnostic: one_line("no\nway\0") }, "unwillingToPerform: "),
        ] {
            let text = error.to_string();
            assert!(text.contains(expected) && !text.contains('\n') && !text.contains("  "), "{text}");
        }
    }

    #[test]
    fn a_servers_words_are_one_line_of_bounded_length() {
        assert_eq!(
            one_line("0000208D: NameErr\r\n\tbest match of:\n'DC=example'\n\0"),
            "0000208D: NameErr best match of: 'DC=example'"
        );
        assert_eq!(one_line(&"é".repeat(1000)).chars().count(), 200);
    }
}
