//! Pages that show people, and those on the way to them. Whatever comes from a directory or a target is shown escaped, and
//! without what would turn the direction of what follows.

mod filters;
mod held;
mod run;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use crate::report::story::{Look, Story};
use crate::report::{Ran, Sight};
use crate::roster::Payload;

pub use held::{Held, Waiting, held};
pub use run::{Changed, Changes, run};

const BASE: &str = include_str!("base.html");
const BAR: &str = include_str!("bar.html");
const ARRIVED: &str = include_str!("arrived.html");
const ASK: &str = include_str!("ask.html");
const GONE: &str = include_str!("gone.html");
const MISSING: &str = include_str!("missing.html");
const NOBODY: &str = include_str!("nobody.html");
const PERSON: &str = include_str!("person.html");
const START: &str = include_str!("start.html");

/// A link was followed: somebody who wants to see says so.
pub fn arrived() -> String {
    page("A link to people", ARRIVED, context!(), "")
}

/// A link works no more.
pub fn gone() -> String {
    page("This link works no more", GONE, context!(), "")
}

/// There is no session.
pub fn ask() -> String {
    page("Ask for a link", ASK, context!(), "")
}

/// Where to begin: whom to look for, what may be held, and what ran lately.
pub fn start(syncs: &[String], runs: &[Ran], sight: Sight) -> String {
    let one = |ran: &Ran| context!(result => ran.result(), ..Value::from(Serde(ran)));
    let runs: Vec<Value> = runs.iter().map(one).collect();
    page("People", START, context!(syncs => syncs.to_vec(), runs), &bar("", sight))
}

/// Nobody is known by what was asked for.
pub fn nobody(who: &str, sight: Sight) -> String {
    page("Nobody is known by that", NOBODY, context!(who), &bar(who, sight))
}

/// There is no such sync, or run.
pub fn missing(what: &str, sight: Sight) -> String {
    page("There is no such page", MISSING, context!(what), &bar("", sight))
}

/// One person's stories, one for each sync.
pub fn person(stories: Vec<Story>, sight: Sight) -> String {
    let stories = stories.into_iter().map(|story| match sight {
        Sight::Values => story,
        Sight::NoValues => story.without_values(),
    });
    let people: Vec<Value> = stories.map(|story| one(&story)).collect();
    page("One person", PERSON, context!(people), &bar("", sight))
}

fn one(story: &Story) -> Value {
    let (asked, mapped) = match &story.directory {
        Look::Skipped => ("skipped", Vec::new()),
        Look::Failed(_) => ("failed", Vec::new()),
        Look::Missing(_) => ("missing", Vec::new()),
        Look::Found(found) => ("found", fields(&found.fields)),
    };
    let payload = story.account.as_ref().map(|account| fields(&account.payload));
    let story = Value::from(Serde(story));
    context!(asked, mapped, payload, ..story)
}

/// Fields by their paths, with their values as they are sent.
fn fields(payload: &Payload) -> Vec<[String; 2]> {
    payload.leaves().into_iter().map(|(path, value)| [path, value.to_string()]).collect()
}

/// What is at the top of every page that needs a session.
fn bar(who: &str, sight: Sight) -> String {
    render(BAR, context!(who, hidden => sight == Sight::NoValues))
}

fn page(title: &str, body: &str, values: Value, bar: &str) -> String {
    let safe = |html: &str| Value::from_safe_string(html.to_owned());
    render(BASE, context!(title, bar => safe(bar), body => safe(&render(body, values))))
}

/// Templates are ours, and whatever they are given is there: that they can be rendered is what their tests show.
fn render(template: &str, values: Value) -> String {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).build().expect("it is the usual one"));
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    filters::add(&mut environment);
    environment.render_str(template, values).expect("a template of ours goes with what it is given")
}

#[cfg(test)]
mod tests;
