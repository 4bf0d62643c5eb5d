//! The status page: how everything stands, as HTML that needs no script and holds nothing of a person.
//!
//! [`view`] is what the template shows, [`course`] a sync's last runs, [`chart`] their picture, [`budget`] a target's tokens. [`private`] has the
//! pages that show people.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use self::view::{View, grouped};
use super::{Ran, Status};

mod budget;
mod chart;
mod course;
mod matter;
pub mod private;
mod target;
#[cfg(test)]
mod tests;
mod view;

/// The stylesheet.
pub const STYLE: &str = include_str!("page.css");

/// So many of a sync's runs are shown.
pub const RUNS: u32 = 30;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// How everything stands.
    pub status: Status,
    /// Of each sync the last runs, newest first.
    pub courses: BTreeMap<String, Vec<Step>>,
    /// Of each target that wants tokens how fast they go.
    pub paces: BTreeMap<String, Pace>,
}

/// A run in a sync's course.
#[derive(Clone, Debug)]
pub struct Step {
    /// The run.
    pub ran: Ran,
    /// Who got another identity, among those that left.
    pub moved: u64,
}

/// How fast a target's tokens go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The window of the quota.
    pub per: Duration,
    /// The end of the window that is looked at.
    pub lately: Duration,
    /// Token requests in it.
    pub used: u64,
}

/// Compiled once. What the template names and the view has not is an error, which the tests would meet.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    templates.set_syntax(syntax.expect("the usual marks differ from each other"));
    templates.add_filter("grouped", grouped);
    templates.add_template("page.html", include_str!("page.html")).expect("the page's template is well-formed");
    templates
});

/// The page.
pub fn page(overview: &Overview) -> String {
    let page = TEMPLATES.get_template("page.html").and_then(|page| page.render(Serde(View::of(overview))));
    page.expect("the view has whatever the template shows")
}
