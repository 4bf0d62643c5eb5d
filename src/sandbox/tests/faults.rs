use super::*;

#[tokio::test]
async fn statuses_and_what_comes_with_them() {
    let bench = Bench::new().await;
    for status in [401, 403, 500, 503] {
        assert_eq!(bench.pushed([Fault::new(Effect::Status(status))]).await.unwrap().status(), status);
    }
    let reply = bench.pushed([Fault::new(Effect::RetryAfter(30)).times(1)]).await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.headers()["retry-after"].to_str().unwrap()), (429, "30"));
    let elsewhere = Effect::Redirect(Redirect { to: "http://localhost/x".into(), status: 302 });
    let reply = bench.pushed([Fault::new(elsewhere)]).await.unwrap();
    let location = reply.headers()["location"].to_str().unwrap();
    assert_eq!((reply.status().as_u16(), location), (302, "http://localhost/x"));
    assert!(bench.sandbox.members().is_empty());
    assert_eq!(bench.outcomes(Target::Members), BTreeMap::from([(Outcome::Fault, 6)]));
}

#[tokio::test]
async fn a_fault_of_token_requests_leaves_pushes_alone_and_both_means_both() {
    let bench = Bench::new().await;
    assert_eq!(bench.pushed([Fault::new(Effect::Status(500)).on(Target::Token)]).await.unwrap().status(), 200);
    assert_eq!(bench.ask().send().await.unwrap().status(), 500);
    bench.sandbox.faults([]);
    assert_eq!(bench.pushed([Fault::new(Effect::Status(502)).on(Target::Both)]).await.unwrap().status(), 502);
    assert_eq!(bench.ask().send().await.unwrap().status(), 502);
}

#[tokio::test]
async fn a_token_request_can_be_cut_and_still_counts() {
    let bench = Bench::new().await;
    bench.sandbox.faults([Fault::new(Effect::Cut(When::After)).on(Target::Token).times(1)]);
    assert!(bench.ask().send().await.is_err());
    assert_eq!(bench.sandbox.ledger().used, 1);
    assert_eq!(bench.outcomes(Target::Token), BTreeMap::from([(Outcome::Issued, 1)]));
    assert_eq!(bench.ask().send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn latency_comes_before_taking_effect_and_answer_latency_after() {
    for (effect, members) in [(Effect::Latency(FOREVER), 0), (Effect::AnswerLatency(FOREVER), 2)] {
        let bench = Bench::new().await;
        let token = bench.token().await;
        bench.sandbox.faults([Fault::new(effect).times(1)]);
        let mut held = tokio::spawn(bench.push(&token, &batch(2)).send());
        until(|| bench.sandbox.faults_on().is_empty()).await;
        assert!(timeout(BRIEF, &mut held).await.is_err());
        assert_eq!(bench.sandbox.members().len(), members);
    }
    let bench = Bench::new().await;
    let before = std::time::Instant::now();
    let faults = [Fault::new(Effect::Latency(BRIEF)), Fault::new(Effect::AnswerLatency(BRIEF))];
    assert_eq!(bench.pushed(faults).await.unwrap().status(), 200);
    assert!(before.elapsed() >= BRIEF * 2);
}

#[tokio::test]
async fn who_gives_up_during_latency_has_changed_nothing() {
    let bench = Bench::new().await;
    let token = bench.token().await;
    bench.sandbox.faults([Fault::new(Effect::Latency(BRIEF * 4)).times(1)]);
    let held = tokio::spawn(bench.push(&token, &batch(2)).send());
    until(|| bench.sandbox.faults_on().is_empty()).await;
    held.abort();
    // Longer than the one given up, so that its time is over.
    bench.sandbox.faults([Fault::new(Effect::Latency(BRIEF * 6)).times(1)]);
    assert_eq!(bench.push(&token, &json!([member("later")])).send().await.unwrap().status(), 200);
    assert_eq!(bench.sandbox.members().into_keys().collect::<Vec<_>>(), ["later"]);
}

#[tokio::test]
async fn a_slow_body_starts_at_once() {
    let bench = Bench::new().await;
    let reply = bench.pushed([Fault::new(Effect::SlowBody(FOREVER)).times(1)]).await.unwrap();
    assert_eq!(reply.status(), 200);
    assert!(timeout(BRIEF, reply.bytes()).await.is_err());
    let reply = bench.pushed([Fault::new(Effect::SlowBody(BRIEF)).times(1)]).await.unwrap();
    assert_eq!(reply.text().await.unwrap(), "{“OK”}");
}

#[tokio::test]
async fn a_huge_body_is_huge() {
    let bench = Bench::new().await;
    let mut reply = bench.pushed([Fault::new(Effect::Body(Malformed::Huge)).times(1)]).await.unwrap();
    let mut length = 0;
    while let Some(chunk) = timeout(PATIENCE, reply.chunk()).await.unwrap().unwrap() {
        length += chunk.len();
    }
    assert_eq!(length, 64 * 1024 * 1024);
}

#[tokio::test]
async fn late_batches_wait_for_the_sandboxes_clock() {
    let bench = Bench::new().await;
    let late = |then| Fault::new(Effect::Late(Late { after: FOREVER, then })).times(1);
    assert_eq!(bench.pushed([late(Then::GatewayTimeout)]).await.unwrap().status(), 504);
    assert!(bench.sandbox.members().is_empty());
    bench.sandbox.advance(FOREVER);
    assert_eq!(bench.sandbox.members().len(), 2);
    assert!(!bench.pushed([late(Then::Cut)]).await.unwrap_err().is_timeout());
    let reply = bench.pushed([late(Then::Ok)]).await.unwrap();
    assert_eq!(reply.text().await.unwrap(), "{“OK”}");
    assert_eq!(bench.outcomes(Target::Members), BTreeMap::from([(Outcome::AppliedLate, 3)]));
    assert_eq!(bench.sandbox.member("u000").unwrap().pushes, 1);
}
