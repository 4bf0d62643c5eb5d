//! What is shown: rows for `status`, `runs`, `explain`, `plan`.

mod kept;
mod plan;
mod runs;
mod status;
mod story;

pub use kept::{HeldRow, OddRow};
pub use runs::RunRow;
pub use status::{FeedRow, RealmRow};
pub use story::{AccountRow, EventRow, PersonRow};
