//! Replies whose head is fine.

use super::*;

async fn status_and_body(bytes: impl Into<Vec<u8>>) -> (u16, String) {
    let reply = reply(transport().call(&get(answering(bytes).await)).await);
    (reply.status, reply.body)
}

#[tokio::test]
async fn whole_bodies() {
    for (bytes, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{“OK”}", "{“OK”}"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n", "one two"),
        ("HTTP/1.1 200 OK\r\n\r\nuntil closed", "until closed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
    ] {
        let (status, text) = status_and_body(bytes).await;
        assert!((200..300).contains(&status));
        assert_eq!(text, body, "{bytes}");
    }
}

#[tokio::test]
async fn what_is_not_utf8_is_still_an_answer() {
    let bytes = [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n".as_slice(), b"\xffOK\xe2"].concat();
    assert_eq!(status_and_body(bytes).await, (200, "\u{fffd}OK\u{fffd}".to_owned()));
}

#[tokio::test]
async fn a_success_that_breaks_off_leaves_doubt() {
    for bytes in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nContent-Le",
    ] {
        unanswered(transport().call(&get(answering(bytes).await)).await);
    }
}

#[tokio::test]
async fn a_refusal_that_breaks_off_is_a_refusal() {
    let bytes = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 10\r\n\r\nhalf";
    assert_eq!(status_and_body(bytes).await, (401, "half".to_owned()));
}

#[tokio::test]
async fn a_body_that_never_ends_in_time_leaves_doubt() {
    let url = server(|listener| async move {
        let mut stream = accept(&listener).await;
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await.unwrap();
        hang(stream).await;
    })
    .await;
    assert_eq!(unanswered(hasty().call(&get(url)).await), "timed out");
}

#[tokio::test]
async fn a_body_without_end_is_cut_and_the_status_counts() {
    let url = server(|listener| async move {
        let mut stream = accept(&listener).await;
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        // Ends when the client has had enough and closes.
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    let reply = reply(transport().call(&get(url)).await);
    assert_eq!((reply.status, reply.body.len()), (200, BODY_LIMIT));
}
