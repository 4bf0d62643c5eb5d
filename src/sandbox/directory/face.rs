//! The TCP side: connections in, bytes out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::codec::Framed;

use super::codec::Codec;
use super::faults::{Act, At};
use super::session::{Reply, Session, Then, World};

/// What is written before a write waits for the network.
const WRITE_BUFFER: usize = 256 * 1024;

/// A world that connections share. Nothing awaits while it is locked.
#[derive(Clone, Debug)]
pub(super) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(super) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until the sender of `hang_up` is gone. A change of it ends the connections that there are.
pub(super) async fn serve(listener: TcpListener, world: Shared, mut hang_up: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            changed = hang_up.changed() => {
                connections.shutdown().await;
                if changed.is_err() {
                    return;
                }
            }
            accepted = listener.accept() => {
                // An error here is about the one connection (its peer is gone again), not about the listener.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, world.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, world: Shared) {
    let fault = {
        let mut world = world.lock();
        world.seen.count(At::Connect);
        world.faults.take(At::Connect)
    };
    match fault {
        // The one way to be refused on a port that others are let in by.
        Some(Act::Cut | Act::Malformed) => drop(stream.set_zero_linger()),
        Some(Act::Hang) => silence(stream).await,
        // Nobody asked for anything yet, so that there is nothing to answer.
        Some(Act::Answer(_) | Act::Empty) | None => drop(talk(stream, &world).await),
    }
}

async fn talk(stream: TcpStream, world: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut framed = Framed::new(stream, Codec);
    framed.set_backpressure_boundary(WRITE_BUFFER);
    let mut session = Session::default();
    while let Some(request) = framed.next().await {
        let Reply { messages, then } = session.handle(&mut world.lock(), request?);
        for message in messages {
            framed.feed(message).await?;
        }
        framed.flush().await?;
        match then {
            Then::GoOn => {}
            Then::Close => break,
            Then::Hang => {
                silence(framed.into_inner()).await;
                break;
            }
        }
    }
    Ok(())
}

/// Reads and says nothing until the other end has had enough.
async fn silence(mut stream: TcpStream) {
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}
