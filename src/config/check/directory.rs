//! `directories`.

use std::num::NonZeroU32;
use std::time::Duration;

use super::{bind, servers};
use crate::config::fault::Fault;
use crate::config::raw::Value;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::directory::{Kind, Settings, Tls};

/// A directory.
pub(super) fn settings(setting: &Setting<'_>) -> Option<Settings> {
    let mut section = setting.section()?;
    let servers = servers::servers(&mut section);
    let kind = section.get("kind").and_then(|kind| {
        kind.choice(&[
            ("active_directory", Kind::ActiveDirectory),
            ("openldap", Kind::OpenLdap),
            ("generic", Kind::Generic),
        ])
    });
    let bind_setting =
        section.required("bind", "`bind: { dn: …, password: \"${cred:ldap-password}\" }`, or `bind: anonymous`");
    let bind = bind_setting.as_ref().and_then(bind::bind);
    let tls = section.get("tls").map_or_else(|| Some(Tls::default()), |tls| tls_of(&tls));
    let page_size = section.get("page_size").and_then(|size| size.number(1..=100_000)).unwrap_or(1000);
    let max_entries_per_second = section.get("max_entries_per_second").and_then(|most| rate(&most));
    let connect_timeout = duration(&mut section, "connect_timeout", Duration::from_secs(5));
    let timeout = duration(&mut section, "timeout", Duration::from_mins(1));
    section.close();
    let tls = tls?;
    if let Some(bind) = bind_setting.filter(|bind| matches!(bind.node.value, Value::Map(_))) {
        if bind::by_kerberos(&bind) {
            servers.refuse_for_kerberos(&tls);
        } else if !tls.danger_allow_plaintext {
            servers.refuse_plaintext(&tls);
        }
    }
    if tls.starttls && servers.all_encrypted() {
        let at = setting.child("tls").and_then(|tls| tls.child("starttls"));
        at.as_ref().unwrap_or(setting).name_fault(
            "`starttls` is set, but no URL begins with ldap://",
            "ldaps:// is encrypted from the start; remove `starttls`",
        );
    }
    let (servers, bind) = (servers.checked(), bind?);
    Some(Settings { servers, kind, bind, tls, page_size, max_entries_per_second, connect_timeout, timeout })
}

fn duration(section: &mut Section<'_>, key: &'static str, default: Duration) -> Duration {
    section.get(key).and_then(|setting| setting.some_duration()).unwrap_or(default)
}

fn rate(setting: &Setting<'_>) -> Option<NonZeroU32> {
    if matches!(&setting.node.value, Value::Number(number) if number.as_u64() == Some(0)) {
        setting.fault(
            format!("`{}` must be at least 1: at 0 nobody would be read", setting.name),
            "say how many entries may be read in a second, such as 2000; or leave the key out for no brake",
        );
        return None;
    }
    setting.number(1..=u32::MAX).and_then(NonZeroU32::new)
}

fn tls_of(setting: &Setting<'_>) -> Option<Tls> {
    let mut section = setting.section()?;
    let ca = section.get("ca").and_then(|ca| ca.path());
    let starttls = section.get("starttls").and_then(|flag| flag.flag()).unwrap_or_default();
    let mut danger = |key, why: &str| {
        let Some(setting) = section.get(key) else { return false };
        let on = setting.flag().unwrap_or_default();
        if on {
            setting.report.warn(Fault::at(setting.key_at, format!("`{key}` is on: {why}")));
        }
        on
    };
    let danger_allow_plaintext =
        danger("danger_allow_plaintext", "passwords and people cross the network in the clear");
    let danger_accept_any_certificate =
        danger("danger_accept_any_certificate", "anybody between here and the server can read and change everything");
    section.close();
    Some(Tls { ca, starttls, danger_allow_plaintext, danger_accept_any_certificate })
}
