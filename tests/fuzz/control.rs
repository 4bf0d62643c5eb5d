//! The control socket: what a client may send to the daemon, and what something else in the daemon's place may answer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rosterd::daemon::control::{ControlError, FILE, Frame, Handler, Invocation, ask, connect, listen, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;

use crate::harness::{Target, bounded, runtime};

const WORDS: &[&[u8]] = &[
    b"{\"config\":\"/x\",\"arguments\":[],\"by\":\"\",\"file\":null}\n",
    b"\"file\":",
    b"\"arguments\":",
    b"\"config\":",
    b"{\"out\":\"",
    b"{\"exit\":0}\n",
    b"{\"err\":\"x\"}\n",
    b"{\"progress\":\"x\"}\n",
    b"\"elsewhere\"\n",
    b"{\"exit\":256}",
    b"null",
    b"[[[[[[[[",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"\n",
    b"\0",
    b"\xff",
];

/// What is sent to the daemon, and what is heard from it, alike.
const fn target(name: &'static str) -> Target {
    Target { name, more: &[], words: WORDS, longest: 64 << 10, memory: 4 << 20, seeds: 2000 }
}

fn invocation() -> Invocation {
    Invocation { config: "/etc/rosterd/rosterd.yaml".into(), arguments: Vec::new(), by: "anna".to_owned(), file: None }
}

/// A daemon that counts its commands.
fn daemon(socket: &Path, runtime: &Runtime) -> Arc<AtomicUsize> {
    let _runs = runtime.enter();
    let commands = Arc::<AtomicUsize>::default();
    let heard = commands.clone();
    let handler: Arc<Handler> = Arc::new(move |invocation, file, _, frames| {
        assert!(file.len() as u64 == invocation.file.unwrap_or_default());
        heard.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { drop(frames.send(Frame::Exit(0))) })
    });
    tokio::spawn(serve(listen(socket).unwrap(), handler));
    commands
}

#[test]
fn control_daemon() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let socket = folder.path().join("socket");
    let commands = daemon(&socket, &runtime);
    target("control-daemon").feed(|input| {
        runtime.block_on(async {
            let before = commands.load(Ordering::Relaxed);
            let mut stream = connect(&socket).await.unwrap();
            let _ = stream.write_all(input).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            let obeyed = commands.load(Ordering::Relaxed) - before;
            let last: &[u8] = if obeyed == 1 { b"{\"exit\":0}\n" } else { b"{\"exit\":2}\n" };
            assert!(
                obeyed <= 1 && (answer.ends_with(last) || answer.is_empty()),
                "{}",
                String::from_utf8_lossy(&answer)
            );
        });
    });
    assert!(commands.load(Ordering::Relaxed) > 0, "the daemon was never asked properly");
}

#[test]
fn control_client() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let socket = folder.path().join("socket");
    target("control-client").feed(|input| {
        runtime.block_on(async {
            let listener = listen(&socket).unwrap();
            let stream = connect(&socket).await.unwrap();
            let (mut other, _) = listener.accept().await.unwrap();
            let said = async {
                let _ = other.write_all(input).await;
                drop(other);
            };
            let (mut heard, asked) = (0, invocation());
            let mut hear = |_| heard += 1;
            let (answer, ()) = tokio::join!(ask(stream, &asked, b"", &mut hear), said);
            match answer {
                Ok(last) => assert!(matches!(last, Frame::Exit(_) | Frame::Elsewhere), "{last:?}"),
                Err(error) => assert!(matches!(error, ControlError::Broken(_)), "{error}"),
            }
        });
    });
}

/// Who sends without end is told what is wrong, or cut off; who sends nothing is cut off; and the next one is served.
#[test]
fn control_without_end() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let socket = folder.path().join("socket");
    let commands = daemon(&socket, &runtime);
    let file = |bytes: u64| serde_json::to_string(&Invocation { file: Some(bytes), ..invocation() }).unwrap() + "\n";
    for (what, begin, again, memory) in [
        ("a line without end", String::new(), "x", 8 << 20),
        ("a list without end", "{\"arguments\":[".to_owned(), "\"x\",", 16 << 20),
        ("more than was announced", file(5), "x", 8 << 20),
        ("the largest file", file(FILE), "x", 4 * FILE),
        ("nothing", String::new(), "", 8 << 20),
        ("half a line, and nothing", "{\"config\":".to_owned(), "", 8 << 20),
        ("half a file, and nothing", file(5) + "x", "", 8 << 20),
        ("half of the largest file, and nothing", file(FILE) + "x", "", 8 << 20),
    ] {
        bounded(what, memory, || {
            runtime.block_on(async {
                let began = Instant::now();
                let mut stream = connect(&socket).await.unwrap();
                let again = again.as_bytes().repeat(64 << 10);
                let mut sent = stream.write_all(begin.as_bytes()).await;
                while sent.is_ok() && !again.is_empty() {
                    sent = stream.write_all(&again).await;
                }
                let mut answer = Vec::new();
                let _ = stream.read_to_end(&mut answer).await;
                assert!(
                    answer.len() < 1000 && began.elapsed() < Duration::from_secs(30),
                    "{what}: {:?}",
                    began.elapsed()
                );
            });
        });
    }
    let asked = commands.load(Ordering::Relaxed);
    let last = runtime.block_on(async { ask(connect(&socket).await.unwrap(), &invocation(), b"", &mut |_| {}).await });
    assert_eq!((last.unwrap(), commands.load(Ordering::Relaxed)), (Frame::Exit(0), asked + 1));
}

/// Something else than the daemon listens there, and says a line that never ends.
#[test]
fn control_client_of_what_never_ends() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let socket = folder.path().join("socket");
    bounded("an answer without end", 256 << 20, || {
        runtime.block_on(async {
            let listener = listen(&socket).unwrap();
            let stream = connect(&socket).await.unwrap();
            let (mut other, _) = listener.accept().await.unwrap();
            let endless = async {
                while other.write_all(&[b'x'; 16 << 10]).await.is_ok() {}
                std::future::pending::<()>().await;
            };
            let asked = invocation();
            let mut hear = |_| {};
            let answer = tokio::select! {
                answer = ask(stream, &asked, b"", &mut hear) => answer,
                () = endless => unreachable!("it never ends"),
            };
            assert!(answer.unwrap_err().to_string().contains("another version"));
        });
    });
}
