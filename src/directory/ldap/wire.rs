//! A connection's bytes: requests out, messages in. No more is held of what comes than one message and a piece, so a server
//! that sends faster than it is read waits.

use std::io;
use std::ops::ControlFlow;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::ber::{self, INTEGER, Malformed, SEQUENCE, element, integer};
use super::connect::plain;
use super::error::{one_line, said};
use super::message::{ENTRY, INTERMEDIATE, LdapResult, Message, REFERENCE};
use super::{Error, Operation, result_code};

/// Bytes of a message; the largest entry that is taken fits in, however its attributes are named.
const LARGEST_MESSAGE: usize = 32 << 20;

/// Bytes that are read at once, at least.
const PIECE: usize = 64 << 10;

/// How long more is let come before it is read. A server sends every entry by itself, and one on the next machine sends
/// a few dozen in this time.
const GATHER: Duration = Duration::from_micros(500);

/// Where a server is listened to.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection with nothing on it.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    came: BytesMut,
    last_id: u32,
}

/// What is asked of a server.
pub(super) struct Asked<'a> {
    pub(super) operation: &'a [u8],
    pub(super) controls: &'a [u8],
    /// The tag of the last message in answer to it.
    pub(super) end: u8,
    /// How many messages may come before that one, where it may be many; 0 for few.
    pub(super) expected: usize,
}

/// How many messages of an answer were taken.
#[derive(Default)]
struct Taken {
    all: usize,
    /// The most at once.
    batch: usize,
}

/// Why a connection is of no use any more.
#[derive(Debug)]
pub(super) enum Lost {
    Cut(String),
    Malformed(&'static str),
    TooLarge,
    /// What is done with messages could not be done.
    Judged(Error),
}

impl Wire {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), came: BytesMut::new(), last_id: 0 }
    }

    /// Asks for an operation, and takes the messages in answer to it until the last one. Given up midway, the connection is
    /// of no use any more.
    pub(super) async fn ask(
        &mut self,
        asked: &Asked<'_>,
        mut each: impl FnMut(&Message<'_>) -> Result<(), Error>,
    ) -> Result<LdapResult, Lost> {
        // RFC 4511 section 4.1.1.1: up to 2^31 - 1, and 0 is for what is not asked for.
        self.last_id = self.last_id % (u32::MAX >> 1) + 1;
        let request = element(SEQUENCE, &[&integer(INTEGER, self.last_id), asked.operation, asked.controls]);
        self.stream.write_all(&request).await.map_err(cut)?;
        self.stream.flush().await.map_err(cut)?;
        let mut taken = Taken::default();
        loop {
            let before = taken.all;
            while let Some(length) = whole(&self.came)? {
                let message = Message::parse(&self.came[..length]).map_err(malformed)?;
                let flow = judge(&message, self.last_id, asked.end, &mut each)?;
                self.came.advance(length);
                if let ControlFlow::Break(result) = flow {
                    return Ok(result);
                }
                taken.all += 1;
            }
            taken.batch = taken.batch.max(taken.all - before);
            if self.read(taken.pause(asked.expected)).await.map_err(cut)? == 0 {
                return Err(Lost::Cut("the server closed it".to_owned()));
            }
        }
    }

    /// Reads what there is; else what comes, after a pause.
    async fn read(&mut self, pause: Option<Duration>) -> io::Result<usize> {
        self.came.reserve(PIECE);
        let mut read = pin!(self.stream.read_buf(&mut self.came));
        if let Some(count) = read.as_mut().now_or_never() {
            return count;
        }
        if let Some(pause) = pause {
            // The thread itself: whoever awaits is woken by every entry, which costs both sides more than the entry does.
            thread::sleep(pause);
        }
        read.await
    }
}

impl Taken {
    /// How long to let more come, unless the last of so many may come meanwhile: a server that waits for the next request
    /// is to get it at once.
    fn pause(&self, expected: usize) -> Option<Duration> {
        (self.batch > 0 && self.all.saturating_add(2 * self.batch) < expected).then_some(GATHER)
    }
}

