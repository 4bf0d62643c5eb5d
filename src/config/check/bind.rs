//! `bind`: who asks the directory.

use crate::config::raw::Value;
use crate::config::setting::Setting;
use crate::directory::Bind;

/// Some servers answer an empty password with success, without having looked at who asks.
const EMPTY: &str = "a directory takes an empty password for none; if nobody is to bind, write `bind: anonymous`";
const FORMS: &str = "write `anonymous`, a mapping of `dn` and `password`, or `gssapi: { principal: …, keytab: … }`";
const PRINCIPAL: &str = "the account with its realm, such as svc-rosterd@CORP.EXAMPLE.COM";

pub(super) fn bind(setting: &Setting<'_>) -> Option<Bind> {
    match &setting.node.value {
        Value::Text(_) => {
            if setting.text()? == "anonymous" {
                return Some(Bind::Anonymous);
            }
            // Somebody may have written a name and a password here.
            setting.report.hide(setting.node.at.clone());
            setting.fault("this is no way to bind", FORMS);
            None
        }
        Value::Map(_) if by_kerberos(setting) => {
            let mut section = setting.section()?;
            let kerberos = section.get("gssapi");
            section.close();
            gssapi(&kerberos?)
        }
        Value::Map(_) => simple(setting),
        _ => setting.expected("`anonymous`, or a mapping of `dn` and `password`"),
    }
}

/// Whether it is a bind by Kerberos, right or wrong.
pub(super) fn by_kerberos(setting: &Setting<'_>) -> bool {
    setting.has("gssapi")
}

fn simple(setting: &Setting<'_>) -> Option<Bind> {
    let mut section = setting.section()?;
    let dn = section.required("dn", "a DN, a UPN (svc@corp.example.com) or CORP\\name");
    let password =
        section.required("password", "`password: \"${cred:ldap-password}\"`; without one, write `bind: anonymous`");
    section.close();
    let dn = dn.and_then(|dn| dn.text());
    let password = password.and_then(|password| password.secret(EMPTY));
    Some(Bind::Simple { dn: dn?.to_owned(), password: password? })
}

fn gssapi(setting: &Setting<'_>) -> Option<Bind> {
    let mut section = setting.section()?;
    let principal = section.required("principal", PRINCIPAL);
    let keytab = section.required("keytab", "the file with the account's key, such as /etc/rosterd/rosterd.keytab");
    section.close();
    let principal = principal.and_then(|setting| {
        let text = setting.text_as(PRINCIPAL)?;
        let whole = text.split_once('@').is_some_and(|(name, realm)| !name.is_empty() && !realm.is_empty());
        if !whole {
            setting.fault("this principal has no realm", format!("write {PRINCIPAL}"));
        }
        whole.then(|| text.to_owned())
    });
    let keytab = keytab.and_then(|setting| {
        let path = setting.path()?;
        if !path.is_absolute() {
            setting.fault("this is no absolute path", "write it like /etc/rosterd/rosterd.keytab, without `FILE:`");
        }
        path.is_absolute().then_some(path)
    });
    let bind = Bind::Gssapi { principal: principal?, keytab: keytab? };
    if cfg!(not(feature = "kerberos")) {
        setting.name_fault(
            "this rosterd was built without Kerberos",
            "use the packages' rosterd, or build with `--features kerberos`",
        );
    }
    Some(bind)
}
