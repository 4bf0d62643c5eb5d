//! A destination of type `boostcom`.

pub(super) mod fields;
pub(super) mod overlay;

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::members::Members;
use super::overlay::Overlays;
use super::url;
use crate::config::fault::Fault;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::destination::Destination;
use crate::destination::boostcom::{BATCH, Boostcom, Identifier, QUIET, Settings};

const GIVEN: &str = "Boostcom gives it out";
const SECRET: &str = "it stands under `client_authorization`";

/// Reads the keys that are Boostcom's own; members are known by one of two identifiers, once it is known by which.
pub(super) fn destination(
    section: &mut Section<'_>,
    overlays: Option<&Overlays>,
) -> (Option<Arc<dyn Destination>>, Option<Members>) {
    let identity = section.get("identity").map_or(Some(Identifier::Email), |identity| identifier(&identity));
    let settings = settings(section, identity, overlays.cloned().unwrap_or_default());
    let destination = settings.map(|settings| -> Arc<dyn Destination> { Arc::new(Boostcom::new(settings)) });
    (destination, identity.map(Members::Boostcom))
}

fn identifier(setting: &Setting<'_>) -> Option<Identifier> {
    setting.choice(&Identifier::ALL.map(|identifier| (identifier.field(), identifier)))
}

fn settings(section: &mut Section<'_>, identity: Option<Identifier>, overlays: Overlays) -> Option<Settings> {
    let url = section.required("url", "such as https://bpc-api.boostcom.no").and_then(|url| url::api(&url, SECRET));
    let loyalty_club = section.required("loyalty_club", "the club's name in Boostcom's URLs, such as infinity-mall");
    let loyalty_club = loyalty_club.and_then(|club| slug(&club));
    let authorization = section.required("client_authorization", "`client_authorization: ${cred:boostcom-token}`");
    let authorization = authorization.and_then(|secret| secret.secret(GIVEN));
    let product_name = section.required("product_name", GIVEN).and_then(|name| header(&name));
    let user_agent = section.required("user_agent", "who is calling, for Boostcom's logs: a name of your choice");
    let user_agent = user_agent.and_then(|name| header(&name));
    let only_create = section.get("only_create").is_some_and(|only_create| creates_only(&only_create));
    let batch = section.get("batch").and_then(|batch| batch.number(1..=u32::try_from(BATCH.get()).unwrap_or(1)));
    let quiet = section.get("quiet").and_then(|quiet| quiet.duration()).unwrap_or(QUIET);
    Some(Settings {
        url: url?,
        loyalty_club: loyalty_club?,
        client_authorization: authorization?,
        product_name: product_name?,
        user_agent: user_agent?,
        identity: identity?,
        only_create,
        on_leave: overlays.on_leave,
        on_return: overlays.on_return,
        batch: batch.map_or(Some(BATCH), |batch| NonZeroUsize::new(usize::try_from(batch).ok()?))?,
        quiet,
    })
}

/// What stands in a path as it is.
fn slug(setting: &Setting<'_>) -> Option<String> {
    let text = setting.text()?;
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        let help = "it is made of letters, digits, `-` and `_`: what follows `loyalty_clubs/` in Boostcom's URLs";
        setting.fault(format!("`{}` cannot be the name of a loyalty club", setting.written()), help);
        return None;
    }
    Some(text.to_owned())
}

/// What can be sent in a header.
fn header(setting: &Setting<'_>) -> Option<String> {
    let text = setting.text()?;
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let message = format!("`{}` is sent in a header, which can't carry all of its characters", setting.name);
        setting.fault(message, "use plain letters without accents, digits, spaces and punctuation");
        return None;
    }
    Some(text.trim().to_owned())
}

fn creates_only(setting: &Setting<'_>) -> bool {
    let only_create = setting.flag().unwrap_or_default();
    if only_create {
        let message = "whoever joins and is a member of the club already stays as they are there";
        let help = "only joins are sent with `only_create`: what changes later, and leaving, is sent without it";
        setting.report.warn(Fault::at(setting.key_at.clone(), message).help(help));
    }
    only_create
}
