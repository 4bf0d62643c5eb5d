//! `ValidTill` in every spelling a client may meet: the documentation gives none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How `ValidTill` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidTill {
    /// A number: seconds since 1970.
    #[default]
    EpochSeconds,
    /// A number: milliseconds since 1970.
    EpochMillis,
    /// The seconds, in a string.
    EpochText,
    /// `2026-01-31T12:00:00Z`
    Rfc3339,
    /// `Sat, 31 Jan 2026 12:00:00 +0000`
    Rfc2822,
    /// `2026-01-31 12:00:00`, in UTC without saying so.
    DateTime,
    /// Nothing that can be read.
    Garbage,
    /// `null`.
    Null,
    /// Not there at all.
    Missing,
    /// 1970, although the token is good.
    Past,
}

impl ValidTill {
    /// `None`: the key is left out.
    pub(super) fn write(self, till: Timestamp) -> Option<Value> {
        Some(match self {
            Self::EpochSeconds => till.as_second().into(),
            Self::EpochMillis => till.as_millisecond().into(),
            Self::EpochText => till.as_second().to_string().into(),
            Self::Rfc3339 => till.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
            Self::Rfc2822 => till.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string().into(),
            Self::DateTime => till.strftime("%Y-%m-%d %H:%M:%S").to_string().into(),
            Self::Garbage => "soon".into(),
            Self::Null => Value::Null,
            Self::Missing => return None,
            Self::Past => 0.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling() {
        let till: Timestamp = "2026-01-31T12:00:00.75Z".parse().unwrap();
        let written = |format: ValidTill| format.write(till).unwrap();
        assert_eq!(written(ValidTill::default()), 1_769_860_800);
        assert_eq!(written(ValidTill::EpochMillis), 1_769_860_800_750_i64);
        assert_eq!(written(ValidTill::EpochText), "1769860800");
        assert_eq!(written(ValidTill::Rfc3339), "2026-01-31T12:00:00Z");
        assert_eq!(written(ValidTill::Rfc2822), "Sat, 31 Jan 2026 12:00:00 +0000");
        assert_eq!(written(ValidTill::DateTime), "2026-01-31 12:00:00");
        assert_eq!(written(ValidTill::Garbage), "soon");
        assert_eq!(written(ValidTill::Null), Value::Null);
        assert_eq!(written(ValidTill::Past), 0);
        assert_eq!(ValidTill::Missing.write(till), None);
    }
}
