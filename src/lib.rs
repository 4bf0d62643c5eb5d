//! rosterd keeps member rosters in step with a company directory.
//!
//! **The flow**: a target that can be asked is looked at, a [`directory`] is read page by page; every entry is
//! fingerprinted and, where it differs from what is known, [`mapping`] turns it into a member; [`plan`] decides — with claims and guard — what is now due at the target;
//! [`store`] keeps that, and [`delivery`] brings it there through a [`destination`]. [`engine`] runs all this as a state
//! machine: `handle(now, event)` answers with effects, and [`daemon`] performs them one after the other: readings with
//! its source, calls with [`transport`], transactions with its books (`daemon/books.rs`), which a simulation uses, too.
//! Where a directory tells what changed ([`directory::changes`]), a run begins with whoever may have, and goes on as ever.
//! `rosterd run` does this for as long as it lives: its loop (`daemon/life.rs`) starts what its agenda says is due, follows
//! its config, and has commands run that are given at its control socket, just as [`cli`] runs them without a daemon.
//!
//! **In reading order**
//!
//! | module | what it is |
//! |---|---|
//! | [`roster`] | the words everybody uses: key, identity, payload, fingerprint, now |
//! | [`directory`] | entries, pages, attributes, `changes`; `ldap` touches the wire |
//! | [`mapping`] | entry → judgement: who is active, and with which fields |
//! | [`plan`] | what was read + what is known → what is due; absence, claims, guard |
//! | [`destination`] | the contract of a target, and the targets: protocols without I/O |
//! | [`delivery`] | batches, quota, retry: what to do next, given everything and now |
//! | [`engine`] | a run: reading, weighing, delivering; events in, effects out |
//! | [`store`] | SQLite: one function a transaction |
//! | [`transport`] | the one HTTP executor |
//! | [`daemon`] | performs the engine's effects; the loop that does so by schedule, and its ways in and out |
//! | [`config`] | YAML → checked config, all faults at once; what differs between two; its schema, for editors and docs |
//! | [`report`] | what is shown: status, runs, a person's story, metrics; as text and as pages |
//! | [`notify`] | who is told that something is wrong, when, and in which words |
//! | [`cli`] | one file a command |
//! | [`discretion`] | what a process keeps to itself |
//! | `simulation` | tests only: bad weeks by the thousand, and what must hold in them |
//! | [`sandbox`] | stand-ins for the targets and an embedded directory (cargo feature) |
//!
//! **Invariants**
//!
//! - Only a complete reading can say that someone is gone.
//! - Changes are only a cheaper way to learn whom to look at: whoever is named is read by the sync's own searches and judged
//!   as ever, beside everybody who waits for something; whoever is not found is looked up. Where the directory stood moves
//!   in the transaction that stores what it told.
//! - A mark is believed only from the server that gave it, under the same rules and rights, while no other one was read
//!   since; what is odd about it makes a reading of everybody, never a smaller one.
//! - An account with an active claim is never sent as leaving; asked when weighing, and again when a batch is made.
//! - What is due, held, counted and recorded is admitted in one transaction, or not at all.
//! - A run goes by one clock, which nobody sets while it lasts. When the wall clock was set before it, what is stored moves
//!   with it, so that windows, waits and graces stay as long as they are.
//! - In a process the same credentials of a directory are tried by one at a time. Refused ones stand for an hour, or until
//!   some that work clear them, under whatever name a directory has.
//! - A token request is charged before it is made, and a batch is marked as sent before it leaves; what was sent and
//!   not answered is uncertain until it is sent again.
//! - A target's job of several steps stores where it stands (its ticket) before each step. Woken, it asks and undoes,
//!   and never sends what it was made with: by then other things may be due.
//! - An identity left behind leaves once the one who moved is there under another, whichever that is by then.
//! - What a target keeps unique besides the identity is due with one account at a time, and reaches another only after the
//!   one that has it let go. Who moves to another identity and keeps it is the same member there. Members who wait for
//!   each other are sent without it first.
//! - What is sent only when somebody joins is in the memory of the run that read it, and nowhere else: without it they wait
//!   for the next reading.
//! - A leave is under way from the directory's change until the target confirmed it; no later run, hold, refusal or crash
//!   begins it anew. As a moment of the clock here it follows that clock.
//! - `account.pending`, what is still to be sent, is a generated column: no statement can forget to set it.
//! - What the guard holds stays held until it is approved or no longer true, also when the window has room again. What
//!   was approved does not count against the window.
//! - What an import claims yields to anybody of the directory with that identity, and leaves only by a complete reading
//!   and the guard. Of what the target has there nothing is known: it is never sent as active.
//! - At one target one run is at work at a time, whoever began it: by the lock of the state folder between processes, by
//!   the target's slot within the daemon. All that goes on at once there goes by one steady clock.
//! - A delivery that had to wait goes on as the run that left it: it reads and admits nothing, and whoever was refused once
//!   in that run is not tried again.
//! - A config is followed as a whole or refused as a whole. What is remembered of its files is what was loaded from them;
//!   a change is believed when two looks in a row see it. A run ends under the config it began with.
//! - `plan` stores and sends nothing of a run. It may remember which server of the directory worked; and at a target that can
//!   be read it takes a token like any other, charged and kept.
//! - What a target holds that can be read is staged beside what is read of the directory, and admitted with it: due there is what
//!   is there, before anybody is weighed. A look that failed, or may have been cut short, is none.
//! - A secret that a target tells once is where it is to be kept before its member counts. One of which that is not known is
//!   deleted again, and only where it is known which it is.
//! - What was sent of somebody lives as long as they can still leave; then the names of its fields, with which nobody is ever
//!   sent as leaving. Whom the directory shows, or a target that keeps more than identities unique may know, stays known.
//! - How old something is that goes for that is told by moments that follow the clock; of the record by milestones.
//! - What people's fields say is shown to whoever may read the state folder.
//! - In a browser people are shown to whoever came by a link that works once, and of values what the one who asked for it may see
//!   (`daemon/listen/private`).
//! - There are pages on an address that loops back, or over TLS behind a login, and nowhere else (`daemon/listen/place.rs`).
//! - A released migration is never changed, and a store that this version does not know is not touched.
//! - The status page holds nothing of a person. What needs attention is one value
//!   (`report/text/attention.rs`): `status` says it with people, the page without.
//! - Whoever is told of what is wrong is told by how things stand, not by what happened: nothing is queued, and what was told
//!   is noted once it arrived.
//! - `roster`, `mapping`, `plan`, `destination`, `delivery`, `engine` and `notify` name neither a clock, nor randomness, nor
//!   `async`, nor I/O; `sandbox` imports nothing of the client side; SQL is in `store` alone. `tests/it/house.rs` holds
//!   this.
//!
//! **Where another way would be expected**
//!
//! - A reading is staged in temporary tables of the connection that admits it, not in sealed rows of the store: a crash
//!   leaves nothing half-read behind, and `plan` goes the very same way up to admission.
//! - The store is one connection for each run and command, not a pool: a reading is staged in its connection, and no other
//!   run sees it. The daemon's runs hand theirs on, as opening one takes longer than a run to which nothing comes; each
//!   begins with an empty stage, and with a connection of its own when the file is another.
//! - The program starts itself once more before anything else (feature `kerberos`): libkrb5 takes its keytab and its
//!   tickets' place from variables of the process, which can't be set safely later.
//! - A mark is kept for the server that was read last, not for each: what another one told since may have been older, and
//!   this one would not tell it again.
//! - Of runs that asked for changes and found nothing to do only the last in a row is kept.
//! - What a directory's server sends is read where it lies (`directory/ldap/{wire,ber}.rs`): the LDAP library builds trees of it by
//!   recursion, for twice the cost of all the rest, and waits for whatever length is announced. It writes filters and controls.
//! - Everybody a sync knows is held in 31 bytes each while a directory is read (`plan/roll`).
//! - Whoever comes to an identity that nobody contends for, before a first run was delivered whole, is not weighed: a few
//!   statements admit them as the plan would (`store/admit/newcomer.rs`), or a first run of a million people would hold them
//!   all in memory, several times.
//! - A batch is made and marked as sent in one transaction. Only the halves of another one are prepared before.
//! - Who is in a group is read from the group tree before anybody is, not asked by a matching rule: by links in Active
//!   Directory, by members elsewhere.
//! - The files of a config are read and hashed every second instead of being watched by inotify: links, renames and
//!   network file systems are all the same to that.
//! - The control socket carries a command's own arguments, and its output back: there is no second set of requests
//!   that would have to say the same.
//! - Some statements fix their order or index (`CROSS JOIN`, `INDEXED BY`): SQLite keeps no numbers here, and would
//!   begin with everybody where few are meant.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod delivery;
pub mod destination;
pub mod directory;
pub mod discretion;
pub mod engine;
pub mod mapping;
pub mod notify;
pub mod plan;
pub mod report;
pub mod roster;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(test)]
mod simulation;
pub mod store;
pub mod transport;
