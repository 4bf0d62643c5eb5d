//! A fault as JSON: one object with the effect's name as a key beside `target`, `times` and `skip`.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Effect, Fault, Target};

impl<T: Target> TryFrom<Map<String, Value>> for Fault<T> {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let target = take::<T>(&mut fields, "target")?;
        let times = take::<u64>(&mut fields, "times")?;
        let skip = take::<u64>(&mut fields, "skip")?.unwrap_or_default();
        let mut rest = fields.into_iter();
        let (Some((name, setting)), None) = (rest.next(), rest.next()) else {
            return Err("a fault names exactly one effect, beside target, times and skip".into());
        };
        let fault = Self { times, skip, ..Self::new(effect(&name, &setting)?) };
        if times == Some(0) {
            return Err("times: 0 would never fire".into());
        }
        let fault = match target {
            None => fault,
            Some(target) => fault.on(target),
        };
        if fault.fires() { Ok(fault) } else { Err("the effect makes no sense for this target".into()) }
    }
}

fn take<S: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<Option<S>, String> {
    let read = |value| serde_json::from_value(value).map_err(|error| format!("{name}: {error}"));
    fields.remove(name).map(read).transpose()
}

/// An effect without settings is switched on by `true`.
fn effect(name: &str, setting: &Value) -> Result<Effect, String> {
    let written = if *setting == true { json!(name) } else { json!({ name: setting }) };
    let effect = serde_json::from_value(written).map_err(|error| format!("{name}: {error}"))?;
    match effect {
        Effect::Status(code) if !(200..600).contains(&code) => Err(format!("status: {code} is none of 200 to 599")),
        Effect::Redirect(redirect) if !(300..400).contains(&redirect.status) => {
            Err(format!("redirect: {} is none of 300 to 399", redirect.status))
        }
        effect => Ok(effect),
    }
}

impl<T: Target> From<Fault<T>> for Map<String, Value> {
    fn from(fault: Fault<T>) -> Self {
        let Fault { effect, target, times, skip } = fault;
        let mut fields = match json!(effect) {
            Value::Object(fields) => fields,
            name => Self::from_iter([(name.as_str().unwrap_or_default().to_owned(), Value::Bool(true))]),
        };
        fields.insert("target".into(), json!(target));
        fields.extend(times.map(|times| ("times".into(), times.into())));
        if skip > 0 {
            fields.insert("skip".into(), skip.into());
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Late, Malformed, Redirect, Then, When};
    use super::*;
    use crate::sandbox::veris::{Fault, Target, ValidTill};

    fn read(value: Value) -> Result<Fault, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn every_effect_reads_and_writes_the_same() {
        let minute = Duration::from_mins(1);
        let effects = [
            (json!({"latency": "1m"}), Effect::Latency(minute)),
            (json!({"answer_latency": "1m"}), Effect::AnswerLatency(minute)),
            (json!({"slow_body": "1m"}), Effect::SlowBody(minute)),
            (json!({"status": 503}), Effect::Status(503)),
            (json!({"retry_after": 30}), Effect::RetryAfter(30)),
            (
                json!({"redirect": {"to": "/x", "status": 307}}),
                Effect::Redirect(Redirect { to: "/x".into(), status: 307 }),
            ),
            (json!({"cut": "before"}), Effect::Cut(When::Before)),
            (json!({"hang": "after"}), Effect::Hang(When::After)),
            (json!({"late": {"after": "1m", "then": "ok"}}), Effect::Late(Late { after: minute, then: Then::Ok })),
            (json!({"body": "not_json"}), Effect::Body(Malformed::NotJson)),
            (json!({"body": {"text": "x"}}), Effect::Body(Malformed::Text("x".into()))),
            (json!({"refuse": ["u1"]}), Effect::Refuse(vec!["u1".into()])),
            (json!({"refuse_all": true}), Effect::RefuseAll),
            (json!({"name_refused": true}), Effect::NameRefused),
            (json!({"batch_limit": 7}), Effect::BatchLimit(7)),
            (json!({"require": ["group"]}), Effect::Require(vec!["group".into()])),
        ];
        for (written, effect) in effects {
            let fault = read(written.clone()).unwrap();
            assert_eq!(fault, Fault::new(effect));
            let mut again = json!(fault);
            assert_eq!(again.as_object_mut().unwrap().remove("target").unwrap(), "members");
            assert_eq!(again, written);
        }
    }

    #[test]
    fn the_target_is_the_one_that_makes_sense() {
        assert_eq!(read(json!({"valid_till": "past"})).unwrap(), Fault::new(Effect::ValidTill(ValidTill::Past)));
        assert_eq!(json!(Fault::new(Effect::ValidTill(ValidTill::Past)))["target"], "token");
        let both = read(json!({"status": 500, "target": "both", "times": 2, "skip": 1})).unwrap();
        assert_eq!(both, Fault::new(Effect::Status(500)).on(Target::Both).times(2).skip(1));
        assert!(read(json!({"refuse_all": true, "target": "token"})).unwrap_err().contains("no sense"));
        assert!(read(json!({"valid_till": "past", "target": "members"})).unwrap_err().contains("no sense"));
        assert!(read(json!({"batch_limit": 5, "target": "both"})).is_ok(), "it has a meaning for some of both");
    }

    #[test]
    fn mistakes_are_refused_and_say_what_they_are() {
        let wrong = |value, part| {
            let message = read(value).unwrap_err();
            assert!(message.contains(part), "{message}");
        };
        wrong(json!({}), "exactly one effect");
        wrong(json!({"status": 500, "latency": "1s"}), "exactly one effect");
        wrong(json!({"statuss": 500}), "unknown variant `statuss`");
        wrong(json!({"status": 100}), "none of 200 to 599");
        wrong(json!({"redirect": {"to": "/", "status": 200}}), "none of 300 to 399");
        wrong(json!({"late": {"afterr": "1s"}}), "unknown field `afterr`");
        wrong(json!({"latency": "soon"}), "is no duration");
        wrong(json!({"status": 500, "times": 0}), "never fire");
        wrong(json!({"status": 500, "times": "two"}), "times:");
    }
}
