use super::*;

#[test]
fn answers_to_the_letter() {
    let mut veris = Veris::new(Options::default());
    let answer = veris.token(&GOOD, at(0));
    let till = at(15).as_second();
    let token = format!("sandbox-{}-1", at(0).as_millisecond());
    assert_eq!(answer.body, format!(r#"{{"Status":"Sucess","AccessToken":"{token}","ValidTill":{till}}}"#));
    assert_eq!((answer.status, answer.content_type), (200, "application/json"));
}

#[test]
fn each_request_gets_a_token_of_its_own_and_earlier_ones_stay_good() {
    let mut bench = Bench::new();
    let second: Value = serde_json::from_str(&bench.veris.token(&GOOD, at(0)).body).unwrap();
    let second = format!("bearer {}", second["AccessToken"].as_str().unwrap());
    assert_ne!(bench.authorization, second);
    assert_eq!(bench.push(&batch(1), 14).status, 200);
    bench.authorization = second;
    assert_eq!(bench.push(&batch(1), 14).status, 200);
}

#[test]
fn wrong_credentials_are_refused_and_count_when_the_client_is_known() {
    let mut veris = Veris::new(Options::default());
    for shown in [
        Credentials { client_secret: Some("no"), ..GOOD },
        Credentials { client_secret: None, ..GOOD },
        Credentials { api_key: Some("no"), ..GOOD },
        Credentials { api_key: None, ..GOOD },
    ] {
        assert_eq!(veris.token(&shown, at(0)), Answer::error(401, "invalid credentials"));
    }
    assert_eq!(veris.ledger(at(0)).used, 4);
    for client_id in [None, Some("stranger")] {
        assert_eq!(veris.token(&Credentials { client_id, ..GOOD }, at(0)).status, 401);
    }
    assert_eq!(veris.ledger(at(0)).used, 4);
    assert_eq!(veris.counts()[&Target::Token][&Outcome::Unauthorized], 6);
}

#[test]
fn the_151st_request_is_told_when_to_come_back_and_may_then() {
    let mut veris = Veris::new(Options::default());
    for _ in 0..150 {
        assert_eq!(veris.token(&GOOD, at(0)).status, 200);
    }
    let refused = veris.token(&GOOD, at(60));
    assert_eq!((refused.status, refused.retry_after), (429, Some(23 * 3600)));
    assert_eq!(veris.token(&GOOD, at(24 * 60)).status, 200);
    assert_eq!(veris.counts()[&Target::Token][&Outcome::OverQuota], 1);
}

#[test]
fn requests_that_meet_a_fault_count_too() {
    let mut veris = Veris::new(Options::default());
    veris.set_faults(vec![Fault::new(Effect::Status(500)).on(Target::Token)]);
    assert_eq!(veris.token(&GOOD, at(0)).status, 500);
    assert_eq!(veris.ledger(at(0)).used, 1);
}

#[test]
fn valid_till_is_written_as_asked() {
    let mut veris = Veris::new(Options::default());
    veris.set_faults(vec![
        Fault::new(Effect::ValidTill(ValidTill::DateTime)).times(1),
        Fault::new(Effect::ValidTill(ValidTill::Missing)).times(1),
    ]);
    let mut reply = || serde_json::from_str::<Value>(&veris.token(&GOOD, at(0)).body).unwrap();
    assert_eq!(reply()["ValidTill"], "2026-01-31 12:15:00");
    assert_eq!(reply().get("ValidTill"), None);
    assert_eq!(reply()["ValidTill"], at(15).as_second());
}
