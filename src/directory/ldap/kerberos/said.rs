//! What libkrb5 and servers say, read.

use std::path::Path;

use super::KerberosFailure;
use crate::directory::ldap::error::one_line;

impl KerberosFailure {
    /// What MIT krb5 says, in words: only these come through libgssapi. It translates nothing, as no locale is set.
    pub(super) fn of(said: &str, principal: &str, keytab: &Path, server: &str) -> Self {
        let realm = || principal.rsplit('@').next().unwrap_or_default().to_owned();
        let (who, keytab) = (principal.to_owned(), keytab.to_owned());
        let says = |words: &[&str]| words.iter().any(|words| said.contains(words));
        if says(&["in cache collection", "no suitable keys", "Key table entry not found"]) {
            Self::NoKey { principal: who, keytab }
        } else if says(&["Cannot contact any KDC", "Cannot find KDC", "Cannot resolve", "A service is not available"]) {
            Self::Unreachable { realm: realm() }
        } else if says(&["Clock skew too great"]) {
            Self::Skew
        } else if says(&["Server not found in", "Server ldap/"]) {
            Self::NoService { server: server.to_owned() }
        } else if says(&["not found in Kerberos database"]) {
            Self::NoAccount { principal: who }
        } else if says(&["Preauthentication failed", "Decrypt integrity check failed"]) {
            Self::WrongKey
        } else if says(&["have been revoked", "entry in database has expired", "Client not yet valid"]) {
            Self::Revoked
        } else if says(&["Password has expired"]) {
            Self::PasswordExpired
        } else if says(&["KDC policy rejects"]) {
            Self::Policy
        } else if says(&["no support for encryption type"]) {
            Self::NoCommonKey
        } else if says(&["did not match expectations"]) {
            Self::Realm { realm: realm() }
        } else {
            Self::Other { said: one_line(said) }
        }
    }

    /// What a server's result 49 means here.
    pub(super) fn ticket(diagnostic: &str) -> Self {
        if diagnostic.contains("80090346") { Self::Binding } else { Self::Ticket { said: one_line(diagnostic) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(minor: &str) -> KerberosFailure {
        let said = format!("Unspecified GSS failure.  Minor code may provide more information ({minor})");
        KerberosFailure::of(&said, "svc@EXAMPLE.COM", Path::new("/etc/rosterd.keytab"), "dc1.example.com@EXAMPLE.COM")
    }

    #[test]
    fn what_krb5_says_in_words_and_whether_it_is_the_accounts_fault() {
        for (minor, words, credentials, last) in [
            ("Can't find client principal svc@EXAMPLE.COM in cache collection", "holds no key of svc@", false, true),
            ("Keytab contains no suitable keys for svc@EXAMPLE.COM", "holds no key of svc@", false, true),
            ("Client 'svc@EXAMPLE.COM' not found in Kerberos database", "no account svc@", true, true),
            ("Preauthentication failed", "export the keytab anew", true, true),
            ("Client's credentials have been revoked", "disabled, locked or expired", true, true),
            ("Password has expired", "password has expired", true, true),
            ("KDC policy rejects request", "logon hours", true, true),
            ("KDC has no support for encryption type", "AES", true, true),
            ("Cannot contact any KDC for realm 'EXAMPLE.COM'", "no KDC of EXAMPLE.COM", false, false),
            ("Cannot find KDC for realm \"EXAMPLE.COM\"", "/etc/krb5.conf", false, false),
            ("Clock skew too great", "clock", false, false),
            ("Server not found in Kerberos database", "ldap/dc1.example.com", false, false),
            ("KDC reply did not match expectations", "in capitals", false, false),
            ("Something\nnew", "libkrb5 said: ", false, false),
        ] {
            let failure = of(minor);
            let said = failure.to_string();
            assert!(said.contains(words) && !said.contains('\n'), "{minor}: {said}");
            assert_eq!((failure.is_credentials(), failure.is_final()), (credentials, last), "{minor}");
        }
    }

    #[test]
    fn a_refused_ticket_is_final_and_another_tls_connection_is_told_apart() {
        let refused = KerberosFailure::ticket("80090308: LdapErr: DSID-0C09056D, data 80090346, v4563\0");
        assert_eq!(refused, KerberosFailure::Binding);
        assert!(refused.is_final() && !refused.is_credentials());
        assert!(KerberosFailure::ticket("SASL:[GSSAPI]: NT_STATUS_LOGON_FAILURE").is_credentials());
    }
}
