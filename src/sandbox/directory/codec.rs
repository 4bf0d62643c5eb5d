//! LDAP messages on the wire.

use std::io;

use ldap3_lber::structure::{PL, StructureTag};
use ldap3_lber::{Err as Parsing, Parser};
use ldap3_proto::{LdapCodec, LdapMsg};
use tokio_util::bytes::{Buf, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use super::filter::Filter;

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) message: LdapMsg,
    /// A search's filter; the one in the message only stands where it was.
    pub(super) filter: Option<Filter>,
}

/// What is sent.
pub(super) enum Sent {
    Message(LdapMsg),
    Bytes(&'static [u8]),
}

/// BER that is no LDAP message: a sequence with a text in it.
pub(super) const MALFORMED: &[u8] = b"\x30\x09\x04\x07garbage";

const LARGEST_REQUEST: usize = 1 << 20;
const SEARCH_REQUEST: u64 = 3;
const FILTER: usize = 6;

/// Reads requests and writes answers.
pub(super) struct Codec;

impl Decoder for Codec {
    type Item = Request;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Request>> {
        let (rest, mut tag) = match Parser::default().parse(buffer) {
            Ok((rest, tag)) => (rest.len(), tag),
            Err(Parsing::Incomplete(_)) if buffer.len() <= LARGEST_REQUEST => return Ok(None),
            Err(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "not BER")),
        };
        buffer.advance(buffer.len() - rest);
        let filter = take_filter(&mut tag)?;
        let message = LdapMsg::try_from(tag).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(Some(Request { message, filter }))
    }
}

impl Encoder<Sent> for Codec {
    type Error = io::Error;

    fn encode(&mut self, sent: Sent, buffer: &mut BytesMut) -> io::Result<()> {
        match sent {
            Sent::Message(message) => LdapCodec::default().encode(message, buffer),
            Sent::Bytes(bytes) => {
                buffer.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

/// Puts a filter that `ldap3_proto` can read in the place of a search's own, and reads that.
fn take_filter(message: &mut StructureTag) -> io::Result<Option<Filter>> {
    let PL::C(parts) = &mut message.payload else { return Ok(None) };
    let Some(StructureTag { id: SEARCH_REQUEST, payload: PL::C(search), .. }) = parts.get_mut(1) else {
        return Ok(None);
    };
    let Some(filter) = search.get_mut(FILTER) else { return Ok(None) };
    let anything = StructureTag { class: filter.class, id: 7, payload: PL::P(b"objectClass".to_vec()) };
    let given = std::mem::replace(filter, anything);
    match Filter::read(&given) {
        Some(filter) => Ok(Some(filter)),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "not a filter")),
    }
}
