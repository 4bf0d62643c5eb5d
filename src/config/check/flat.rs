//! Whether a sync's fields are those of a target whose members have no fields below fields.

use super::rules::RULES;
use crate::config::fault::Fault;
use crate::config::raw::{Key, Node, Value};
use crate::config::section::nearest;
use crate::config::setting::Setting;
use crate::destination::veris::{Field, Need};

/// What such a protocol's members look like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flat {
    /// As people call the target.
    pub called: &'static str,
    pub fields: &'static [Field],
    pub identity: &'static str,
}

/// Set by rosterd, never mapped.
const OWN: &str = "status";

impl Flat {
    fn mappable(self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.name != OWN)
    }

    fn knows(self, name: &str) -> bool {
        self.mappable().any(|field| field.name == name)
    }

    /// The field that was meant by a name it does not know.
    fn meant_by(self, name: &str) -> Option<&'static str> {
        nearest(name, self.mappable().map(|field| field.name))
    }

    fn unmapped(self, need: Need, mapped: &[&str]) -> Option<String> {
        let names = self.mappable().filter(|field| field.need == need && !mapped.contains(&field.name));
        let list: Vec<_> = names.map(|field| format!("`{}`", field.name)).collect();
        (!list.is_empty()).then(|| list.join(", "))
    }
}

/// Whether the target knows the fields, and gets those it needs.
pub(super) fn known_fields(setting: &Setting<'_>, members: Flat) {
    let Value::Map(entries) = &setting.node.value else { return };
    for (key, node) in entries {
        if let Some(fault) = wrong_field(key, node, members) {
            setting.report.fault(fault);
        }
    }
    // A misspelt field is one fault, not two.
    let mapped: Vec<&str> = entries
        .iter()
        .map(|(key, _)| key.name.as_str())
        .map(|name| if members.knows(name) { name } else { members.meant_by(name).unwrap_or(name) })
        .collect();
    let called = members.called;
    if let Some(missing) = members.unmapped(Need::Mandatory, &mapped) {
        let message = format!("{called} demands fields that are not mapped: {missing}");
        setting.name_fault(message, "where the directory has nothing, a fixed value will do: { const: … }");
    }
    if let Some(missing) = members.unmapped(Need::Expected, &mapped) {
        let message = format!("{called} expects fields that are not mapped: {missing}");
        let help = format!("members are sent without them; {called} may refuse that");
        setting.report.warn(Fault::at(setting.key_at.clone(), message).help(help));
    }
}

fn wrong_field(key: &Key, node: &Node, members: Flat) -> Option<Fault> {
    let Flat { called, .. } = members;
    let name = &key.name;
    if name == OWN {
        let fault = Fault::at(key.at.clone(), "`status` is not mapped: rosterd sets it to active or in_active");
        return Some(fault.help("remove it; who is active is decided by the directory's own rule and by `active`"));
    }
    if !members.knows(name) {
        let all = || members.mappable().map(|field| field.name).collect::<Vec<_>>().join(", ");
        let help = members
            .meant_by(name)
            .map_or_else(|| format!("its fields are {}", all()), |near| format!("did you mean `{near}`?"));
        return Some(Fault::at(key.at.clone(), format!("{called} has no field `{name}`")).help(help));
    }
    let nests = matches!(&node.value, Value::Map(below) if below.iter().all(|(key, _)| key.name != "const"));
    nests.then(|| {
        let message = format!("`{name}` of {called} is a single value, and has no fields below it");
        Fault::at(key.at.clone(), message).help(format!("write {RULES}"))
    })
}

/// Refuses what is to be sent of those who leave or return: that is [`OWN`] alone.
pub(super) fn no_overlay(said: &Setting<'_>, members: Flat) {
    let message = format!("{} knows no `{}`", members.called, said.name);
    said.name_fault(message, format!("who is active there is told by `{OWN}`, which rosterd sets; leave the key out"));
}
