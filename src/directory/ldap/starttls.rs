//! The request for TLS on a connection (RFC 4511 section 4.14), before anybody can be sure who answers.

use std::io;

use ldap3::LdapResult;
use ldap3::asn1::parse_tag;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::frames::Frames;
use super::parse::{Fault, constructed, primitive};

const REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// The answer to it is a few words.
const LONGEST: usize = 4096;

/// Asks for TLS; `None` when the reply is not well-formed LDAP.
pub(super) async fn ask(stream: &mut TcpStream) -> io::Result<Option<LdapResult>> {
    stream.write_all(REQUEST).await?;
    let (mut answer, mut frames) = (Vec::new(), Frames::default());
    loop {
        let before = answer.len();
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if frames.take(&answer[before..]).is_err() || answer.len() > LONGEST {
            return Ok(None);
        }
        if frames.is_whole() {
            return Ok(result(&answer).ok());
        }
    }
}

/// The result, and nothing after it: whatever came before TLS may be of anybody.
fn result(answer: &[u8]) -> Result<LdapResult, Fault> {
    let Ok(([], message)) = parse_tag(answer) else { return Err(Fault::Structure) };
    let operation = constructed(message)?.into_iter().nth(1).ok_or(Fault::Structure)?;
    let mut parts = constructed(operation)?.into_iter();
    let mut next = || parts.next().ok_or(Fault::Structure).and_then(primitive);
    let code = next()?.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(LdapResult { rc: code, matched: text(next()?), text: text(next()?), refs: Vec::new(), ctrls: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGREED: &[u8] = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00";

    #[test]
    fn nothing_may_follow_the_reply() {
        assert_eq!(result(AGREED).unwrap().rc, 0);
        for more in [&b"\x30"[..], AGREED, b"anything"] {
            assert!(result(&[AGREED, more].concat()).is_err(), "{more:?}");
        }
    }
}
