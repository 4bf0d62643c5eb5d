//! Stand-ins for the target systems and an embedded directory. Imports nothing of the client side: its own wire types
//! catch the client's mistakes.

pub mod directory;
pub mod ldif;
