//! RFC 4533 out of BER. ldap3's own parsers panic on what they do not expect.

use ldap3::LdapResult;
use ldap3::asn1::{StructureTag, TagClass, parse_tag};
use ldap3::controls::Control;

use crate::directory::changes::Handle;
use crate::directory::ldap::parse::{Fault, constructed, primitive};

const SYNC_STATE: &str = "1.3.6.1.4.1.4203.1.9.1.2";
const SYNC_DONE: &str = "1.3.6.1.4.1.4203.1.9.1.3";
const SYNC_INFO: &[u8] = b"1.3.6.1.4.1.4203.1.9.1.4";

/// `IntermediateResponse` (RFC 4511 section 4.13).
pub(super) const INTERMEDIATE: u64 = 25;

/// Universal tags (X.690).
const BOOLEAN: u64 = 1;
const OCTETS: u64 = 4;
const SET: u64 = 17;

/// What became of an entry (section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// As it was.
    Present,
    /// Added, modified or deleted.
    Touched,
}

/// A Sync Info message (section 2.5), as far as it matters when refreshing only.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Info {
    /// Nothing of weight.
    Other,
    /// A present phase ended, and a delete phase begins (section 3.3.2).
    Presents,
    /// Entries at once: gone ones, or ones that are as they were.
    Set { gone: bool, handles: Vec<Handle> },
}

/// The end of a refresh (section 2.4).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) cookie: Option<Vec<u8>>,
    /// Whether gone entries were named, so that whoever is not named is as they were.
    pub(super) deletes: bool,
}

/// The Sync State control of an entry.
pub(super) fn state(controls: &[Control]) -> Result<(State, Handle), Fault> {
    let mut parts = constructed(value(controls, SYNC_STATE)?)?.into_iter();
    let state = match primitive(parts.next().ok_or(Fault::Structure)?)?[..] {
        [0] => State::Present,
        [1..=3] => State::Touched,
        _ => return Err(Fault::Structure),
    };
    Ok((state, handle(parts.next().ok_or(Fault::Structure)?)?))
}

/// The Sync Done control of a result.
pub(super) fn done(result: &LdapResult) -> Result<Done, Fault> {
    let mut done = Done { cookie: None, deletes: false };
    for part in constructed(value(&result.ctrls, SYNC_DONE)?)? {
        match (part.class, part.id) {
            (TagClass::Universal, OCTETS) => done.cookie = Some(primitive(part)?),
            (TagClass::Universal, BOOLEAN) => done.deletes = boolean(part)?,
            _ => {}
        }
    }
    Ok(done)
}

/// An intermediate message.
pub(super) fn info(message: StructureTag) -> Result<Info, Fault> {
    let (mut name, mut value) = (None, None);
    for part in constructed(message)? {
        match part.id {
            0 => name = Some(primitive(part)?),
            1 => value = Some(primitive(part)?),
            _ => {}
        }
    }
    let (Some(SYNC_INFO), Some(value)) = (name.as_deref(), value) else { return Ok(Info::Other) };
    let info = tag(&value)?;
    if info.class != TagClass::Context {
        return Err(Fault::Structure);
    }
    match info.id {
        0 | 1 => Ok(Info::Other),
        2 => Ok(Info::Presents),
        3 => set(info),
        _ => Err(Fault::Structure),
    }
}

fn set(info: StructureTag) -> Result<Info, Fault> {
    let (mut gone, mut handles) = (false, None);
    for part in constructed(info)? {
        match (part.class, part.id) {
            (TagClass::Universal, BOOLEAN) => gone = boolean(part)?,
            (TagClass::Universal, SET) => {
                handles = Some(constructed(part)?.into_iter().map(handle).collect::<Result<Vec<_>, _>>()?);
            }
            // A cookie: only the last one counts.
            _ => {}
        }
    }
    Ok(Info::Set { gone, handles: handles.ok_or(Fault::Structure)? })
}

fn value(controls: &[Control], oid: &str) -> Result<StructureTag, Fault> {
    let control = controls.iter().find(|control| control.1.ctype == oid);
    tag(control.and_then(|control| control.1.val.as_deref()).ok_or(Fault::Structure)?)
}

fn tag(bytes: &[u8]) -> Result<StructureTag, Fault> {
    match parse_tag(bytes) {
        Ok(([], tag)) => Ok(tag),
        _ => Err(Fault::Structure),
    }
}

fn handle(uuid: StructureTag) -> Result<Handle, Fault> {
    Handle::from_uuid(&primitive(uuid)?).ok_or(Fault::Structure)
}

fn boolean(part: StructureTag) -> Result<bool, Fault> {
    match primitive(part)?[..] {
        [value] => Ok(value != 0),
        _ => Err(Fault::Structure),
    }
}

#[cfg(test)]
#[path = "sync_wire_tests.rs"]
mod tests;
