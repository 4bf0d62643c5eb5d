//! What goes wrong with Kerberos, in words that say what to do.

use std::path::PathBuf;

/// Why a bind by Kerberos failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KerberosFailure {
    /// The program lacks it.
    #[error("this rosterd was built without it: use the packages' rosterd, or build with `--features kerberos`")]
    NotBuilt,
    /// The URL is a socket's.
    #[error("it needs the server's name: use ldaps:// with a name in `url`")]
    NoName,
    /// The keytab can't be read.
    #[error("the keytab {} can't be read: {why}; it must be readable for rosterd's user, and for nobody else", keytab.display())]
    NoKeytab {
        /// Which.
        keytab: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// No folder for the tickets.
    #[error("there is no place for its tickets: {why}; see to the folder for temporary files, and restart rosterd")]
    NoFolder {
        /// The system's reason.
        why: String,
    },
    /// The keytab is no keytab, or one of somebody else.
    #[error("the keytab {} holds no key of {principal}: compare `klist -kt {}`", keytab.display(), keytab.display())]
    NoKey {
        /// Whose.
        principal: String,
        /// Which.
        keytab: PathBuf,
    },
    /// The KDC does not know the account (`KDC_ERR_C_PRINCIPAL_UNKNOWN`, RFC 4120 section 7.5.9).
    #[error("there is no account {principal}: correct bind.gssapi.principal")]
    NoAccount {
        /// Who.
        principal: String,
    },
    /// The key is not the account's (`KDC_ERR_PREAUTH_FAILED`).
    #[error("the key in the keytab is not the account's, whose password may have been changed: export the keytab anew")]
    WrongKey,
    /// `KDC_ERR_CLIENT_REVOKED`, which does not tell why.
    #[error("the account is disabled, locked or expired: have it enabled, unlocked or extended")]
    Revoked,
    /// `KDC_ERR_KEY_EXPIRED`.
    #[error("the account's password has expired: have a new one set, and export the keytab anew")]
    PasswordExpired,
    /// `KDC_ERR_POLICY`.
    #[error("the account may not log on here or at this hour: have its logon hours and workstations widened")]
    Policy,
    /// `KDC_ERR_ETYPE_NOSUPP`.
    #[error("the KDC takes none of the keytab's kinds of keys: export the keytab with AES keys")]
    NoCommonKey,
    /// The server's ticket was refused by itself (result 49).
    #[error(
        "the server does not accept its ticket ({said}): have it look for why, such as a clock or an old machine password"
    )]
    Ticket {
        /// The server's own words.
        said: String,
    },
    /// `SEC_E_BAD_BINDINGS` (MS-ADTS section 5.1.2.2).
    #[error("the server sees another TLS connection than rosterd: nothing between them may open it")]
    Binding,
    /// Result 8 or 13, although there is TLS: Samba as it comes.
    #[error(
        "the server wants signatures also below TLS: for Samba, set `ldap server require strong auth = allow_sasl_over_tls`"
    )]
    Signing,
    /// No KDC answers.
    #[error("no KDC of {realm} can be reached: see to /etc/krb5.conf, DNS, port 88 and the domain controllers")]
    Unreachable {
        /// The realm.
        realm: String,
    },
    /// `KRB_AP_ERR_SKEW`.
    #[error("this host's clock and the KDC's differ by too much: set this host's clock, such as by NTP")]
    Skew,
    /// The realm is spelt otherwise.
    #[error("the KDC answers for another realm than {realm}: write the realm as it does, in capitals")]
    Realm {
        /// As configured.
        realm: String,
    },
    /// The KDC does not know the server (`KDC_ERR_S_PRINCIPAL_UNKNOWN`).
    #[error("the KDC knows no service ldap/{server}: use the domain controller's own full name in `url`")]
    NoService {
        /// As in the URL, and the realm.
        server: String,
    },
    /// Anything else.
    #[error("libkrb5 said: {said}")]
    Other {
        /// In its words.
        said: String,
    },
}

impl KerberosFailure {
    /// Whether the KDC or the server refused the account: nothing is to be tried again until the keytab changes.
    pub fn is_credentials(&self) -> bool {
        matches!(
            self,
            Self::NoAccount { .. }
                | Self::WrongKey
                | Self::Revoked
                | Self::PasswordExpired
                | Self::Policy
                | Self::NoCommonKey
                | Self::Ticket { .. }
        )
    }

    /// Whether no other server can help.
    pub fn is_final(&self) -> bool {
        let local = matches!(
            self,
            Self::NotBuilt | Self::NoKeytab { .. } | Self::NoFolder { .. } | Self::NoKey { .. } | Self::Binding
        );
        local || self.is_credentials()
    }
}
