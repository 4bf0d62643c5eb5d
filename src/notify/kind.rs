//! What can be wrong.

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A sync's last run failed, or a directory of its refuses the service account.
    Failed,
    /// Changes of a sync wait for approval.
    Held,
    /// A sync's target refuses members.
    Refused,
    /// A destination refuses the credentials, or everybody.
    Rejecting,
    /// Less than a tenth of a destination's token quota is left.
    QuotaLow,
    /// Somebody of a sync who left is still active at the target after an hour.
    LeaverOverdue,
    /// The config file is not used.
    ConfigRefused,
}

impl Kind {
    /// Them all, by name.
    pub const ALL: [(&'static str, Self); 7] = [
        ("failed", Self::Failed),
        ("held", Self::Held),
        ("refused", Self::Refused),
        ("rejecting", Self::Rejecting),
        ("quota_low", Self::QuotaLow),
        ("leaver_overdue", Self::LeaverOverdue),
        ("config_refused", Self::ConfigRefused),
    ];

    /// As the config, the store and messages call it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// By that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// What is said once it is over.
    pub(super) fn over(self) -> &'static str {
        match self {
            Self::Failed => "its runs do not fail any more",
            Self::Held => "nothing waits for approval any more",
            Self::Refused => "the target refuses no member any more",
            Self::Rejecting => "it refuses neither the credentials nor everybody any more",
            Self::QuotaLow => "there are tokens enough again",
            Self::LeaverOverdue => "no leave is overdue any more",
            Self::ConfigRefused => "the file is in force again",
        }
    }
}
