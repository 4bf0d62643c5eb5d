//! The daemon's end.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{FILE, Frame, Invocation, LINE};

/// A command must have arrived within this.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many commands at once; more wait.
const AT_ONCE: usize = 32;

/// Who is at the other end, as the kernel says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// User id.
    pub uid: u32,
}

/// Runs a command for somebody; what it says goes through the channel, which ends with it.
pub type Handler =
    dyn Fn(Invocation, Vec<u8>, Peer, UnboundedSender<Frame>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// Listens at a path for whoever may open it: its owner and its group. Its folder is made where systemd did not.
pub fn listen(path: &Path) -> io::Result<UnixListener> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::create_dir_all(folder)?;
        // Whoever may open the socket must get there, whatever files of ours are else.
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    // One that was left by a daemon that was killed goes. Never anything else, and never that of a daemon which runs: with
    // another state folder its lock is another one.
    if let Ok(meta) = fs::symlink_metadata(path) {
        if !meta.file_type().is_socket() {
            return Err(taken("something is there that is no socket: name another `control` in the config"));
        }
        match net::UnixStream::connect(path) {
            Ok(_) => {
                return Err(taken("another daemon listens there: stop it, or give this one a `control` of its own"));
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path)?,
            Err(error) => return Err(error),
        }
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o660))?;
    Ok(listener)
}

fn taken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, why)
}

/// Answers whoever comes, until dropped.
pub async fn serve(listener: UnixListener, handler: Arc<Handler>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        // Only closing it would fail this.
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // No file handles, say: those who are served will give theirs back.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let handler = handler.clone();
        tokio::spawn(async move {
            // Whoever went away does not want to hear that.
            let _ = answer(stream, handler.as_ref()).await;
            drop(place);
        });
    }
}

async fn answer(stream: UnixStream, handler: &Handler) -> io::Result<()> {
    let peer = Peer { uid: stream.peer_cred()?.uid() };
    let (reader, mut writer) = stream.into_split();
    match tokio::time::timeout(PATIENCE, receive(reader)).await {
        Ok(Ok((invocation, file))) => {
            let (sender, receiver) = unbounded_channel();
            let ((), sent) = tokio::join!(handler(invocation, file, peer, sender), send(receiver, &mut writer));
            sent
        }
        Ok(Err(error)) => {
            let said = [Frame::Err(format!("rosterd: the daemon does not understand this: {error}\n")), Frame::Exit(2)];
            for frame in said {
                write(&mut writer, &frame).await?;
            }
            Ok(())
        }
        Err(_) => Ok(()),
    }
}

async fn receive(reader: OwnedReadHalf) -> io::Result<(Invocation, Vec<u8>)> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    (&mut reader).take(LINE).read_until(b'\n', &mut line).await?;
    let invocation: Invocation = serde_json::from_slice(&line).map_err(|_| wrong("this is no command"))?;
    let size = invocation.file.unwrap_or(0);
    if size > FILE {
        return Err(wrong("the file is larger than 64 MiB"));
    }
    let mut file = Vec::new();
    if (&mut reader).take(size).read_to_end(&mut file).await? as u64 != size {
        return Err(wrong("the file broke off"));
    }
    Ok((invocation, file))
}

async fn send(mut frames: UnboundedReceiver<Frame>, writer: &mut OwnedWriteHalf) -> io::Result<()> {
    while let Some(frame) = frames.recv().await {
        write(writer, &frame).await?;
    }
    Ok(())
}

async fn write(writer: &mut OwnedWriteHalf, frame: &Frame) -> io::Result<()> {
    let mut line = serde_json::to_vec(frame)?;
    line.push(b'\n');
    writer.write_all(&line).await
}
