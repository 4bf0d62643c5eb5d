//! Against scripted servers on the loopback: each plays one way of going wrong.

use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

mod bodies;
mod calls;
mod tls;

/// Long enough for anything on the loopback, and the bound of every wait here.
const PATIENCE: Duration = Duration::from_secs(20);
/// For what is meant to time out.
const HASTE: Duration = Duration::from_millis(300);

fn http(timeout: Duration) -> Http {
    Http { proxy: None, ca: None, timeout }
}

fn transport() -> Transport {
    Transport::new(&http(PATIENCE)).unwrap()
}

fn hasty() -> Transport {
    Transport::new(&http(HASTE)).unwrap()
}

fn get(url: impl Into<String>) -> Request {
    Request { method: Method::Get, url: url.into(), headers: Vec::new(), body: None }
}

/// A server that plays a script; its URL.
async fn server<F, Script>(script: F) -> String
where
    F: FnOnce(TcpListener) -> Script,
    Script: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(script(listener));
    url
}

/// A server that reads one request, writes these bytes and closes.
async fn answering(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    server(|listener| async move {
        let mut stream = accept(&listener).await;
        read_request(&mut stream).await;
        // The client may have had enough already.
        let _ = stream.write_all(&bytes).await;
    })
    .await
}

async fn accept(listener: &TcpListener) -> TcpStream {
    listener.accept().await.unwrap().0
}

/// Head and body of a request, as text.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text.into_owned();
            }
        }
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            return String::from_utf8_lossy(&request).into_owned();
        }
    }
}

/// Waits until the client has closed.
async fn hang(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
}

fn reply(answer: Answer) -> Reply {
    match answer {
        Answer::Reply(reply) => reply,
        other => panic!("{other:?}"),
    }
}

fn unsent(answer: Answer) -> String {
    match answer {
        Answer::Unsent(why) => why,
        other => panic!("{other:?}"),
    }
}

fn unanswered(answer: Answer) -> String {
    match answer {
        Answer::Unanswered(why) => why,
        other => panic!("{other:?}"),
    }
}
