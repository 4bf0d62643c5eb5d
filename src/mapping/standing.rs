//! The directory's own rule: who is disabled, whose account expired.

use jiff::Timestamp;

use super::Cause;
use crate::directory::{Attributes, Entry, Slot, attribute};

/// The attribute that says whether an account is disabled.
pub(super) const CONTROL: &str = "userAccountControl";
/// The attribute that says when an account ends.
pub(super) const EXPIRES: &str = "accountExpires";

/// Where an account's state is among the attributes asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slots {
    control: Option<Slot>,
    expires: Option<Slot>,
}

/// An account's state; each part is an error when it is there but can't be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// `None` when the directory doesn't say.
    pub disabled: Option<Result<bool, Garbled>>,
    /// `None`: never.
    pub expires: Result<Option<Timestamp>, Garbled>,
}

/// A value that is not the number it ought to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Garbled;

/// What the directory's rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Active,
    Inactive(Cause),
    Unreadable(String),
}

impl Slots {
    pub(super) fn among(attributes: &Attributes) -> Self {
        Self { control: attributes.slot(CONTROL), expires: attributes.slot(EXPIRES) }
    }
}

impl Account {
    pub(super) fn read(entry: &Entry, slots: Slots) -> Self {
        let first = |slot: Option<Slot>| slot.and_then(|slot| entry.first(slot));
        Self {
            disabled: first(slots.control).map(|flags| attribute::account_disabled(flags).ok_or(Garbled)),
            expires: first(slots.expires).map_or(Ok(None), attribute::filetime).map_err(|attribute::NotATime| Garbled),
        }
    }

    /// Active Directory's rule. Lockout is not inactivity: it passes, and anybody can cause it by typing.
    pub(super) fn verdict(&self, now: Timestamp) -> Verdict {
        match (self.disabled, self.expires) {
            (None, _) => Verdict::Unreadable(format!("there is no `{CONTROL}`")),
            (Some(Err(Garbled)), _) => Verdict::Unreadable(format!("`{CONTROL}` is not a number")),
            (Some(Ok(true)), _) => Verdict::Inactive(Cause::Disabled),
            (Some(Ok(false)), Err(Garbled)) => Verdict::Unreadable(format!("`{EXPIRES}` is not a time")),
            (Some(Ok(false)), Ok(_)) if self.expired(now) => Verdict::Inactive(Cause::Expired),
            (Some(Ok(false)), Ok(_)) => Verdict::Active,
        }
    }

    pub(super) fn expired(&self, now: Timestamp) -> bool {
        matches!(self.expires, Ok(Some(end)) if end <= now)
    }

    /// The moment an account that is not expired yet will be.
    pub(super) fn will_expire(&self, now: Timestamp) -> Option<Timestamp> {
        self.expires.ok().flatten().filter(|&end| end > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::EntryBuilder;

    /// 2021-01-01T00:00:00Z
    const END: i64 = 132_539_328_000_000_000;

    fn verdict(control: Option<&str>, expires: Option<&str>, now: &str) -> Verdict {
        let mut attributes = Attributes::default();
        let (control_slot, expires_slot) = (attributes.add(CONTROL), attributes.add(EXPIRES));
        let mut entry = EntryBuilder::new("cn=a");
        for (slot, value) in [(control_slot, control), (expires_slot, expires)] {
            if let Some(value) = value {
                entry.push(slot, value.as_bytes());
            }
        }
        Account::read(&entry.build(), Slots::among(&attributes)).verdict(now.parse().unwrap())
    }

    #[test]
    fn every_state_of_an_account() {
        let (end, never, huge) = (END.to_string(), i64::MAX.to_string(), (i64::MAX - 1).to_string());
        let unreadable = |why: &str| Verdict::Unreadable(why.to_owned());
        let before = "2020-12-31T23:59:59Z";
        let at = "2021-01-01T00:00:00Z";
        for (control, expires, now, expected) in [
            (Some("512"), None, at, Verdict::Active),
            (Some("512"), Some("0"), at, Verdict::Active),
            (Some("512"), Some(&never[..]), at, Verdict::Active),
            (Some("512"), Some(&huge), at, Verdict::Active),
            (Some("512"), Some(&end), before, Verdict::Active),
            (Some("512"), Some(&end), at, Verdict::Inactive(Cause::Expired)),
            (Some("514"), None, at, Verdict::Inactive(Cause::Disabled)),
            (Some("514"), Some(&end), at, Verdict::Inactive(Cause::Disabled)),
            (Some("514"), Some("soon"), at, Verdict::Inactive(Cause::Disabled)),
            // A locked account, a password that expired.
            (Some("528"), None, at, Verdict::Active),
            (Some("8389120"), None, at, Verdict::Active),
            (Some("-2147483136"), None, at, Verdict::Active),
            (None, Some(&never), at, unreadable("there is no `userAccountControl`")),
            (Some("yes"), None, at, unreadable("`userAccountControl` is not a number")),
            (Some(""), None, at, unreadable("`userAccountControl` is not a number")),
            (Some("512"), Some("soon"), at, unreadable("`accountExpires` is not a time")),
            (Some("512"), Some("-1"), at, unreadable("`accountExpires` is not a time")),
        ] {
            assert_eq!(verdict(control, expires, now), expected, "{control:?} {expires:?} {now}");
        }
    }
}
