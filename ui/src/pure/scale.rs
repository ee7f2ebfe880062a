//! Where the lines of a plot's grid stand.

/// Round values between two bounds, about `wanted` of them: steps of 1, 2 or 5 times a power of ten.
pub(crate) fn value_ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || wanted == 0 {
        return Vec::new();
    }
    let rough = span / wanted as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    // Multiples of the step, so that zero is zero and not 1e-17.
    (first..=last).map(|n| n as f64 * step).collect()
}

/// Steps of time that read well, in seconds.
const TIMES: [f64; 11] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];

/// Round moments between two, about `wanted` of them, in milliseconds since 1970. `offset` is the
/// local time's distance from UTC in milliseconds: half past is half past where the operator is.
pub(crate) fn time_ticks(from: f64, to: f64, wanted: usize, offset: f64) -> Vec<f64> {
    let span = (to - from) / 1000.0;
    if !span.is_finite() || span <= 0.0 || wanted == 0 {
        return Vec::new();
    }
    let step = TIMES.into_iter().find(|s| span / s <= wanted as f64).unwrap_or(3600.0) * 1000.0;
    let first = ((from + offset) / step).ceil() as i64;
    let last = ((to + offset) / step).floor() as i64;
    (first..=last).map(|n| n as f64 * step - offset).collect()
}

/// Bounds around values with a little air, never of no height.
pub(crate) fn bounds(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.into_iter().filter(|v| v.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return None;
    }
    let span = high - low;
    // A flat line lies in the middle; what it jitters by rounding is not blown up to full height.
    let least = (high.abs().max(low.abs()) * 1e-3).max(1e-9);
    let air = if span < least { least } else { span * 0.08 };
    Some((low - air, high + air))
}

/// A tick's text with as many decimals as tell it from its neighbours.
pub(crate) fn tick_text(value: f64, step: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e6).contains(&size) {
        return format!("{value:.0e}").replace('-', "−");
    }
    let decimals = if step > 0.0 { (-step.log10().floor()).clamp(0.0, 8.0) as usize } else { 0 };
    format!("{value:.decimals$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(value_ticks(-0.9, 2.1, 5), [0.0, 1.0, 2.0]);
        assert_eq!(value_ticks(0.0, 10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert!(value_ticks(1.0, 1.0, 5).is_empty(), "there is nothing between one value and itself");
        assert!(value_ticks(0.0, f64::NAN, 5).is_empty());
    }

    #[test]
    fn moments_are_round_where_the_operator_is() {
        assert_eq!(time_ticks(1_000.0, 61_000.0, 6, 0.0), [10_000.0, 20_000.0, 30_000.0, 40_000.0, 50_000.0, 60_000.0]);
        let hour = 3_600_000.0;
        let ticks = time_ticks(0.0, 2.0 * hour, 4, hour / 2.0);
        assert_eq!(ticks, [0.0, hour / 2.0, hour, 1.5 * hour, 2.0 * hour], "half an hour beside UTC");
    }

    #[test]
    fn a_flat_line_has_room() {
        let (low, high) = bounds([0.892, 0.892]).unwrap();
        assert!(low < 0.892 && high > 0.892 && high - low < 0.01, "{low} to {high}");
        assert_eq!(bounds([f64::NAN]), None);
        let (low, high) = bounds([0.0, 0.0]).unwrap();
        assert!(low < 0.0 && high > 0.0);
    }

    #[test]
    fn texts_tell_neighbours_apart() {
        assert_eq!([tick_text(0.5, 0.5), tick_text(-0.002, 0.001), tick_text(20.0, 10.0)], ["0.5", "−0.002", "20"]);
        assert_eq!(tick_text(2e-6, 1e-6), "2e−6");
    }
}
