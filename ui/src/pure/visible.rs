//! Which rows of a long list are in sight.

use std::ops::Range;

/// Rows beyond both edges that are there already when scrolling begins.
const SPARE: usize = 12;

/// The rows to render of `total` equal ones, when `height` pixels are seen from `top` on.
pub(crate) fn rows(top: f64, height: f64, row: f64, total: usize) -> Range<usize> {
    if row <= 0.0 || total == 0 {
        return 0..0;
    }
    let first = (top.max(0.0) / row).floor() as usize;
    let count = (height.max(0.0) / row).ceil() as usize + 1;
    let end = (first + count + SPARE).min(total);
    let begin = first.saturating_sub(SPARE).min(end);
    // Even beginnings keep striped rows from flickering while scrolling.
    (begin - begin % 2)..end
}

/// Where to scroll so that row `n` is in sight, if it is not.
pub(crate) fn scroll_to(n: usize, top: f64, height: f64, row: f64) -> Option<f64> {
    let (begin, end) = (n as f64 * row, (n + 1) as f64 * row);
    if begin < top {
        Some(begin)
    } else if end > top + height {
        Some(end - height)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_rendered() {
        assert_eq!(rows(0.0, 300.0, 30.0, 10_000), 0..23);
        assert_eq!(rows(30_000.0, 300.0, 30.0, 10_000), 988..1023);
        assert_eq!(rows(0.0, 300.0, 30.0, 4), 0..4);
        assert_eq!(rows(1e9, 300.0, 30.0, 4), 4..4, "scrolled past a list that became shorter");
        assert_eq!(rows(0.0, 0.0, 30.0, 0), 0..0);
    }

    #[test]
    fn a_row_is_brought_in_by_the_nearer_edge() {
        assert_eq!(scroll_to(2, 100.0, 300.0, 30.0), Some(60.0));
        assert_eq!(scroll_to(20, 100.0, 300.0, 30.0), Some(330.0));
        assert_eq!(scroll_to(5, 100.0, 300.0, 30.0), None);
    }
}
