//! The config's keys, for editors and people: `rosterd schema` prints them, `docs/configuration.md` is made of them. The checker does not
//! go by this; tests hold the two to each other, key by key.

#[cfg(test)]
mod node;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod validator;
#[cfg(test)]
mod written;

/// JSON Schema (2020-12) of the config file.
pub const SCHEMA: &str = include_str!("rosterd.schema.json");
