//! Entry → judgement: is this person active, and which fields does a target get.
//!
//! A mapping is compiled once from its [`Source`]; compiling dry-runs every expression. Judging is pure: the moment is
//! an argument, expressions have no clock.

//!
//! `compile` reads a source (`scan`, `check` and `rehearsal` find what is wrong with it), `rule` maps, `standing` is the
//! directory's own rule, `scope` is what expressions see of a person. `docs/mapping.md` tells users.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::directory::changes::Handle;
use crate::directory::{Attributes, Entry, Kind};
use crate::roster::{Fingerprint, Key, Payload, Timestamp};

mod check;
mod compile;
mod expression;
mod filters;
mod growth;
mod key;
mod measure;
mod mishap;
mod phone;
mod rehearsal;
mod rule;
mod scan;
mod scope;
mod several;
mod standing;
mod token;
mod value;
mod version;

#[cfg(test)]
mod tests;

use expression::{Expressions, Program};
use standing::{Account, Verdict};

/// A mapping as written in the config, already free of YAML.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The target's fields, in the order written.
    pub fields: Vec<(String, Rule)>,
    /// Attribute of the key; `None`: by the directory's kind.
    pub key: Option<String>,
    /// Expression, and-ed with the directory's own rule.
    pub active: Option<String>,
    /// Expression: who is recorded but not sent.
    pub skip: Option<String>,
    /// Expression: whose leaving always needs approval.
    pub protect: Option<String>,
    /// Tables for `map('name')`.
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether the directory's own rule (AD: disabled, expired) counts.
    pub directory_rule: bool,
    /// Whether the directory's own identifiers are wanted, because it tells changes by them ([`Mapping::handle`]).
    pub handles: bool,
    /// The directory's kind as configured; `None` when it is asked of the server.
    pub kind: Option<Kind>,
}

/// The rule of a field, as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// A bare word is an attribute; anything with `{{` or `{%` is a template.
    Text(String),
    /// `{ const: … }`.
    Const(Value),
    /// The first one present.
    First(Vec<Rule>),
    /// Nested fields.
    Nested(Vec<(String, Rule)>),
    /// A list: all of them that are present.
    Each(Vec<Rule>),
}

/// What is wrong with a [`Source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as keys below the sync: `["fields", "designation", "0"]`, `["active"]`.
    pub at: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// What was judged of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether the person is to be active at the target.
    pub standing: Standing,
    /// The mapped fields, absent ones left out; or why a rule failed on this person.
    pub fields: Result<Payload, Vec<FieldFault>>,
    /// Leaving needs approval.
    pub protected: bool,
    /// When the judgement changes by itself (an account that will expire).
    pub recheck_at: Option<Timestamp>,
}

/// Whether somebody is to be active at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    Active,
    /// No, and why.
    Inactive(Cause),
    /// Not this sync's business.
    Skipped,
    /// Can't be told; the last confirmed state is kept. Says why, without values.
    Unreadable(String),
}

/// Why somebody is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Disabled in the directory.
    Disabled,
    /// The account expired.
    Expired,
    /// The sync's `active` expression says no.
    Rule,
}

/// A rule that failed on one person. The message holds no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The target's field.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

/// A compiled mapping.
#[derive(Debug)]
pub struct Mapping {
    attributes: Arc<Attributes>,
    expressions: Expressions,
    fields: Vec<(String, rule::Compiled)>,
    key: key::KeyRule,
    handles: bool,
    active: Option<Program>,
    skip: Option<Program>,
    protect: Option<Program>,
    account: standing::Slots,
    directory_rule: bool,
    names_expiry: bool,
    version: Fingerprint,
}

