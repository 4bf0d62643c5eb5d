//! The request for TLS on a connection (RFC 4511 section 4.14), before anybody can be sure who answers.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::ber::{self, Malformed};
use super::message::{EXTENDED_RESPONSE, LdapResult, Message};

const REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// The answer to it is a few words.
const LONGEST: usize = 4096;

/// Asks for TLS; `None` when the reply is not well-formed LDAP.
pub(super) async fn ask(stream: &mut TcpStream) -> io::Result<Option<LdapResult>> {
    stream.write_all(REQUEST).await?;
    let mut answer = Vec::new();
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match ber::header(&answer) {
            Ok(None) if answer.len() <= LONGEST => {}
            Ok(Some((start, length))) if length <= LONGEST && answer.len() < start + length => {}
            _ => return Ok(result(&answer).ok()),
        }
    }
}

/// The result, and nothing after it: whatever came before TLS may be of anybody.
fn result(answer: &[u8]) -> Result<LdapResult, Malformed> {
    let message = Message::parse(answer)?;
    if message.operation == EXTENDED_RESPONSE { LdapResult::parse(&message) } else { Err(Malformed) }
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
