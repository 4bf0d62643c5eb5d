//! What servers say in numbers, in words.

use std::fmt;

/// The name and meaning of a result code (RFC 4511 section 4.1.9 and appendix A; 118 to 121 of later RFCs).
pub fn result_code(code: u32) -> &'static str {
    match code {
        0 => "success",
        1 => "operationsError: usually a search before a bind, where the server wants to know who asks",
        2 => "protocolError: the server did not understand the request",
        3 => "timeLimitExceeded: the server's time limit was reached",
        4 => "sizeLimitExceeded: the server's size limit was reached",
        5 => "compareFalse",
        6 => "compareTrue",
        7 => "authMethodNotSupported: the server does not offer this way of binding",
        8 => "strongerAuthRequired: the server requires TLS or signing",
        10 => "referral: another server holds this",
        11 => "adminLimitExceeded: a limit set by the server's administrator was reached; a smaller page_size may help",
        12 => "unavailableCriticalExtension: the server does not offer what was asked, such as paged results",
        13 => "confidentialityRequired: the server requires TLS",
        14 => "saslBindInProgress",
        16 => "noSuchAttribute",
        17 => "undefinedAttributeType",
        18 => "inappropriateMatching: the filter compares an attribute in a way its syntax does not have",
        19 => "constraintViolation",
        20 => "attributeOrValueExists",
        21 => "invalidAttributeSyntax",
        32 => "noSuchObject: the base does not exist, or the bind account may not see it",
        33 => "aliasProblem",
        34 => "invalidDNSyntax: the base is not a well-formed DN",
        36 => "aliasDereferencingProblem",
        48 => "inappropriateAuthentication: this account can't bind this way",
        49 => "invalidCredentials: the name or the password is wrong",
        50 => "insufficientAccessRights: the bind account may not do this",
        51 => "busy: the server has too much to do",
        52 => "unavailable: the server is shutting down or not ready",
        53 => "unwillingToPerform: the server refuses to do this",
        54 => "loopDetect: servers refer to each other in a circle",
        64 => "namingViolation",
        65 => "objectClassViolation",
        66 => "notAllowedOnNonLeaf",
        67 => "notAllowedOnRDN",
        68 => "entryAlreadyExists",
        69 => "objectClassModsProhibited",
        71 => "affectsMultipleDSAs",
        80 => "other: an error inside the server",
        118 => "canceled",
        119 => "noSuchOperation",
        120 => "tooLate",
        121 => "cannotCancel",
        122 => "assertionFailed",
        123 => "authorizationDenied",
        // RFC 4533 section 2.6.
        4096 => "e-syncRefreshRequired: the server no longer knows how things stood then",
        _ => "a result code of no standard",
    }
}

/// Why a bind was refused with result 49.
///
/// Active Directory tells it as `data NNN` in the diagnostic message: a Win32 error code in hexadecimal (MS-ERREF 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindFailure {
    /// No such account (525).
    NoSuchAccount,
    /// The password is wrong (52e).
    WrongPassword,
    /// Outside the account's logon hours (530).
    LogonHours,
    /// The account may not log on to this server (531).
    Workstation,
    /// The password has expired (532).
    PasswordExpired,
    /// The account is disabled (533).
    Disabled,
    /// The account has expired (701).
    AccountExpired,
    /// The password must be changed first (773).
    MustChangePassword,
    /// The account is locked (775).
    Locked,
    /// The server did not say more.
    Unspecified,
}

impl BindFailure {
    /// Reads the reason out of a diagnostic message.
    pub fn of(diagnostic: &str) -> Self {
        let code = diagnostic.split_once("data ").map_or("", |(_, rest)| rest);
        let code = code.split(|letter: char| !letter.is_ascii_hexdigit()).next().unwrap_or_default();
        match code.to_ascii_lowercase().as_str() {
            "525" => Self::NoSuchAccount,
            "52e" => Self::WrongPassword,
            "530" => Self::LogonHours,
            "531" => Self::Workstation,
            "532" => Self::PasswordExpired,
            "533" => Self::Disabled,
            "701" => Self::AccountExpired,
            "773" => Self::MustChangePassword,
            "775" => Self::Locked,
            _ => Self::Unspecified,
        }
    }
}

impl fmt::Display for BindFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchAccount => "there is no such account: correct bind.dn",
            Self::WrongPassword => "the password (or the name) is wrong: correct bind.password",
            Self::LogonHours => "the account may not log on at this hour: have its logon hours widened",
            Self::Workstation => "the account may not log on to this server: have its allowed workstations widened",
            Self::PasswordExpired => "its password has expired: have a new one set and put it into bind.password",
            Self::Disabled => "the account is disabled: have it enabled",
            Self::AccountExpired => "the account has expired: have it extended",
            Self::MustChangePassword => "its password must be changed before the first logon: have that demand removed",
            Self::Locked => "the account is locked: have it unlocked, and look for who used a wrong password",
            Self::Unspecified => "the name or the password is wrong: correct bind.dn or bind.password",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_directorys_reason_is_read_out_of_its_diagnostic() {
        let says = |data| {
            format!("80090308: LdapErr: DSID-0C09042F, comment: AcceptSecurityContext error, data {data}, v3839\0")
        };
        assert_eq!(BindFailure::of(&says("52e")), BindFailure::WrongPassword);
        assert_eq!(BindFailure::of(&says("775")), BindFailure::Locked);
        assert_eq!(BindFailure::of(&says("57")), BindFailure::Unspecified);
        assert_eq!(BindFailure::of(""), BindFailure::Unspecified);
    }

    #[test]
    fn every_result_code_of_rfc_4511_has_words() {
        let codes = [0..=8, 10..=14, 16..=21, 32..=34, 36..=36, 48..=54, 64..=69, 71..=71, 80..=80];
        for code in codes.into_iter().flatten() {
            assert!(!result_code(code).contains("no standard"), "{code}");
        }
        assert!(result_code(9).contains("no standard"));
        assert!(result_code(4096).starts_with("e-sync"));
    }
}