impl Mapping {
    /// Compiles and dry-runs a source; all faults at once.
    pub fn compile(source: &Source) -> Result<Self, Vec<Fault>> {
        let mut compiler = compile::Compiler::new(&source.tables, source.kind);
        let key = compiler.within("key", |it| it.key(source.key.as_ref()));
        if source.handles {
            compiler.handles();
        }
        if source.directory_rule {
            compiler.directory_rule();
        }
        let active = compiler.within("active", |it| it.condition(source.active.as_ref()));
        let skip = compiler.within("skip", |it| it.condition(source.skip.as_ref()));
        let protect = compiler.within("protect", |it| it.condition(source.protect.as_ref()));
        let fields = compiler.within("fields", |it| it.fields(&source.fields));
        if !compiler.faults.is_empty() {
            return Err(compiler.faults);
        }
        Ok(Self {
            account: standing::Slots::among(&compiler.attributes),
            attributes: Arc::new(compiler.attributes),
            expressions: compiler.expressions,
            fields,
            key,
            handles: source.handles,
            active,
            skip,
            protect,
            directory_rule: source.directory_rule,
            names_expiry: compiler.names_expiry,
            version: version::of(source),
        })
    }

    /// The attributes to ask the server for: those the rules name, the key's and the directory rule's.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The target's fields that have a rule, those within fields by their path: `properties.email`.
    pub fn field_paths(&self) -> impl Iterator<Item = String> {
        rule::paths(&self.fields).into_iter()
    }

    /// Changes whenever another judgement may come of the same entry.
    pub fn version(&self) -> Fingerprint {
        self.version
    }

    /// The key of an entry, canonical; the error says why there is none, without values.
    pub fn key(&self, entry: &Entry, kind: Kind) -> Result<Key, String> {
        self.key.of(entry, &self.attributes, kind)
    }

    /// The directory's own identifier of an entry, where changes are told by it and the key is another attribute.
    pub fn handle(&self, entry: &Entry, kind: Kind) -> Option<Handle> {
        if !self.handles || self.key.is_native(kind) {
            return None;
        }
        let slot = self.attributes.slot(kind.default_key())?;
        Handle::of(kind, entry.first(slot)?)
    }

    /// Judges an entry at a moment.
    pub fn judge(&self, entry: &Entry, kind: Kind, now: Timestamp) -> Judgement {
        let account = Account::read(entry, self.account);
        let ruled = self.directory_rule && kind == Kind::ActiveDirectory;
        let verdict = if ruled { account.verdict(now) } else { Verdict::Active };
        let (attributes, key) = (&self.attributes, &self.key);
        let person = scope::View { entry, attributes, key, kind, account, now, scope: OnceCell::new() };

        let admitted = ruled && verdict == Verdict::Active;
        let standing = self.standing(&person, verdict);
        let expiry_counts = self.names_expiry || admitted && standing != Standing::Skipped;
        Judgement {
            standing,
            fields: rule::fields(&self.fields, &self.expressions, &person).map(Payload::new),
            // Who can't be told apart from the protected is protected.
            protected: self.protect.as_ref().is_some_and(|protect| self.says(protect, &person).unwrap_or(true)),
            recheck_at: account.will_expire(now).filter(|_| expiry_counts),
        }
    }

    /// What the directory says for certain comes before `active`: both must say yes, so one no is enough.
    fn standing(&self, person: &scope::View<'_>, verdict: Verdict) -> Standing {
        let failed = |name: &str, why: &str| Standing::Unreadable(format!("the `{name}` expression failed: {why}"));
        match self.skip.as_ref().map(|skip| self.says(skip, person)) {
            Some(Ok(true)) => return Standing::Skipped,
            Some(Err(why)) => return failed("skip", &why),
            Some(Ok(false)) | None => {}
        }
        match verdict {
            Verdict::Unreadable(why) => return Standing::Unreadable(why),
            Verdict::Inactive(cause) => return Standing::Inactive(cause),
            Verdict::Active => {}
        }
        match self.active.as_ref().map(|active| self.says(active, person)) {
            Some(Ok(false)) => Standing::Inactive(Cause::Rule),
            Some(Err(why)) => failed("active", &why),
            Some(Ok(true)) | None => Standing::Active,
        }
    }

    /// What a condition says of a person; or why it can't be told, without values.
    fn says(&self, condition: &Program, person: &scope::View<'_>) -> Result<bool, String> {
        let value = self.expressions.evaluate(condition, person.scope()).map_err(|error| mishap::reason(&error))?;
        match check::not_a_condition(value.kind()) {
            None => Ok(value.is_true()),
            Some((message, _)) => Err(message),
        }
    }
}
