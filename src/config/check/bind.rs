//! `bind`: who asks the directory.

use crate::config::raw::Value;
use crate::config::setting::Setting;
use crate::directory::Bind;

/// Some servers answer an empty password with success, without having looked at who asks.
const EMPTY: &str = "a directory takes an empty password for none; if nobody is to bind, write `bind: anonymous`";
const FORMS: &str = "write `anonymous`, or a mapping of `dn` and `password`";

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
        Value::Map(_) => simple(setting),
        _ => setting.expected("`anonymous`, or a mapping of `dn` and `password`"),
    }
}

fn simple(setting: &Setting<'_>) -> Option<Bind> {
    let mut section = setting.section()?;
    if setting.has("gssapi") {
        section.not_yet("gssapi", "bind with `dn` and `password` over ldaps://");
        return None;
    }
    let dn = section.required("dn", "a DN, a UPN (svc@corp.example.com) or CORP\\name");
    let password =
        section.required("password", "`password: \"${cred:ldap-password}\"`; without one, write `bind: anonymous`");
    section.close();
    let dn = dn.and_then(|dn| dn.text());
    let password = password.and_then(|password| password.secret(EMPTY));
    Some(Bind::Simple { dn: dn?.to_owned(), password: password? })
}
