//! Stands between a server and ldap3, and passes on only what [`Frames`] finds bearable. TLS ends here, so that this holds
//! for what is behind it, too; in a bind by Kerberos it can't, for ldap3 ties that to its own end of TLS.

use std::io;
use std::os::unix::net;
use std::sync::{Arc, OnceLock};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, split};
use tokio::net::UnixStream;

use super::connect::plain;
use super::frames::{Flaw, Frames, LARGEST_MESSAGE};
use super::{Error, Operation};

/// Bytes that are passed on at once.
const PIECE: usize = 64 << 10;

/// How a connection ended, where the guard knows more than ldap3 can.
#[derive(Clone, Default)]
pub(super) struct Guard(Arc<OnceLock<End>>);

enum End {
    Flaw(Flaw),
    Cut(String),
}

/// The end for ldap3 of a connection to a server. The other one is closed with it.
pub(super) fn through(server: impl AsyncRead + AsyncWrite + Send + 'static) -> io::Result<(net::UnixStream, Guard)> {
    let (near, far) = UnixStream::pair()?;
    let guard = Guard::default();
    let ends = guard.clone();
    tokio::spawn(async move {
        let (answers, mut requests) = split(server);
        let (mut asking, answered) = near.into_split();
        let asked = async {
            // Whatever ends it, the connection ends.
            let _ = copy(&mut asking, &mut requests).await;
            let _ = requests.shutdown().await;
        };
        tokio::select! {
            () = asked => {}
            end = pass(answers, answered) => drop(end.map_err(|end| ends.0.set(end))),
        }
    });
    Ok((far.into_std()?, guard))
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> Result<(), End> {
    let (mut frames, mut piece) = (Frames::default(), vec![0; PIECE]);
    loop {
        let size = from.read(&mut piece).await.map_err(|error| End::Cut(plain(&error)))?;
        if size == 0 {
            return Ok(());
        }
        frames.take(&piece[..size]).map_err(End::Flaw)?;
        if to.write_all(&piece[..size]).await.is_err() {
            return Ok(());
        }
    }
}

impl Guard {
    /// Why the connection ended, where it was for what the server sent.
    pub(super) fn told(&self, during: &Operation) -> Option<Error> {
        let during = during.clone();
        Some(match self.0.get()? {
            End::Cut(why) => Error::Cut { during, why: why.clone() },
            End::Flaw(Flaw::Malformed) => Error::Malformed { during, why: "it is not well-formed LDAP".to_owned() },
            End::Flaw(Flaw::TooLarge) => Error::TooLarge {
                what: "a message with all its elements",
                limit: LARGEST_MESSAGE,
                during,
                advice: "map attributes that are smaller, or have that entry or group made smaller",
            },
        })
    }
}
