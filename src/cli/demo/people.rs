//! The people the story is about: all invented, as are their numbers.

use crate::sandbox::directory::Entry;

/// Somebody of the directory, or about to be.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// `employeeID`: by this the target knows them.
    pub id: &'static str,
    /// As people call them.
    pub name: &'static str,
    /// What the target has as their designation.
    pub title: &'static str,
    /// In the directory.
    pub dn: &'static str,
}

macro_rules! person {
    ($id:literal, $name:literal, $title:literal, $rdn:literal) => {
        Person { id: $id, name: $name, title: $title, dn: concat!("CN=", $rdn, ",OU=People,DC=corp,DC=example,DC=com") }
    };
}

/// Has no title in the directory.
pub const PLAIN: Person = person!("100583", "Liv Bergström", "Employee", "Liv Bergström,OU=Oslo");
/// Gets a new title.
pub const PROMOTED: Person = person!("100531", "Åse Bergström", "Account Executive", "Åse Bergström,OU=Oslo");
/// Is disabled in the morning and back in the afternoon.
pub const AWAY: Person = person!("100331", "Freya Fairweather", "Account Executive", "Fairweather\\, Freya,OU=London");
/// Is deleted.
pub const DELETED: Person = person!("101313", "Sofía Muñoz", "Account Executive", "Sofía Muñoz,OU=São Paulo");
/// Gets a title that is too long.
pub const INVALID: Person = person!("100498", "Bjørn Nygård", "Quality Engineer", "Bjørn Nygård,OU=Oslo");
/// Gets a title, too, and the target will not have it.
pub const REFUSED: Person =
    person!("101306", "Caetano Simões", "Senior Software Engineer", "Caetano Simões,OU=São Paulo");
/// Joins.
pub const JOINER: Person = person!("101600", "Nils Østby", "Data Engineer", "Nils Østby,OU=Oslo");

/// The office that closes.
pub const OFFICE: &str = "OU=Kraków,OU=People,DC=corp,DC=example,DC=com";

/// The joiner's entry.
pub fn joiner() -> Entry {
    Entry::person(JOINER.dn)
        .with("employeeID", JOINER.id)
        .with("employeeType", "employee")
        .with("givenName", "Nils")
        .with("sn", "Østby")
        .with("title", JOINER.title)
        .with("mail", "nils.ostby@example.com")
        .with("department", "Engineering")
        .with("l", "Oslo")
        .with("co", "Norway")
        .with("sAMAccountName", "nostby")
}
