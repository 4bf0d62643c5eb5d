//! Runs as a picture: members as a line; below it who joined or changed as bars upwards, who left as bars downwards.

use serde::Serialize;

use super::RUNS;

/// The picture's width; each run has a slot of the same width, and the newest is at the right edge.
const WIDTH: f64 = 600.0;
/// Where the line may be.
const LINE: (f64, f64) = (4.0, 40.0);
/// Where bars begin, and how long they may be.
const BASE: f64 = 84.0;
const LONGEST: f64 = 34.0;
/// Whatever there is can be seen.
const SHORTEST: f64 = 2.0;
/// Between two bars.
const GAP: f64 = 4.0;

/// A run, in numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub members: u64,
    pub come: u64,
    pub changed: u64,
    pub left: u64,
    pub failed: bool,
    /// In words.
    pub told: String,
}

/// The picture, as shapes of SVG.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    width: f64,
    height: f64,
    base: f64,
    /// The path of the line.
    line: String,
    columns: Vec<Column>,
}

/// A run's part of it.
#[derive(Debug, Serialize)]
struct Column {
    x: f64,
    width: f64,
    failed: bool,
    told: String,
    bars: Vec<Bar>,
}

/// A bar of the class `kind`.
#[derive(Debug, PartialEq, Serialize)]
struct Bar {
    kind: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Chart {
    /// Runs, oldest first.
    pub(super) fn of(slots: &[Slot]) -> Self {
        let width = WIDTH / f64::from(RUNS);
        let first = WIDTH - width * float(slots.len() as u64);
        let x = |at: usize| round(first + width * float(at as u64));
        let most = slots.iter().map(|slot| (slot.come + slot.changed).max(slot.left)).max().unwrap_or_default();
        let columns = slots.iter().enumerate().map(|(at, slot)| Column {
            x: x(at),
            width,
            failed: slot.failed,
            told: slot.told.clone(),
            bars: bars(slot, x(at) + GAP / 2.0, width - GAP, most),
        });
        let columns = columns.collect();
        Self { width: WIDTH, height: BASE + LONGEST + 2.0, base: BASE, line: line(slots, x), columns }
    }
}

/// In steps: between two runs nothing is known.
fn line(slots: &[Slot], x: impl Fn(usize) -> f64) -> String {
    let all = || slots.iter().map(|slot| slot.members);
    let (low, high) = (all().min().unwrap_or_default(), all().max().unwrap_or_default());
    let y = |members: u64| match high - low {
        0 => LINE.0.midpoint(LINE.1),
        range => LINE.1 - (LINE.1 - LINE.0) * float(members - low) / float(range),
    };
    let mut path = String::new();
    for (at, slot) in slots.iter().enumerate() {
        let (begin, y, end) = (x(at), round(y(slot.members)), x(at + 1));
        let go = if at == 0 { format!("M{begin} {y}") } else { format!("V{y}") };
        path.push_str(&format!("{go}H{end}"));
    }
    path
}

fn bars(slot: &Slot, x: f64, width: f64, most: u64) -> Vec<Bar> {
    let long = |n: u64| if n == 0 { 0.0 } else { round((LONGEST * float(n) / float(most)).max(SHORTEST)) };
    let (come, changed, left) = (long(slot.come), long(slot.changed), long(slot.left));
    let bar = |kind, y: f64, height| Bar { kind, x, y: round(y), width, height };
    let all = [bar("come", BASE - come, come), bar("changed", BASE - come - changed, changed), bar("left", BASE, left)];
    all.into_iter().filter(|bar| bar.height > 0.0).collect()
}

/// A tenth of a pixel is enough, and short to write.
fn round(at: f64) -> f64 {
    (at * 10.0).round() / 10.0
}

#[expect(clippy::cast_precision_loss, reason = "no sync has 2^53 members")]
fn float(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(members: u64, [come, changed, left]: [u64; 3]) -> Slot {
        Slot { members, come, changed, left, ..Slot::default() }
    }

    #[test]
    fn the_line_goes_in_steps_from_its_lowest_to_its_highest() {
        let chart = Chart::of(&[slot(10, [0; 3]), slot(30, [0; 3]), slot(20, [0; 3])]);
        assert_eq!(chart.line, "M540 40H560V4H580V22H600");
        assert_eq!(Chart::of(&[slot(7, [0; 3])]).line, "M580 22H600", "one run is seen, too");
        assert_eq!(Chart::of(&[]).line, "");
    }

    #[test]
    fn bars_are_as_long_as_there_are_changes_and_never_too_short_to_see() {
        let chart = Chart::of(&[slot(0, [1000, 0, 0]), slot(0, [1, 499, 500])]);
        let bar = |kind, x, y, height| Bar { kind, x, y, width: 16.0, height };
        assert_eq!(chart.columns[0].bars, [bar("come", 562.0, 50.0, 34.0)]);
        let second = [bar("come", 582.0, 82.0, 2.0), bar("changed", 582.0, 65.0, 17.0), bar("left", 582.0, 84.0, 17.0)];
        assert_eq!(chart.columns[1].bars, second);
    }

    #[test]
    fn a_full_chart_begins_at_the_left_edge() {
        let chart = Chart::of(&vec![slot(1, [0; 3]); 30]);
        assert!(chart.line.starts_with("M0 22H20") && chart.line.ends_with("H600"), "{}", chart.line);
    }
}
