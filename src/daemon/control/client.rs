//! The command line's end.

use std::io;
use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::{Frame, Invocation, LINE};

/// Why the daemon did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Nobody listens: no daemon runs.
    #[error("no daemon runs")]
    Nobody,
    /// It does, but not to this account.
    #[error(
        "a daemon runs, but {0} is not for you: its socket is for root and the group it belongs to (as a rule `rosterd`)"
    )]
    Forbidden(String),
    /// It went away, or says something else.
    #[error("the daemon broke off: {0}; what it did is in `rosterd runs` and in its log")]
    Broken(String),
}

/// Reaches the daemon that listens at a path.
pub async fn connect(socket: &Path) -> Result<UnixStream, ControlError> {
    UnixStream::connect(socket).await.map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => ControlError::Forbidden(socket.display().to_string()),
        // A socket that nobody listens to is left by a daemon that was killed.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ControlError::Nobody,
        _ => ControlError::Broken(error.to_string()),
    })
}

/// Has the daemon run a command; every frame is handed on as it comes, the last one is given back.
pub async fn ask(
    mut stream: UnixStream,
    invocation: &Invocation,
    file: &[u8],
    hear: &mut (dyn FnMut(Frame) + Send),
) -> Result<Frame, ControlError> {
    let broken = |error: io::Error| ControlError::Broken(error.to_string());
    let mut line = serde_json::to_vec(invocation).map_err(|error| ControlError::Broken(error.to_string()))?;
    line.push(b'\n');
    stream.write_all(&line).await.map_err(broken)?;
    stream.write_all(file).await.map_err(broken)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        // What a command says may be long; it comes from our own daemon.
        let read = (&mut reader).take(64 * LINE).read_until(b'\n', &mut line).await.map_err(broken)?;
        if read == 0 {
            return Err(ControlError::Broken("it ended before the command did".to_owned()));
        }
        match serde_json::from_slice(&line) {
            Ok(last @ (Frame::Exit(_) | Frame::Elsewhere)) => return Ok(last),
            Ok(frame) => hear(frame),
            Err(_) => return Err(ControlError::Broken("it is another version than this command line".to_owned())),
        }
    }
}
