//! What a server tells about itself (RFC 4512 section 5.1; MS-ADTS 3.1.1.3.2).

use ldap3::controls::RawControl;

use super::connection::{Connection, outcome};
use super::message::Message;
use super::request::Request;
use super::{Error, Operation, page};
use crate::directory::changes::Rights;
use crate::directory::{Attributes, Bind, Entry, Kind, Scope, Server, Settings, attribute};
use crate::roster::Fingerprint;

/// `LDAP_CAP_ACTIVE_DIRECTORY_OID` (MS-ADTS 3.1.1.3.4.3.1) and `LDAP_SERVER_SHOW_DELETED_OID` (3.1.1.3.4.1.14).
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";

/// The container of the deleted, whatever its name (MS-ADTS 6.1.1.4).
const DELETED_OBJECTS: &str = "18E2EA80684F11D2B9AA00C04F79F805";

/// RFC 4533 section 2.2.
const SYNC_REQUEST: &str = "1.3.6.1.4.1.4203.1.9.1.1";

/// A server, and where its entries are.
pub(super) struct RootDse {
    pub(super) server: Server,
    pub(super) naming_contexts: Vec<String>,
    /// The one where people are, where the server says so (MS-ADTS 3.1.1.3.2).
    pub(super) default_context: Option<String>,
    pub(super) subschema: Option<String>,
    /// Whether deleted entries can be asked for; seeing them is another matter.
    pub(super) shows_deleted: bool,
    /// Whether it says that it tells changes by RFC 4533.
    pub(super) syncs: bool,
    /// The DN of a domain controller's nTDSDSA object.
    pub(super) service: Option<String>,
    /// All of a domain controller's changes up to this one were made before it was asked (MS-ADTS 3.1.1.3.2).
    pub(super) highest_usn: Option<u64>,
}

impl RootDse {
    pub(super) async fn read(connection: &mut Connection, url: &str, settings: &Settings) -> Result<Self, Error> {
        let mut names = Attributes::default();
        let class = names.add("objectClass");
        let capabilities = names.add("supportedCapabilities");
        let controls = names.add("supportedControl");
        let contexts = names.add("namingContexts");
        let default_context = names.add("defaultNamingContext");
        let service = names.add("dsServiceName");
        let clock = names.add("currentTime");
        let usn = names.add("highestCommittedUSN");
        let subschema = names.add("subschemaSubentry");
        // A server may keep its root entry to itself; then only the config says what it is.
        let entry = base(connection, "", &names, Vec::new(), Operation::RootDse).await?;
        let entry = entry.unwrap_or_else(|| crate::directory::EntryBuilder::new("").build());
        let text = |slot| entry.first(slot).map(|value| String::from_utf8_lossy(value).into_owned());
        let has = |slot, wanted: &str| entry.values(slot).any(|value| value.eq_ignore_ascii_case(wanted.as_bytes()));
        let kind = settings.kind.unwrap_or(match () {
            () if has(capabilities, ACTIVE_DIRECTORY) => Kind::ActiveDirectory,
            () if has(class, "OpenLDAProotDSE") => Kind::OpenLdap,
            () => Kind::Generic,
        });
        let shows_deleted = has(controls, SHOW_DELETED);
        let mut sees_deleted = false;
        if let (true, Some(context)) = (shows_deleted, text(default_context)) {
            let container = format!("<WKGUID={DELETED_OBJECTS},{context}>");
            let control = vec![show_deleted()];
            let mut names = Attributes::default();
            let class = names.add("objectClass");
            let container = base(connection, &container, &names, control, Operation::RootDse).await?;
            // Its name alone is shown to whoever may list the domain; the right to see what lies there comes with the
            // right to read it.
            sees_deleted = container.is_some_and(|container| container.first(class).is_some());
        }
        let server = Server {
            name: text(service).unwrap_or_else(|| url.to_owned()),
            kind,
            clock: entry.first(clock).and_then(|value| attribute::generalized_time(value).ok()),
            sees_deleted,
            rights: rights(&settings.bind, sees_deleted),
        };
        let naming_contexts = entry.values(contexts).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
        Ok(Self {
            server,
            naming_contexts,
            default_context: text(default_context),
            subschema: text(subschema),
            shows_deleted,
            syncs: has(controls, SYNC_REQUEST),
            service: text(service),
            highest_usn: text(usn).and_then(|usn| usn.trim().parse().ok()),
        })
    }
}

/// Who asks, and whether deleted entries are shown: more of an account's rights shows only by what it is given.
fn rights(bind: &Bind, sees_deleted: bool) -> Rights {
    let who = match bind {
        Bind::Anonymous => "",
        Bind::Simple { dn, password: _ } => dn,
        Bind::Gssapi { principal, keytab: _ } => principal,
    };
    Fingerprint::of(format!("{who} {sees_deleted}").as_bytes())
}

/// The control that makes tombstones visible to those who may see them (MS-ADTS 3.1.1.3.4.1.14).
pub(super) fn show_deleted() -> RawControl {
    RawControl { ctype: SHOW_DELETED.to_owned(), crit: true, val: None }
}

/// One entry by its DN; `None` when the server does not give it, for whatever reason.
pub(super) async fn base(
    connection: &mut Connection,
    dn: &str,
    attributes: &Attributes,
    controls: Vec<RawControl>,
    during: Operation,
) -> Result<Option<Entry>, Error> {
    let request = Request {
        base: dn,
        scope: Scope::Base,
        filter: "(objectClass=*)",
        attributes: attributes.names(),
        controls,
        size_limit: 0,
        expected: 0,
        during: during.clone(),
    };
    let mut found = None;
    let take = |message: &Message<'_>| {
        if let Some(row) = page::entry(message, attributes, &during)? {
            found = Some(row.build());
        }
        Ok(())
    };
    let result = connection.search(request, take).await?;
    match outcome(&result, during.clone(), dn) {
        Ok(()) => Ok(found),
        Err(Error::NeedsTls) => Err(Error::NeedsTls),
        Err(_) => Ok(None),
    }
}
