//! A run's summary as people read it.

use super::Summary;

/// What a run did, in a few lines; the first one says it all.
pub fn sentences(summary: &Summary, notes: &[String]) -> String {
    let Summary { sync, result, error, plan, read, members, delivery, run: _ } = summary;
    let mut counts = vec![format!("{} read", read.entries)];
    let changes = [
        (members.joined, "joined"),
        (members.changed, "changed"),
        (members.left, "left"),
        (members.returned, "returned"),
        (members.unchanged, "unchanged"),
        (members.invalid, "kept as they were (invalid)"),
        (members.skipped, "not synced"),
    ];
    counts.extend(changes.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")));
    let mut text = format!("{sync}: {result}: {}\n", counts.join(", "));
    if delivery.requests > 0 {
        let tokens = match delivery.token_requests {
            0 => "no token".to_owned(),
            1 => "1 token".to_owned(),
            n => format!("{n} tokens"),
        };
        let plural = if delivery.requests == 1 { "" } else { "s" };
        let (confirmed, requests) = (delivery.confirmed, delivery.requests);
        text.push_str(&format!("  sent: {confirmed} confirmed in {requests} request{plural}, {tokens} among them\n"));
    }
    if delivery.refused > 0 {
        text.push_str(&format!("  refused by the target: {} (see `rosterd status`)\n", delivery.refused));
    }
    if delivery.pending > 0 {
        text.push_str(&format!("  still to be sent: {}\n", delivery.pending));
    }
    if let Some(plan) = plan {
        let held = delivery.held;
        text.push_str(&format!("  held by the guard: {held} (look: `rosterd plan {sync}`, "));
        text.push_str(&format!("let go: `rosterd approve {sync} {plan}`)\n"));
    }
    if let Some(error) = error {
        let word = if result == "failed" { "failed" } else { "note" };
        text.push_str(&format!("  {word}: {error}\n"));
    }
    for note in notes {
        text.push_str(&format!("  note: {note}\n"));
    }
    text
}
