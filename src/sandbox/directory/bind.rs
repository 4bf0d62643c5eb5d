//! Who may come in.

use ldap3_proto::LdapResultCode;
use ldap3_proto::proto::{LdapBindCred, LdapBindRequest};

use super::dn;
use super::options::{Account, Flavour, Options, Standing};
use super::tree::Tree;

/// What a bind led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Somebody, by the name of their account.
    As(String),
    Anonymous,
    Refused(LdapResultCode, String),
}

pub(super) fn bind(request: &LdapBindRequest, tree: &Tree, options: &Options) -> Bound {
    let password = match &request.cred {
        _ if request.version != 3 => {
            return Bound::Refused(LdapResultCode::ProtocolError, "version not supported".into());
        }
        LdapBindCred::Simple(password) => password,
        LdapBindCred::SASL(_) | LdapBindCred::Unsupported => {
            return Bound::Refused(LdapResultCode::AuthMethodNotSupported, "only simple binds are understood".into());
        }
    };
    if password.is_empty() {
        return without_password(&request.dn, options.flavour);
    }
    let account = options.accounts.iter().find(|account| is(account, &request.dn, tree, options));
    match (account, options.flavour) {
        (Some(Account { standing: Standing::LockedOut, .. }), Flavour::ActiveDirectory) => refused(Standing::LockedOut),
        (Some(account), _) if account.password != *password => wrong(options.flavour),
        (Some(Account { dn, standing: Standing::Good, .. }), _) | (Some(Account { dn, .. }), Flavour::OpenLdap) => {
            Bound::As(dn.clone())
        }
        (Some(Account { standing, .. }), Flavour::ActiveDirectory) => refused(*standing),
        (None, _) => wrong(options.flavour),
    }
}

/// Active Directory takes a name without a password for nobody, and lets nobody in: a trap for those who believe that
/// success means the password was right.
fn without_password(dn: &str, flavour: Flavour) -> Bound {
    match flavour {
        Flavour::OpenLdap if !dn.is_empty() => Bound::Refused(
            LdapResultCode::UnwillingToPerform,
            "unauthenticated bind (DN with no password) disallowed".into(),
        ),
        _ => Bound::Anonymous,
    }
}

fn is(account: &Account, given: &str, tree: &Tree, options: &Options) -> bool {
    if dn::normal(&account.dn) == dn::normal(given) {
        return true;
    }
    let Some(entry) = tree.get(&account.dn).filter(|_| options.flavour == Flavour::ActiveDirectory) else {
        return false;
    };
    let matches =
        |name: Option<&str>, given: &str| name.is_some_and(|name| name.to_lowercase() == given.to_lowercase());
    let short = entry.text("sAMAccountName");
    match (given.split_once('\\'), given.split_once('@')) {
        (Some((domain, name)), _) => domain.eq_ignore_ascii_case(&options.domain) && matches(short, name),
        (None, Some((name, domain))) => {
            let own = options.root.to_ascii_lowercase().replace("dc=", "").replace(',', ".");
            matches(entry.text("userPrincipalName"), given)
                || (domain.eq_ignore_ascii_case(&own) && matches(short, name))
        }
        (None, None) => false,
    }
}

fn wrong(flavour: Flavour) -> Bound {
    match flavour {
        Flavour::ActiveDirectory => refused(Standing::Good),
        Flavour::OpenLdap => Bound::Refused(LdapResultCode::InvalidCredentials, String::new()),
    }
}

fn refused(standing: Standing) -> Bound {
    let data = match standing {
        Standing::Good => "52e",
        Standing::Disabled => "533",
        Standing::Expired => "701",
        Standing::MustChangePassword => "773",
        Standing::LockedOut => "775",
    };
    let message = format!("80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data {data}, v4563");
    Bound::Refused(LdapResultCode::InvalidCredentials, message)
}
