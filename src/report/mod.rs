//! What is shown, as values: shared by the command line, the control socket and the status page.

mod sentences;
mod summary;

pub use sentences::sentences;
pub use summary::{Delivery, Exit, Members, Read, Summary};
