//! RFC 4533 out of BER.

use crate::directory::changes::Handle;
use crate::directory::ldap::ber::{BOOLEAN, ENUMERATED, Elements, Malformed, OCTETS, SEQUENCE, SET, only};
use crate::directory::ldap::message::{Controls, LdapResult};

const SYNC_STATE: &str = "1.3.6.1.4.1.4203.1.9.1.2";
const SYNC_DONE: &str = "1.3.6.1.4.1.4203.1.9.1.3";
const SYNC_INFO: &[u8] = b"1.3.6.1.4.1.4203.1.9.1.4";

/// What an `IntermediateResponse` is and says (RFC 4511 section 4.13).
const NAME: u8 = 0x80;
const VALUE: u8 = 0x81;

/// The choices of a Sync Info (section 2.5).
const NEW_COOKIE: u8 = 0x80;
const REFRESH_DELETE: u8 = 0xa1;
const REFRESH_PRESENT: u8 = 0xa2;
const ID_SET: u8 = 0xa3;

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
pub(super) fn state(controls: &Controls<'_>) -> Result<(State, Handle), Malformed> {
    let mut parts = only(value(controls, SYNC_STATE)?, SEQUENCE)?;
    let state = match parts.take(ENUMERATED)? {
        [0] => State::Present,
        [1..=3] => State::Touched,
        _ => return Err(Malformed),
    };
    Ok((state, handle(parts.take(OCTETS)?)?))
}

/// The Sync Done control of a result.
pub(super) fn done(result: &LdapResult) -> Result<Done, Malformed> {
    let mut done = Done { cookie: None, deletes: false };
    let mut parts = only(value(&result.controls(), SYNC_DONE)?, SEQUENCE)?;
    while let Some((tag, content)) = parts.next()? {
        match tag {
            OCTETS => done.cookie = Some(content.to_vec()),
            BOOLEAN => done.deletes = boolean(content)?,
            _ => {}
        }
    }
    Ok(done)
}

/// The content of an intermediate message.
pub(super) fn info(content: &[u8]) -> Result<Info, Malformed> {
    let (mut name, mut value) = (None, None);
    let mut parts = Elements::of(content);
    while let Some((tag, content)) = parts.next()? {
        match tag {
            NAME => name = Some(content),
            VALUE => value = Some(content),
            _ => return Err(Malformed),
        }
    }
    let (Some(SYNC_INFO), Some(value)) = (name, value) else { return Ok(Info::Other) };
    let mut choice = Elements::of(value);
    match (choice.next()?, choice.next()?) {
        (Some((NEW_COOKIE | REFRESH_DELETE, _)), None) => Ok(Info::Other),
        (Some((REFRESH_PRESENT, _)), None) => Ok(Info::Presents),
        (Some((ID_SET, content)), None) => set(content),
        _ => Err(Malformed),
    }
}

fn set(content: &[u8]) -> Result<Info, Malformed> {
    let (mut gone, mut handles) = (false, None);
    let mut parts = Elements::of(content);
    while let Some((tag, content)) = parts.next()? {
        match tag {
            BOOLEAN => gone = boolean(content)?,
            SET => handles = Some(each(content)?),
            // A cookie: only the last one counts.
            _ => {}
        }
    }
    Ok(Info::Set { gone, handles: handles.ok_or(Malformed)? })
}

fn each(content: &[u8]) -> Result<Vec<Handle>, Malformed> {
    let mut handles = Vec::new();
    let mut uuids = Elements::of(content);
    while let Some((tag, uuid)) = uuids.next()? {
        handles.push(if tag == OCTETS { handle(uuid)? } else { return Err(Malformed) });
    }
    Ok(handles)
}

fn value<'a>(controls: &Controls<'a>, oid: &str) -> Result<&'a [u8], Malformed> {
    controls.value(oid)?.ok_or(Malformed)
}

fn handle(uuid: &[u8]) -> Result<Handle, Malformed> {
    Handle::from_uuid(uuid).ok_or(Malformed)
}

fn boolean(content: &[u8]) -> Result<bool, Malformed> {
    match content {
        [value] => Ok(*value != 0),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
#[path = "sync_wire_tests.rs"]
mod tests;
