//! In which order targets are worked on.

use std::ops::Range;
use wheelhouse_protocol::plan::{Batch, Strategy};

/// One stretch of targets that goes through all steps before the next one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Their places in the plan.
    pub(crate) targets: Range<usize>,
    /// Whether the rest follows only if all of these succeed.
    pub(crate) canary: bool,
}

/// Cuts so many targets into stretches as the strategy says.
pub(crate) fn stretches(targets: usize, strategy: &Strategy) -> Vec<Stretch> {
    let mut out = Vec::new();
    let canary = (strategy.canary as usize).min(targets);
    if canary > 0 {
        out.push(Stretch { targets: 0..canary, canary: true });
    }
    let rest = targets - canary;
    let size = match strategy.batch {
        Batch::All => rest,
        Batch::Count(n) => n as usize,
        // Of all targets, not of the rest: "25 %" means the same with and without a canary.
        Batch::Percent(p) => (targets * usize::from(p.min(100))).div_ceil(100),
    }
    .max(1);
    let mut from = canary;
    while from < targets {
        let to = (from + size).min(targets);
        out.push(Stretch { targets: from..to, canary: false });
        from = to;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(targets: usize, batch: Batch, canary: u32) -> Vec<(usize, usize)> {
        let strategy = Strategy { batch, canary, ..Strategy::default() };
        stretches(targets, &strategy).into_iter().map(|s| (s.targets.start, s.targets.end)).collect()
    }

    #[test]
    fn every_target_is_in_exactly_one_stretch() {
        assert_eq!(cut(5, Batch::All, 0), [(0, 5)]);
        assert_eq!(cut(5, Batch::Count(2), 0), [(0, 2), (2, 4), (4, 5)]);
        assert_eq!(cut(5, Batch::Percent(25), 0), [(0, 2), (2, 4), (4, 5)]);
        assert_eq!(cut(5, Batch::Percent(1), 1), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]);
        assert_eq!(cut(5, Batch::All, 2), [(0, 2), (2, 5)]);
        assert_eq!(cut(3, Batch::All, 9), [(0, 3)]);
        assert!(cut(0, Batch::All, 0).is_empty());
        assert_eq!(cut(3, Batch::Count(0), 0), [(0, 1), (1, 2), (2, 3)], "a batch of none would never end");
    }
}
