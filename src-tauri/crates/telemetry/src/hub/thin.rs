//! Fewer points that look the same.

/// A sample in the hub: microseconds since 1970 (UTC), and the value.
pub(crate) type Sample = (i64, f64);

/// At most 2 × `pixels` of `samples` (oldest first): of each of the equal stretches of time the lowest
/// and the highest, and the very first and last.
///
/// Minimum and maximum per pixel column draw the same line as all samples do, but for the columns'
/// edges (MinMax aggregation; Jugel et al., *M4: A Visualization-Oriented Time Series Data
/// Aggregation*, VLDB 2014, section 4).
pub(crate) fn thin(samples: &[Sample], pixels: usize) -> Vec<Sample> {
    let pixels = pixels.max(1);
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return Vec::new() };
    if samples.len() <= pixels * 2 {
        return samples.to_vec();
    }
    // One column fewer makes room for the two ends.
    let columns = (pixels - 1).max(1) as i128;
    let span = i128::from(last.0) - i128::from(first.0) + 1;
    let column_of = |sample: &Sample| (i128::from(sample.0) - i128::from(first.0)) * columns / span;
    let mut kept = Vec::with_capacity(pixels * 2);
    kept.push(0);
    let mut begin = 0;
    if pixels > 1 {
        for column in samples.chunk_by(|a, b| column_of(a) == column_of(b)) {
            let (mut low, mut high) = (0, 0);
            for (n, sample) in column.iter().enumerate() {
                if sample.1 < column[low].1 {
                    low = n;
                }
                if sample.1 > column[high].1 {
                    high = n;
                }
            }
            for n in [begin + low.min(high), begin + low.max(high)] {
                if kept.last() != Some(&n) {
                    kept.push(n);
                }
            }
            begin += column.len();
        }
    }
    if kept.last() != Some(&(samples.len() - 1)) {
        kept.push(samples.len() - 1);
    }
    kept.into_iter().map(|n| samples[n]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_lone_spike_survives_any_reduction() {
        let mut samples: Vec<Sample> = (0..100_000).map(|n| (n * 10, 0.5)).collect();
        samples[77_777].1 = 9.0;
        samples[33_333].1 = -9.0;
        let thinned = thin(&samples, 300);
        assert!(thinned.len() <= 600, "{} points for 300 pixels", thinned.len());
        assert!(thinned.contains(&(777_770, 9.0)) && thinned.contains(&(333_330, -9.0)), "both spikes are there");
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let samples = vec![(1, 1.0), (2, 5.0), (9, 3.0)];
        assert_eq!(thin(&samples, 2), samples);
        assert_eq!(thin(&[], 100), vec![]);
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let samples: Vec<Sample> = (0..1000).chain(9000..10_000).map(|n| (n, n as f64)).collect();
        let thinned = thin(&samples, 50);
        assert!(thinned.iter().all(|s| s.0 < 1000 || s.0 >= 9000), "no point is invented inside the gap");
    }

    proptest! {
        #[test]
        fn it_keeps_the_promise(
            values in prop::collection::vec((0..50i64, -1e6..1e6_f64), 0..2000), pixels in 1..200usize,
        ) {
            let mut at = -1_000_000;
            let samples: Vec<Sample> = values.into_iter().map(|(step, v)| { at += step; (at, v) }).collect();
            let thinned = thin(&samples, pixels);
            prop_assert!(thinned.len() <= pixels * 2, "at most two per pixel");
            prop_assert!(thinned.is_sorted_by_key(|s| s.0), "in order");
            prop_assert!(thinned.iter().all(|s| samples.contains(s)), "nothing invented");
            prop_assert_eq!(thinned.first(), samples.first());
            prop_assert_eq!(thinned.last(), samples.last());
            if pixels > 1 {
                let extremes = |s: &[Sample]| {
                    s.iter().fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x.1), high.max(x.1)))
                };
                prop_assert_eq!(extremes(&thinned), extremes(&samples), "the extremes are there");
            }
        }
    }
}
