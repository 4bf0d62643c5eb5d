//! The config's keys, for editors: `rosterd schema` prints it. The checker does
//! not go by it; tests hold the two to each other, key by key.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod validator;

/// JSON Schema (2020-12) of the config file.
pub const SCHEMA: &str = include_str!("rosterd.schema.json");
