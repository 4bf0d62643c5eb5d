//! What goes wrong with one run, apart from the target.

use super::directory::Reading;
use super::oracle::{self, Snapshot, Standing};
use super::world::World;
use crate::directory::Sighting;

/// What goes wrong with one run, apart from the target.
#[derive(Clone, Debug, Default)]
pub struct Mishap {
    pub crash_before: Option<usize>,
    pub unreachable: bool,
    pub fails_at_page: Option<usize>,
    pub look_up_fails: bool,
    /// This person is not read although they are there.
    pub omitted: Option<String>,
    /// This person's entry has no key.
    pub keyless: Option<String>,
    /// Another entry has this person's key.
    pub doubled: Option<String>,
    /// Another server answers.
    pub elsewhere: bool,
    /// Before this effect the clocks are set by so many minutes.
    pub clock_set: Option<(usize, i64)>,
}

impl Mishap {
    /// A reading of the directory as it is now, and what it shows.
    pub fn reading(&self, world: &World, sync: usize) -> (Reading, Snapshot) {
        let mut directory = world.company.directory(sync);
        let mut found = oracle::snapshot(&world.company, sync, world.clock.host(world.now).wall);
        directory.unreachable = self.unreachable;
        directory.fails_at_page = self.fails_at_page;
        directory.look_up_fails = self.look_up_fails;
        if let Some(key) = &self.omitted
            && directory.people.remove(key).is_some()
        {
            directory.sightings.insert(key.clone(), Sighting::Matches);
            found.remove(key);
        }
        if let Some(key) = &self.keyless
            && let Some(person) = directory.people.get_mut(key)
        {
            person.without("uid");
            directory.sightings.insert(key.clone(), Sighting::Gone);
            found.remove(key);
        }
        if let Some(key) = &self.doubled
            && let Some(mut person) = directory.people.get(key).cloned()
        {
            person.set("title", "Twin");
            if directory.people.insert(format!("{key} twin"), person).is_none() && found.contains_key(key) {
                found.insert(key.clone(), Standing::Unclear);
            }
        }
        if self.elsewhere {
            directory.server.name = "dc2".to_owned();
        }
        (directory.read(&world.jobs[sync].mapping, world.clock.directory(world.now)), found)
    }
}
