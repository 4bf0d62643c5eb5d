//! Answers in their documented shapes, field by field in the samples' order. The shape of errors is the sandbox's own.

use serde::Serialize;

use super::{Actor, Habits, Permission, Record, Scope, date};
use crate::sandbox::answer::Answer;

#[derive(Serialize)]
struct Success<T> {
    data: T,
    /// `null`, as in all samples.
    errors: (),
}

#[derive(Serialize)]
struct Failure<'a> {
    data: (),
    errors: [Flaw<'a>; 1],
}

#[derive(Serialize)]
struct Flaw<'a> {
    status: bool,
    code: u16,
    message: &'a str,
}

/// A client as it is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    id: u64,
    attribution: Attribution<'a>,
    name: &'a str,
    client_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    is_valid: bool,
    description: &'a str,
    expiration_token_time: i64,
    default_till_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<Given>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attribution<'a> {
    created_on: String,
    last_updated_on: String,
    last_updated_by: &'a Actor,
    created_by: &'a Actor,
}

/// A scope, whose resources nobody is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    permission: Permission,
    entity_id: i64,
}

impl<'a> Shown<'a> {
    /// As it is kept.
    fn new(record: &'a Record) -> Self {
        Self {
            id: record.id,
            attribution: Attribution {
                created_on: date::kept(record.created),
                last_updated_on: date::kept(record.updated),
                last_updated_by: &record.updated_by,
                created_by: &record.created_by,
            },
            name: &record.name,
            client_key: &record.key,
            client_secret: None,
            is_valid: record.is_valid,
            description: &record.description,
            expiration_token_time: record.expiration_token_time,
            default_till_id: record.default_till_id,
            scopes: None,
        }
    }

    fn with_scopes(self, record: &Record) -> Self {
        let given = |scope: &Scope| Given { permission: scope.permission, entity_id: scope.entity_id };
        Self { scopes: Some(record.scopes.iter().map(given).collect()), ..self }
    }

    /// Whose last change is this very request's.
    fn changed(mut self, record: &Record) -> Self {
        self.attribution.last_updated_on = date::fresh(record.updated);
        self
    }
}

/// Not by way of a JSON value, which would sort the fields.
pub(super) fn success(data: impl Serialize) -> Answer {
    Answer::new(200, serde_json::to_string(&Success { data, errors: () }).unwrap_or_default())
}

pub(super) fn created(record: &Record) -> Answer {
    let mut client = Shown::new(record).with_scopes(record).changed(record);
    client.attribution.created_on = date::fresh(record.created);
    success(Shown { client_secret: Some(&record.secret), ..client })
}

pub(super) fn updated(record: &Record) -> Answer {
    success(Shown::new(record).with_scopes(record).changed(record))
}

pub(super) fn deleted(record: &Record) -> Answer {
    success(Shown::new(record).changed(record))
}

pub(super) fn details(record: &Record) -> Answer {
    success(Shown::new(record).with_scopes(record))
}

pub(super) fn list<'a>(records: impl Iterator<Item = &'a Record>) -> Answer {
    success(records.map(Shown::new).collect::<Vec<_>>())
}

pub(super) fn error(status: u16, message: &str, habits: Habits) -> Answer {
    let told = if habits.errors_with_200 { 200 } else { status };
    Answer::new(told, failure(status, message))
}

/// The answer of a fault in this API's own shape, where it has a body at all.
pub(super) fn spoiled(answer: Answer) -> Answer {
    if answer.body.is_empty() {
        return answer;
    }
    Answer { body: failure(answer.status, "sandbox fault"), ..answer }
}

fn failure(code: u16, message: &str) -> String {
    let failure = Failure { data: (), errors: [Flaw { status: false, code, message }] };
    serde_json::to_string(&failure).unwrap_or_default()
}
