//! `limits` and `absence` of a sync.

use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::plan::{Absence, Limit, Limits, Policy};

/// The guard's limits; what is left out keeps its default.
pub(super) fn limits(setting: &Setting<'_>) -> Option<Limits> {
    let mut section = setting.section()?;
    let Limits { leave, back, join, change } = Limits::default();
    let limits = Limits {
        leave: limit(&mut section, "leave", leave),
        back: limit(&mut section, "return", back),
        join: limit(&mut section, "join", join),
        change: limit(&mut section, "change", change),
    };
    section.close();
    Some(limits)
}

fn limit(section: &mut Section<'_>, kind: &'static str, default: Limit) -> Limit {
    let Some(mut section) = section.get(kind).and_then(|setting| setting.section()) else { return default };
    let count = section.get("count").and_then(|count| count.number(0..=u32::MAX)).or(default.count);
    let percent = section.get("percent").and_then(|percent| percent.number(0..=100)).unwrap_or(default.percent);
    section.close();
    Limit { count, percent }
}

/// What absence means; what is left out keeps its default.
pub(super) fn absence(setting: &Setting<'_>) -> Option<Absence> {
    let mut section = setting.section()?;
    let default = Absence::default();
    let absence = Absence {
        grace: section.get("grace").and_then(|grace| grace.duration()).or(default.grace),
        settle: section.get("settle").and_then(|settle| settle.duration()).unwrap_or(default.settle),
        deleted: policy(&mut section, "deleted", default.deleted),
        gone: policy(&mut section, "gone", default.gone),
        moved: policy(&mut section, "moved", default.moved),
        filtered: policy(&mut section, "filtered", default.filtered),
        unreadable: policy(&mut section, "unreadable", default.unreadable),
    };
    section.close();
    Some(absence)
}

fn policy(section: &mut Section<'_>, reason: &'static str, default: Policy) -> Policy {
    let policies = [("leave", Policy::Leave), ("hold", Policy::Hold)];
    section.get(reason).and_then(|word| word.choice(&policies)).unwrap_or(default)
}
