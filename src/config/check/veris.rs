//! A destination of type `veris`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::flat::Flat;
use super::members::Members;
use super::url;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::destination::veris::{BATCH, FIELDS, LIFETIME, QUIET, QUOTA, Settings, Veris};
use crate::destination::{Destination, Quota};

/// What a sync must know of Veris members.
pub(super) const MEMBERS: Members = Members::Flat(Flat { called: "Veris", fields: FIELDS, identity: "unique_id" });

const GIVEN: &str = "Veris gives it out with the account";
const SECRETS: &str = "they stand under `client_id`, `client_secret` and `api_key`";

/// Reads the keys that are Veris' own.
pub(super) fn destination(section: &mut Section<'_>) -> Option<Arc<dyn Destination>> {
    let url = section.required("url", "such as https://acme.veris.in").and_then(|url| url::api(&url, SECRETS));
    let client_id = section.required("client_id", GIVEN);
    let client_id = client_id.and_then(|id| id.text()).map(str::to_owned);
    let client_secret = section.required("client_secret", "`client_secret: ${cred:veris-client-secret}`");
    let client_secret = client_secret.and_then(|secret| secret.secret(GIVEN));
    let api_key = section.required("api_key", "`api_key: ${cred:veris-api-key}`").and_then(|key| key.secret(GIVEN));
    let (quota, lifetime) = section.get("token").map_or_else(|| Some((QUOTA, LIFETIME)), |token| token_of(&token))?;
    let batch = section.get("batch").and_then(|batch| batch.number(1..=100_000));
    let quiet = section.get("quiet").and_then(|quiet| quiet.duration()).unwrap_or(QUIET);
    let settings = Settings {
        url: url?,
        client_id: client_id?,
        client_secret: client_secret?,
        api_key: api_key?,
        quota,
        lifetime,
        batch: batch.map_or(Some(BATCH), |batch| NonZeroUsize::new(usize::try_from(batch).ok()?))?,
        quiet,
    };
    Some(Arc::new(Veris::new(settings)))
}

fn token_of(setting: &Setting<'_>) -> Option<(Quota, Duration)> {
    let mut section = setting.section()?;
    let quota = section.get("quota").and_then(|count| count.number(1..=u32::MAX)).unwrap_or(QUOTA.quota);
    let per = section.get("per").and_then(|per| per.some_duration()).unwrap_or(QUOTA.per);
    let lifetime = section.get("lifetime").and_then(|lifetime| lifetime.some_duration()).unwrap_or(LIFETIME);
    let reserve = section.get("reserve");
    let kept = reserve.as_ref().and_then(|count| count.number(0..=u32::MAX)).unwrap_or(QUOTA.reserve);
    section.close();
    if kept >= quota {
        reserve.as_ref().unwrap_or(setting).fault(
            format!("{kept} of {quota} token requests would be kept for leavers, and none left for anybody else"),
            "`reserve` must be smaller than `quota`",
        );
    }
    Some((Quota { quota, per, reserve: kept }, lifetime))
}
