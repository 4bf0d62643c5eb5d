//! `GET …/imports/:import_id` and `GET …/imports/:import_id/bulks/:bulk_id`

use serde::Serialize;
use serde_json::{Map, Value};

use super::bulk::{Bulk, Status};
use super::{About, Boostcom, Outcome, Refusal, Spelling, Target, Verdict};
use crate::sandbox::answer::Answer;

/// As documented, in both spellings.
#[derive(Serialize)]
struct ImportReply {
    #[serde(skip_serializing_if = "Option::is_none")]
    members_in_payloads_number: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members_in_payload_number: Option<usize>,
    members_created_number: usize,
    members_updated_number: usize,
    members_with_validation_errors_number: usize,
    created_at: String,
    bulks: Vec<Reference>,
}

/// A bulk in an import's status.
#[derive(Serialize)]
struct Reference {
    id: u64,
    request_number: Option<i64>,
    status: Status,
}

/// As documented.
#[derive(Serialize)]
struct BulkReply<'a> {
    id: u64,
    import_id: &'a str,
    request_number: Option<i64>,
    only_create: bool,
    status: Status,
    members_in_payload_number: usize,
    members_created_number: usize,
    members_updated_number: usize,
    members_with_validation_errors_number: usize,
    retries: u32,
    members_errors: &'a Map<String, Value>,
    created_at: String,
}

impl ImportReply {
    fn new(bulks: &[&Bulk], first: &Bulk, spelling: Spelling) -> Self {
        let sum = |number: fn(&Bulk) -> usize| bulks.iter().map(|bulk| number(bulk)).sum();
        let size = Some(sum(|bulk| bulk.size));
        let (sample, table) = match spelling {
            Spelling::Sample => (size, None),
            Spelling::Table => (None, size),
        };
        let refer = |bulk: &&Bulk| Reference { id: bulk.id, request_number: bulk.request_number, status: bulk.status };
        Self {
            members_in_payloads_number: sample,
            members_in_payload_number: table,
            members_created_number: sum(|bulk| bulk.created),
            members_updated_number: sum(|bulk| bulk.updated),
            members_with_validation_errors_number: sum(|bulk| bulk.invalid),
            created_at: format!("{:.3}", first.created_at),
            bulks: bulks.iter().map(refer).collect(),
        }
    }
}

impl<'a> BulkReply<'a> {
    fn new(bulk: &'a Bulk) -> Self {
        Self {
            id: bulk.id,
            import_id: &bulk.import_id,
            request_number: bulk.request_number,
            only_create: bulk.only_create,
            status: bulk.status,
            members_in_payload_number: bulk.size,
            members_created_number: bulk.created,
            members_updated_number: bulk.updated,
            members_with_validation_errors_number: bulk.invalid,
            retries: bulk.retries,
            members_errors: &bulk.errors,
            created_at: format!("{:.3}", bulk.created_at),
        }
    }
}

impl Boostcom {
    pub(super) fn import_status(&mut self, import_id: &str) -> Result<Verdict, Refusal> {
        let bulks = self.of_import(import_id);
        let first = bulks.first().ok_or_else(|| unknown("no such import", import_id))?;
        let reply = written(&ImportReply::new(&bulks, first, self.options.spelling));
        Ok(self.tell(Target::ImportStatus, import_id, reply))
    }

    pub(super) fn bulk_status(&mut self, import_id: &str, bulk_id: &str) -> Result<Verdict, Refusal> {
        let found = self.of_import(import_id).into_iter().find(|bulk| bulk.id.to_string() == bulk_id);
        let reply = written(&BulkReply::new(found.ok_or_else(|| unknown("no such bulk", import_id))?));
        Ok(self.tell(Target::BulkStatus, import_id, reply))
    }

    fn of_import(&self, import_id: &str) -> Vec<&Bulk> {
        self.bulks.iter().filter(|bulk| bulk.import_id == import_id).collect()
    }

    fn tell(&mut self, target: Target, import_id: &str, reply: String) -> Verdict {
        let fate = self.faults.fate(target);
        let answer = self.faults.dress(target, Answer::new(200, reply), fate);
        Verdict { outcome: Outcome::Told, answer, about: about(import_id), reason: None }
    }
}

/// Not by way of a JSON value, which would sort the fields.
fn written(reply: &impl Serialize) -> String {
    serde_json::to_string(reply).unwrap_or_default()
}

fn unknown(reason: &str, import_id: &str) -> Refusal {
    Refusal::new(Outcome::NotFound, 404, reason).about(about(import_id))
}

fn about(import_id: &str) -> About {
    About { import_id: Some(import_id.into()), ..About::default() }
}
