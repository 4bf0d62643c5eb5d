//! Over a real socket.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::*;

/// A daemon that says what it was asked, in the case that anybody asks properly.
struct Desk {
    folder: tempfile::TempDir,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// Arguments, the file, and who asked.
type Asked = (Vec<String>, Vec<u8>, Peer);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let heard = asked.clone();
        let handler: Arc<Handler> = Arc::new(move |invocation, file, peer, frames| {
            heard.lock().unwrap().push((invocation.arguments, file, peer));
            Box::pin(async move {
                frames.send(Frame::Out("said\n".to_owned())).unwrap();
                frames.send(Frame::Exit(3)).unwrap();
            })
        });
        tokio::spawn(serve(listen(&folder.path().join("socket")).unwrap(), handler));
        Self { folder, asked }
    }

    async fn stream(&self) -> UnixStream {
        connect(&self.folder.path().join("socket")).await.unwrap()
    }

    /// Everything that is answered to these bytes.
    async fn answer(&self, bytes: &[u8]) -> String {
        let mut stream = self.stream().await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

fn invocation(file: Option<u64>) -> Invocation {
    let arguments = vec!["import".to_owned(), "people".to_owned(), "there.csv".to_owned()];
    Invocation { config: "/etc/rosterd/rosterd.yaml".into(), arguments, by: "ada".to_owned(), file }
}

#[tokio::test]
async fn a_command_and_its_file_come_as_they_were_and_so_does_the_answer() {
    let desk = Desk::new();
    let mut heard = Vec::new();
    let invocation = invocation(Some(9));
    let stream = desk.stream().await;
    let last = ask(stream, &invocation, b"E1\nE2\n\xff\0\n", &mut |frame| heard.push(frame)).await.unwrap();
    assert_eq!((heard, last), (vec![Frame::Out("said\n".to_owned())], Frame::Exit(3)));
    let uid = nix::unistd::Uid::effective().as_raw();
    let asked = desk.asked.lock().unwrap();
    assert_eq!(*asked, [(invocation.arguments, b"E1\nE2\n\xff\0\n".to_vec(), Peer { uid })]);
}

#[tokio::test]
async fn what_is_no_command_is_answered_and_not_obeyed() {
    let desk = Desk::new();
    let head = |file| serde_json::to_string(&invocation(Some(file))).unwrap() + "\n";
    let endless = "x".repeat(usize::try_from(LINE).unwrap() + 1);
    for (bytes, said) in [
        ("\n", "this is no command"),
        ("{\"config\": 1}\n", "this is no command"),
        ("GET / HTTP/1.1\r\n\r\n", "this is no command"),
        (&endless, "this is no command"),
        (&(head(3) + "E1"), "the file broke off"),
        (&head(FILE + 1), "the file is larger than 64 MiB"),
        (&head(u64::MAX), "the file is larger than 64 MiB"),
    ] {
        let answer = desk.answer(bytes.as_bytes()).await;
        assert!(answer.contains(said) && answer.ends_with("{\"exit\":2}\n"), "{answer}");
    }
    assert!(desk.asked.lock().unwrap().is_empty());
    // And the next one is served.
    assert!(desk.answer(serde_json::to_string(&invocation(None)).unwrap().as_bytes()).await.contains("said"));
}

#[tokio::test]
async fn only_a_socket_is_taken_away_to_listen_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run").join("socket");
    drop(listen(&path).unwrap());
    drop(listen(&path).unwrap());
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "somebody's file").unwrap();
    assert_eq!(listen(&path).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody's file");
}

#[tokio::test]
async fn who_is_not_there_and_who_says_something_else_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    assert!(matches!(connect(&path).await, Err(ControlError::Nobody)));
    let listener = listen(&path).unwrap();
    let stream = connect(&path).await.unwrap();
    let (mut other, _) = listener.accept().await.unwrap();
    other.write_all(b"{\"whatever\": 1}\n").await.unwrap();
    let error = ask(stream, &invocation(None), b"", &mut |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("another version"), "{error}");
    let stream = connect(&path).await.unwrap();
    drop((listener.accept().await.unwrap(), listener));
    let error = ask(stream, &invocation(None), b"", &mut |_| {}).await.unwrap_err();
    assert!(matches!(error, ControlError::Broken(_)), "{error}");
    // Left by a daemon that was killed.
    assert!(path.exists() && matches!(connect(&path).await, Err(ControlError::Nobody)));
}
