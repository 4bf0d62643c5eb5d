//! What is shown: rows for `status`, `runs`, `explain`, `plan`, and for pages.

mod changes;
mod kept;
mod latency;
mod ours;
mod plan;
mod runs;
mod status;
mod story;
mod under_way;
mod waiting;

pub use changes::ChangeRow;
pub use kept::{HeldRow, OddRow};
pub use latency::LatencyRow;
pub use ours::OursRow;
pub use runs::{CourseRow, RunRow};
pub use status::{FeedRow, RealmRow};
pub use story::{AccountRow, EventRow, PersonRow};
pub use under_way::{AtWorkRow, WaitRow};
pub use waiting::WaitingRow;