fn judge(
    message: &Message<'_>,
    id: u32,
    end: u8,
    each: &mut impl FnMut(&Message<'_>) -> Result<(), Error>,
) -> Result<ControlFlow<LdapResult>, Lost> {
    if message.id == 0 {
        // Section 4.4.1, the only one that there is: it closes the connection.
        let result = LdapResult::parse(message).map_err(malformed)?;
        let (words, said) = (result_code(result.rc), said(&one_line(&result.text)));
        return Err(Lost::Cut(format!("the server closed it with result {}, {words}{said}", result.rc)));
    }
    match message.operation {
        _ if message.id != id => Err(Lost::Malformed("it answers what was not asked")),
        operation if operation == end => LdapResult::parse(message).map(ControlFlow::Break).map_err(malformed),
        ENTRY | REFERENCE | INTERMEDIATE => each(message).map(ControlFlow::Continue).map_err(Lost::Judged),
        _ => Err(Lost::Malformed("it answers what was not asked")),
    }
}

/// How long the first message is, once all of it is there.
fn whole(came: &[u8]) -> Result<Option<usize>, Lost> {
    if came.first().is_some_and(|tag| *tag != SEQUENCE) {
        return Err(malformed(Malformed));
    }
    let Some((start, length)) = ber::header(came).map_err(malformed)? else { return Ok(None) };
    if length > LARGEST_MESSAGE {
        return Err(Lost::TooLarge);
    }
    Ok((came.len() >= start + length).then_some(start + length))
}

fn malformed(_: Malformed) -> Lost {
    Lost::Malformed("it is not well-formed LDAP")
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn cut(error: io::Error) -> Lost {
    Lost::Cut(plain(&error))
}

impl Lost {
    /// As an error of an operation.
    pub(super) fn during(self, during: Operation) -> Error {
        match self {
            Self::Cut(why) => Error::Cut { during, why },
            Self::Malformed(why) => Error::Malformed { during, why: why.to_owned() },
            Self::TooLarge => Error::TooLarge {
                what: "a message",
                limit: LARGEST_MESSAGE,
                during,
                advice: "map attributes that are smaller, or have that entry or group made smaller",
            },
            Self::Judged(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::super::ber::{ENUMERATED, OCTETS};
    use super::super::message::{DONE, written};
    use super::*;

    fn message(id: u32, operation: u8, content: &[u8]) -> Vec<u8> {
        written(id, operation, content, &[])
    }

    fn result(text: &str) -> Vec<u8> {
        [integer(ENUMERATED, 0), element(OCTETS, &[]), element(OCTETS, &[text.as_bytes()])].concat()
    }

    /// What comes of an operation that is answered like this, in pieces of a size: how many messages before the last one.
    async fn asked(answer: &[u8], size: usize, expected: usize) -> Result<usize, String> {
        let (near, mut far) = duplex(size);
        let mut wire = Wire::new(near);
        let mut count = 0;
        let each = |message: &Message<'_>| {
            assert_eq!(message.operation, ENTRY);
            count += 1;
            Ok(())
        };
        let unbind = Asked { operation: &[0x42, 0], controls: &[], end: DONE, expected };
        let answers = async {
            let mut request = [0; 7];
            far.read_exact(&mut request).await.unwrap();
            assert_eq!(request, [0x30, 5, 2, 1, 1, 0x42, 0]);
            let _ = far.write_all(answer).await;
            drop(far);
        };
        let (outcome, ()) = tokio::join!(wire.ask(&unbind, each), answers);
        outcome.map_err(|lost| lost.during(Operation::Changes).to_string())?;
        Ok(count)
    }

    #[tokio::test]
    async fn messages_are_taken_until_the_last_one_however_they_are_cut() {
        let entry = message(1, ENTRY, &[7; 300]);
        let whole = [&entry[..], &entry, &message(1, DONE, &result(""))].concat();
        for size in [1, 2, 3, 7, 1_000] {
            for expected in [0, 2, 1_000] {
                assert_eq!(asked(&whole, size, expected).await, Ok(2));
            }
        }
        for cut in 0..whole.len() {
            assert!(asked(&whole[..cut], 1_000, 0).await.unwrap_err().contains("the server closed it"), "{cut}");
        }
    }

    #[test]
    fn there_is_a_pause_only_far_from_the_last_one() {
        let taken = |all, batch| Taken { all, batch };
        assert!(taken(0, 0).pause(1_000).is_none(), "before the first one");
        assert!(taken(12, 12).pause(0).is_none(), "of few");
        assert_eq!(taken(12, 12).pause(1_000), Some(GATHER));
        assert_eq!(taken(879, 60).pause(1_000), Some(GATHER));
        assert!(taken(880, 60).pause(1_000).is_none());
        assert_eq!(taken(5_000_000, 600).pause(usize::MAX), Some(GATHER));
    }

    #[tokio::test]
    async fn what_is_no_answer_ends_the_connection() {
        for (answer, why) in [
            (&b"HTTP/1.1 400 Bad Request"[..], "it is not well-formed LDAP"),
            (&[0x30, 0x80], "it is not well-formed LDAP"),
            (&[0x30, 0x88, 0xff, 0, 0, 0, 0, 0, 0, 0], "a message is larger than 32 MiB"),
            (&[0x30, 0x84, 2, 0, 0, 1], "a message is larger than 32 MiB"),
            (&message(2, DONE, &result("")), "it answers what was not asked"),
            (&message(1, 4, &[]), "it answers what was not asked"),
            (&message(0, 0x78, &result("by\nnow")), "the server closed it with result 0, success (it said: by now)"),
            (&message(1, DONE, &[]), "it is not well-formed LDAP"),
        ] {
            let error = asked(answer, 1_000, 0).await.unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
