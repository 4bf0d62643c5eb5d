//! What a reading of everybody shows, in findings.

use super::coverage::{Coverage, EXAMPLES};
use crate::report::Findings;

/// A share of people who can't be judged above which a run fails: one in this many.
const UNREADABLE_SHARE: u64 = 100;

/// Asked of every directory whose kind the config does not tell: some have no such attribute, or nobody with one.
pub(super) const ASKED_OF_ANY: [&str; 4] = ["objectGUID", "entryUUID", "userAccountControl", "accountExpires"];

impl Coverage<'_> {
    /// Says it all.
    pub(super) fn tell(&self, findings: &mut Findings) {
        self.tell_probes(findings);
        if self.people + self.keyless == 0 {
            return;
        }
        self.tell_people(findings);
        self.tell_fields(findings);
        self.tell_absent(findings);
        self.tell_shared(findings);
    }

    fn tell_probes(&self, findings: &mut Findings) {
        let name = &self.sync.name;
        let Some(missing) = &self.probes_missing else { return };
        for filter in missing {
            findings.failed(name, format!("`require` finds nobody for {filter}: no run would be believed"));
        }
        if missing.is_empty() {
            findings.ok(name, "`require` finds everybody it names");
        }
    }

    fn tell_people(&self, findings: &mut Findings) {
        let (name, people) = (&self.sync.name, self.people);
        let unreadable: u64 = self.unreadable.values().map(|people| people.count).sum();
        let off = people - self.active - self.skipped - unreadable;
        let said = format!("{people} people: {} active, {off} not active, {} skipped", self.active, self.skipped);
        findings.ok(name, said);
        for (why, who) in &self.unreadable {
            let said = format!(
                "{} of {people} can't be judged, {why} ({who}): check the rights of the bind account",
                who.count
            );
            if unreadable * UNREADABLE_SHARE > people {
                findings.failed(name, format!("{said}; a run would fail"));
            } else {
                findings.warning(name, format!("{said}; they are kept as they are"));
            }
        }
        if self.keyless > 0 {
            let (n, why) = (self.keyless, &self.keyless_why);
            let said = format!("{n} of {} entries have no usable key ({why})", n + people);
            match people {
                0 => findings.failed(name, format!("{said}: nobody would be synced; check the sync's `key`")),
                _ => findings.warning(
                    name,
                    format!("{said}: they are not synced, and while they are there nobody counts as absent"),
                ),
            }
        }
    }

    fn tell_fields(&self, findings: &mut Findings) {
        let (name, active) = (&self.sync.name, self.active);
        for (field, (lacking, invalid)) in &self.fields {
            let said = format!("{lacking} of {active} people have no {field}");
            match invalid.count {
                0 => findings.ok(name, said),
                n => findings.warning(name, format!("{said}: {n} would be invalid ({invalid})")),
            }
        }
        if self.fields.is_empty() && active > 0 {
            findings.ok(name, format!("every mapped field is filled for all {active}"));
        }
        for (reason, who) in &self.invalid {
            findings.warning(name, format!("{} would be invalid: {reason} ({who})", who.count));
        }
    }

    /// An attribute that may not be read looks like one that is empty: a rule that counts on it would be wrong of all.
    fn tell_absent(&self, findings: &mut Findings) {
        let own = |name: &&str| !ASKED_OF_ANY.iter().any(|asked| asked.eq_ignore_ascii_case(name));
        for absent in self.absent().into_iter().filter(own) {
            let said = format!("nobody has `{absent}`: it is empty for all, or the bind account may not read it");
            findings.warning(&self.sync.name, said);
        }
    }

    fn tell_shared(&self, findings: &mut Findings) {
        let name = &self.sync.name;
        if self.shared.count > 0 {
            let said = format!("keys of several entries: {} ({})", self.shared.count, self.shared);
            findings.warning(name, format!("{said}: nothing is changed for them; check the sync's `key`"));
        }
        for (field, twins) in &self.twins {
            let means = if field == self.sync.identity {
                "nothing is changed there"
            } else {
                "whoever has it at the target keeps it, and nothing is sent of the others"
            };
            for people in twins.values().take(EXAMPLES) {
                findings.warning(name, format!("{} people have the same {field}: {means} ({people})", people.count));
            }
            if twins.len() > EXAMPLES {
                findings.warning(name, format!("{} more such cases of the same {field}", twins.len() - EXAMPLES));
            }
        }
    }
}
