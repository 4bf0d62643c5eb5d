//! Boostcom's no, in words.

use super::{Settings, wire};
use crate::destination::mask::Mask;
use crate::destination::refusal::answered;
use crate::destination::{Item, Refusal, Reply};

/// What a credential must be permitted (seed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permit {
    Create,
    Get,
}

impl Permit {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "BL:Api:Members:Imports:Create",
            Self::Get => "BL:Api:Members:Imports:Get",
        }
    }
}

/// What a reply says that is no success; the statuses of the seed and of the vendor's public docs with what to do.
pub(super) fn refusal(settings: &Settings, items: &[Item], reply: &Reply, permit: Permit) -> Refusal {
    let mask = mask(settings, items);
    let meaning = match reply.status {
        401 => "the credential is not accepted for this club and product: check `client_authorization`, \
                `loyalty_club` and `product_name`"
            .to_owned(),
        402 => "members imports are not enabled for this club: ask Boostcom".to_owned(),
        403 => format!("the credential lacks the permit {}: ask Boostcom", permit.name()),
        404 => "nothing is there: check `url` and `loyalty_club`".to_owned(),
        406 => "the request was not understood as JSON".to_owned(),
        422 => invalid(reply, &mask),
        470 => "a header was missing on arrival: does a proxy take some out?".to_owned(),
        471 => "a header is wrong: check `product_name` and `user_agent`".to_owned(),
        503 => "Boostcom is under maintenance".to_owned(),
        _ => return Refusal::of(reply, &mask),
    };
    Refusal::new(format!("{}: {meaning}", answered(reply.status)))
}

/// The seed's five reasons; all are made impossible beforehand.
fn invalid(reply: &Reply, mask: &Mask) -> String {
    let Ok(wire::Refused { error }) = serde_json::from_str(&reply.body) else {
        return mask.quote(&reply.body).unwrap_or_else(|| "no reason was given".to_owned());
    };
    let meaning = match error.as_str() {
        "duplicated_emails" => "two members of the request have one mail address",
        "duplicated_msisdns" => "two members of the request have one msisdn",
        "members_size_incorrect" => "too many members in the request",
        "members_empty" => "no member in the request",
        "missing_identifier" => "a member lacks an identifier that this club demands",
        _ => return mask.quote(&error).unwrap_or_else(|| "the reason can't be shown".to_owned()),
    };
    format!("{error} ({meaning})")
}

pub(super) fn mask(settings: &Settings, items: &[Item]) -> Mask {
    Mask::default().secret(&settings.client_authorization).members(items, &["first_name", "last_name"], &[])
}
