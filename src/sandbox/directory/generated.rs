//! What a server adds to entries by itself.

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_128;

use super::dn;
use super::entry::Entry;
use super::options::Flavour;

/// When something changed, in a server's counting and in the world's.
pub(super) struct Stamp {
    pub(super) flavour: Flavour,
    pub(super) change: u64,
    pub(super) at: Timestamp,
}

/// What a tombstone keeps, besides what is generated anew.
const KEPT: [&str; 10] = [
    "objectGUID",
    "objectSid",
    "objectClass",
    "name",
    "cn",
    "sAMAccountName",
    "userAccountControl",
    "uSNCreated",
    "whenCreated",
    "isDeleted",
];

/// What slapd returns only to those who ask for it by name or with `+`.
const OPERATIONAL: [&str; 12] = [
    "entryUUID",
    "entryDN",
    "entryCSN",
    "createTimestamp",
    "modifyTimestamp",
    "memberOf",
    "namingContexts",
    "supportedControl",
    "supportedExtension",
    "supportedLDAPVersion",
    "subschemaSubentry",
    "vendorName",
];

/// The attribute by which a server knows its entries for ever, folded.
pub(super) fn key_attribute(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::ActiveDirectory => "objectguid",
        Flavour::OpenLdap => "entryuuid",
    }
}

/// Whether an attribute is returned only when asked for.
pub(super) fn operational(flavour: Flavour, attribute: &str) -> bool {
    flavour == Flavour::OpenLdap && OPERATIONAL.iter().any(|name| name.eq_ignore_ascii_case(attribute))
}

/// A moment as Active Directory writes it.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y%m%d%H%M%S.0Z").to_string()
}

/// A moment as slapd writes it.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y%m%d%H%M%SZ").to_string()
}

/// An entry to hang others below.
pub(super) fn container(dn: &str) -> Entry {
    let class = match dn::naming(dn::split(dn).0).0.to_ascii_lowercase().as_str() {
        "dc" => "domainDNS",
        "ou" => "organizationalUnit",
        _ => "container",
    };
    Entry::new(dn).with("objectClass", "top").with("objectClass", class)
}

/// Fills in what a new entry was not given.
pub(super) fn complete(entry: &mut Entry, stamp: &Stamp, root: &str) {
    let key = key(entry.dn());
    entry.name(entry.dn().to_owned());
    match stamp.flavour {
        Flavour::ActiveDirectory => {
            default(entry, "objectGUID", key.to_vec());
            if let Some(category) = category(entry) {
                default(entry, "objectCategory", format!("CN={category},CN=Schema,CN=Configuration,{root}"));
            }
            default(entry, "whenCreated", time(stamp.at));
            default(entry, "uSNCreated", stamp.change.to_string());
        }
        Flavour::OpenLdap => {
            default(entry, "entryUUID", uuid(key));
            default(entry, "createTimestamp", seconds(stamp.at));
        }
    }
    self::stamp(entry, stamp);
}

/// Notes a change.
pub(super) fn stamp(entry: &mut Entry, stamp: &Stamp) {
    match stamp.flavour {
        Flavour::ActiveDirectory => {
            entry.set_text("distinguishedName", entry.dn().to_owned());
            entry.set_text("name", dn::naming(dn::split(entry.dn()).0).1);
            entry.set_text("whenChanged", time(stamp.at));
            entry.set_text("uSNChanged", stamp.change.to_string());
        }
        Flavour::OpenLdap => {
            entry.set_text("entryDN", entry.dn().to_owned());
            entry.set_text("modifyTimestamp", seconds(stamp.at));
            let csn = stamp.at.strftime("%Y%m%d%H%M%S%.6fZ").to_string();
            entry.set_text("entryCSN", format!("{csn}#{:06x}#001#000000", stamp.change & 0x00ff_ffff));
        }
    }
}

/// The name an entry has after something above it, or itself, was renamed.
pub(super) fn moved(dn: &str, old: &str, new: &str) -> String {
    let (mut depth, mut rest) = (0, old);
    while !rest.is_empty() {
        (depth, rest) = (depth + 1, dn::split(rest).1);
    }
    let (mut parts, mut rest) = (Vec::new(), dn);
    while !rest.is_empty() {
        let (first, parent) = dn::split(rest);
        parts.push(first);
        rest = parent;
    }
    parts.truncate(parts.len() - depth.min(parts.len()));
    parts.push(new);
    parts.join(",")
}

/// Turns an entry into a tombstone and says under which name it lies.
pub(super) fn bury(entry: &mut Entry, graveyard: &str) -> String {
    let (first, parent) = dn::split(entry.dn());
    let (first, parent) = (first.to_owned(), parent.to_owned());
    let guid = entry.values("objectGUID").first().and_then(|guid| <[u8; 16]>::try_from(guid.as_slice()).ok());
    let guid = uuid(little_endian(guid.unwrap_or_else(|| key(entry.dn()))));
    entry.retain(|name| KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)));
    entry.set_text("isDeleted", "TRUE");
    entry.set_text("lastKnownParent", parent);
    format!("{first}\\0ADEL:{guid},{graveyard}")
}

/// What an entry without a key of its own gets: the same for the same name, in every run.
fn key(dn: &str) -> [u8; 16] {
    xxh3_128(dn::normal(dn).as_bytes()).to_be_bytes()
}

/// The first three fields of a GUID are stored with their bytes turned round.
fn little_endian(mut guid: [u8; 16]) -> [u8; 16] {
    guid[..4].reverse();
    guid[4..6].reverse();
    guid[6..8].reverse();
    guid
}

fn uuid(bytes: [u8; 16]) -> String {
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn category(entry: &Entry) -> Option<&'static str> {
    let is = |class: &str| entry.values("objectClass").iter().any(|value| value.eq_ignore_ascii_case(class.as_bytes()));
    [
        ("computer", "Computer"),
        ("person", "Person"),
        ("group", "Group"),
        ("organizationalUnit", "Organizational-Unit"),
        ("domainDNS", "Domain-DNS"),
        ("container", "Container"),
    ]
    .into_iter()
    .find_map(|(class, category)| is(class).then_some(category))
}

fn default(entry: &mut Entry, attribute: &str, value: impl Into<Vec<u8>>) {
    if entry.values(attribute).is_empty() {
        entry.set(attribute, vec![value.into()]);
    }
}
