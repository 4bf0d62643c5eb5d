use super::*;

#[tokio::test]
async fn the_documented_dialogue_to_the_letter() {
    let bench = Bench::new().await;
    let reply = bench.ask().send().await.unwrap();
    assert_eq!(
        (reply.status(), &reply.headers()["content-type"]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    let text = reply.text().await.unwrap();
    assert!(text.starts_with(r#"{"Status":"Sucess","AccessToken":"sandbox-"#), "{text}");
    let token = serde_json::from_str::<Value>(&text).unwrap()["AccessToken"].as_str().unwrap().to_owned();
    let reply = bench.push(&token, &batch(2)).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.text().await.unwrap(), "{“OK”}");
    assert_eq!(bench.sandbox.members().into_keys().collect::<Vec<_>>(), ["u000", "u001"]);
}

#[tokio::test]
async fn credentials_come_in_headers_with_underscores() {
    let bench = Bench::new().await;
    let reply = bench.get("/access-token").header("client-id", "sandbox").header("x-api-key", "sandbox-key").send();
    let reply = reply.await.unwrap();
    assert_eq!(reply.status(), 401);
    assert_eq!(reply.json::<Value>().await.unwrap(), json!({"error": "invalid credentials"}));
    assert_eq!(bench.sandbox.ledger().used, 0);
}

#[tokio::test]
async fn the_quota_is_told_in_retry_after() {
    let bench = Bench::new().await;
    for _ in 0..150 {
        assert_eq!(bench.ask().send().await.unwrap().status(), 200);
    }
    let reply = bench.ask().send().await.unwrap();
    assert_eq!(reply.status(), 429);
    let seconds: u64 = reply.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
    assert_eq!(bench.sandbox.ledger().remaining, 0);
    bench.sandbox.advance(Duration::from_secs(seconds));
    assert_eq!(bench.ask().send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_token_ends_with_the_sandboxes_clock_and_so_does_the_date() {
    let bench = Bench::new().await;
    let token = bench.token().await;
    bench.sandbox.advance(Duration::from_mins(15));
    let reply = bench.push(&token, &batch(1)).send().await.unwrap();
    assert_eq!(reply.status(), 401);
    let date = reply.headers()["date"].to_str().unwrap();
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(date.replace("GMT", "+0000")).unwrap().timestamp();
    assert!(bench.sandbox.now().duration_since(date).as_secs() <= 20);
    assert!(date.duration_since(jiff::Timestamp::now()).as_secs() > 14 * 60);
}

#[tokio::test]
async fn whats_wrong_with_a_push_is_told_by_its_status() {
    let bench = Bench::new().await;
    let token = bench.token().await;
    let status = async |request: RequestBuilder| request.send().await.unwrap().status().as_u16();
    assert_eq!(status(bench.client.post(bench.url("/members")).json(&batch(1))).await, 401);
    assert_eq!(status(bench.push(&token, &batch(1)).body("[")).await, 400);
    assert_eq!(status(bench.push(&token, &member("u1"))).await, 400);
    assert_eq!(status(bench.push(&token, &batch(501))).await, 413);
    assert_eq!(status(bench.push(&token, &json!([{}]))).await, 422);
    assert_eq!(status(bench.get("/members")).await, 405);
    assert_eq!(status(bench.get("/elsewhere")).await, 404);
    assert!(bench.sandbox.members().is_empty());
    let counted = [Outcome::Unauthorized, Outcome::Unreadable, Outcome::OverLimit, Outcome::Refused];
    assert_eq!(bench.outcomes(Target::Members), counted.into_iter().zip([1, 2, 1, 1]).collect());
}

#[tokio::test]
async fn a_large_first_sync_goes_through() {
    let bench = Bench::new().await;
    let token = bench.token().await;
    for part in 0..10 {
        let members: Value = (0..500).map(|number| member(&format!("{part}-{number}"))).collect();
        assert_eq!(bench.push(&token, &members).send().await.unwrap().status(), 200);
    }
    assert_eq!(bench.sandbox.members().len(), 5000);
    assert_eq!(bench.sandbox.receipts().len(), 10);
}
