//! Everything that can change the sandbox, as values: what is asked of the stand-ins, and how their knobs are turned.

use std::time::Duration;

use axum::body::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{boostcom, capillary, span, veris};

/// A request to one of the stand-ins.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    Token { client_id: Option<String>, client_secret: Option<String>, api_key: Option<String> },
    Push { authorization: Option<String>, content_type: Option<String>, body: Body },
    Boostcom(Box<BoostcomAsk>),
    Capillary(Box<CapillaryAsk>),
}

/// A request to Boostcom.
#[derive(Serialize, Deserialize)]
pub(super) struct BoostcomAsk {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) product: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Body,
}

/// A request to Capillary.
#[derive(Serialize, Deserialize)]
pub(super) struct CapillaryAsk {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) token: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Body,
}

/// The kind of a request that is about to be looked at: a fault may hold it, and is used up by that.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Hold {
    Veris(veris::Target),
    Boostcom(boostcom::Target),
    Capillary(capillary::Target),
}

/// A knob that is turned.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Turn {
    VerisSeed(Vec<Value>),
    VerisFaults(Vec<veris::Fault>),
    BoostcomSeed(Vec<Value>),
    BoostcomFaults(Vec<boostcom::Fault>),
    BoostcomWorkers(boostcom::Workers),
    BoostcomPermits(boostcom::Permits),
    CapillarySeed(Vec<Value>),
    CapillaryEdit { key: String, edit: capillary::Edit },
    CapillaryRemove(String),
    CapillaryScopes(Vec<capillary::Entity>),
    CapillaryRevoke,
    CapillaryHabits(capillary::Habits),
    CapillaryFaults(Vec<capillary::Fault>),
    Advance(#[serde(with = "span")] Duration),
    Reset,
}

/// What a request carries: written as text where it is text, and byte by byte where it is not.
pub(super) struct Body(pub(super) Bytes);

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(self.0.iter()),
        }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Bytes(Vec<u8>),
        }
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Text(text) => text.into(),
            Written::Bytes(bytes) => bytes.into(),
        }))
    }
}
