//! Whether a sync's fields are those of Boostcom members: some of the target's own, a club's under `properties`, and
//! consents by name.

use crate::config::check::shape::{children, fixed, flag, nests, single, text};
use crate::config::fault::Fault;
use crate::config::section::nearest;
use crate::config::setting::Setting;
use crate::destination::boostcom::member::{self, CONSENT, CONSENTS, PASSWORD, PROPERTIES, STATUS};
use crate::destination::boostcom::{CHANNELS, Identifier};

/// Looks at all fields, each where it stands.
pub(in crate::config::check) fn check(fields: &Setting<'_>, identity: Identifier) {
    let entries = children(fields);
    for field in &entries {
        match field.name {
            PROPERTIES => properties(field, identity),
            CONSENTS => consents(field),
            PASSWORD => password(field),
            name if CHANNELS.contains(&name) => channel(field),
            name if member::knows(name) => text(field),
            _ => unknown(field),
        }
    }
    // A misspelt field is one fault, not two.
    let there = |field: &Setting<'_>| field.name == PROPERTIES || meant_by(field.name) == Some(PROPERTIES);
    if !entries.is_empty() && !entries.iter().any(there) {
        let message =
            format!("Boostcom demands `{PROPERTIES}`: a member's own fields, `{}` among them", identity.field());
        fields.name_fault(message, format!("write {PROPERTIES}: {{ {}: … }}", identity.field()));
    }
}

/// A field that Boostcom does not know, with the one that was meant.
pub(super) fn unknown(field: &Setting<'_>) {
    let help = meant_by(field.name).map_or_else(
        || format!("a member's own fields stand under `{PROPERTIES}`"),
        |near| format!("did you mean `{near}`?"),
    );
    field.name_fault(format!("Boostcom has no field `{}` beside `{PROPERTIES}`", field.name), help);
}

fn meant_by(name: &str) -> Option<&'static str> {
    nearest(name, member::fields())
}

fn properties(field: &Setting<'_>, identity: Identifier) {
    if !nests(field) {
        return field.name_fault(
            format!("`{PROPERTIES}` is not made of fields by name"),
            format!("write {PROPERTIES}: {{ {}: … }}", identity.field()),
        );
    }
    children(field).iter().for_each(property);
    let mapped = |identifier: &Identifier| field.has(identifier.field());
    // That none at all is mapped is said already.
    if children(field).is_empty() {
        return;
    }
    match Identifier::ALL.iter().find(|identifier| mapped(identifier)) {
        _ if mapped(&identity) => {}
        Some(other) => field.name_fault(
            format!("`{PROPERTIES}.{}` is not mapped, and members are known by it", identity.field()),
            format!("map it, or set `identity: {}` at the destination", other.field()),
        ),
        None => field.name_fault(
            "Boostcom demands a mail address or a number of everybody: neither `email` nor `msisdn` is mapped",
            format!("map `{}`, by which members are known", identity.field()),
        ),
    }
}

fn property(field: &Setting<'_>) {
    let name = field.name;
    if Identifier::ALL.iter().any(|identifier| identifier.field() == name) {
        single(field);
    } else if name == PASSWORD {
        let message = format!("`{PASSWORD}` would be stored here, and sent with every change");
        field.name_fault(message, format!("it stands beside `{PROPERTIES}`, and is sent at joining only"));
    } else if name == CONSENTS || CHANNELS.contains(&name) {
        let message = format!("`{name}` is a property like any other here");
        let help = format!("what Boostcom knows by this name stands beside `{PROPERTIES}`");
        field.report.warn(Fault::at(field.key_at.clone(), message).help(help));
    }
}

fn consents(field: &Setting<'_>) {
    let help = format!("write {CONSENTS}: {{ newsletter: {{ {STATUS}: … }} }}");
    if !nests(field) {
        return field.name_fault(format!("`{CONSENTS}` is not made of consents by name"), help);
    }
    for consent in children(field) {
        if nests(&consent) {
            one_consent(&consent, &help);
        } else {
            consent.name_fault(format!("the consent `{}` has no `{STATUS}` below it", consent.name), help.clone());
        }
    }
}

fn one_consent(consent: &Setting<'_>, help: &str) {
    let parts = children(consent);
    let meant = |part: &Setting<'_>| nearest(part.name, CONSENT);
    for part in &parts {
        match part.name {
            STATUS => flag(part),
            name if CONSENT.contains(&name) => text(part),
            name => {
                let known = || format!("it is made of `{}`", CONSENT.join("` and `"));
                let help = meant(part).map_or_else(known, |near| format!("did you mean `{near}`?"));
                part.name_fault(format!("a consent has no field `{name}`"), help);
            }
        }
    }
    if !parts.iter().any(|part| meant(part) == Some(STATUS)) {
        consent.name_fault(format!("`{STATUS}` is missing in the consent `{}`", consent.name), help);
    }
}

fn channel(field: &Setting<'_>) {
    flag(field);
    let message = format!("`{}` is mapped: it overrules what members chose themselves", field.name);
    let help = "it is sent of whoever joins, and again whenever the directory's value of it changes; left out, everybody \
                begins with the channel on and decides themselves";
    field.report.warn(Fault::at(field.key_at.clone(), message).help(help));
}

fn password(field: &Setting<'_>) {
    text(field);
    for fixed in fixed(field.node) {
        field.report.hide(fixed.at.clone());
        let message = "everybody who joins gets the same password, and all of them know it";
        let help = "map what differs from person to person; or leave it out, where members can do without one at first";
        field.report.warn(Fault::at(field.key_at.clone(), message).help(help));
    }
}
