//! What is shown, as values ([`Status`], [`Ran`], [`Story`], [`Planned`], [`Findings`], [`Client`]), as [`text`] and as
//! pages ([`page`]): shared by the command line, the control socket and the daemon's pages.

mod clients;
mod findings;
mod granted;
mod link;
pub mod metrics;
mod moment;
pub mod page;
mod planned;
mod ran;
mod sight;
mod span;
mod status;
pub mod story;
mod summary;
pub mod text;

pub use clients::Client;
pub use findings::{Finding, Findings, Level};
pub use granted::{Granted, GrantedChange};
pub use link::Link;
pub use planned::{Planned, PlannedChange};
pub use ran::Ran;
pub use sight::Sight;
pub use status::{
    AtWork, ConfigStatus, Daemon, Held, Kept, Latency, Named, Reason, Refused, RefusedConfig, Status, SyncStatus,
    TargetStatus, VERDICTS,
};
pub use story::Story;
pub use summary::{Delivery, Exit, Members, Read, Summary};
pub use text::sentences;
