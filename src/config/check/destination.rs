//! `destinations`: what all of them share, and which protocol it is.

use std::time::Duration;

use super::members::Members;
use super::overlay::Overlays;
use super::{boostcom, capillary, http, veris};
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::config::{Http, Target};

const TIMEOUT: Duration = Duration::from_secs(30);

/// A destination, and what a sync must know of its members, even where something else is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub target: Option<Target>,
    pub members: Option<Members>,
}

#[derive(Clone, Copy)]
enum Protocol {
    Veris,
    Boostcom,
    Capillary,
}

/// A destination; and what its syncs say of those who leave and return.
pub(super) fn target(setting: &Setting<'_>, overlays: Option<&Overlays>) -> Checked {
    let Some(mut section) = setting.section() else { return Checked::default() };
    let Some(kind) = section.get("type") else {
        section.lacks("type", "such as `type: veris`");
        return Checked::default();
    };
    match protocol(&kind) {
        Some(Protocol::Veris) => {
            let http = http(&mut section);
            let destination = veris::destination(&mut section);
            section.close();
            let target = destination.map(|destination| Target { destination, http });
            Checked { target, members: Some(veris::MEMBERS) }
        }
        Some(Protocol::Boostcom) => {
            let http = http(&mut section);
            let (destination, members) = boostcom::destination(&mut section, overlays);
            section.close();
            let target = destination.map(|destination| Target { destination, http });
            Checked { target, members }
        }
        Some(Protocol::Capillary) => {
            let http = http(&mut section);
            let destination = capillary::destination(&mut section);
            section.close();
            let target = destination.map(|destination| Target { destination, http });
            Checked { target, members: Some(Members::Capillary) }
        }
        None => Checked::default(),
    }
}

fn protocol(kind: &Setting<'_>) -> Option<Protocol> {
    kind.choice(&[("veris", Protocol::Veris), ("boostcom", Protocol::Boostcom), ("capillary", Protocol::Capillary)])
}

fn http(section: &mut Section<'_>) -> Http {
    let http = http::http(section, TIMEOUT);
    let timeout = section.get("timeout").and_then(|timeout| timeout.some_duration());
    Http { timeout: timeout.unwrap_or(TIMEOUT), ..http }
}
