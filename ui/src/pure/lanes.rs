//! Which series share an axis in the plot: those of one unit, one above the other.

/// One axis with its series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    /// The unit, or the series' name where nobody said a unit.
    pub(crate) title: String,
    /// Places in the list of series.
    pub(crate) members: Vec<usize>,
}

/// Puts series (name, unit) on axes, in the order in which they come. Figures without a unit say nothing
/// about each other's size, so each of them has an axis of its own.
pub(crate) fn lanes<'a>(series: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for (i, (name, unit)) in series.into_iter().enumerate() {
        match lanes.iter_mut().find(|lane| !unit.is_empty() && lane.title == unit) {
            Some(lane) => lane.members.push(i),
            None => {
                let title = if unit.is_empty() { name } else { unit };
                lanes.push(Lane { title: title.to_owned(), members: vec![i] });
            }
        }
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_axis_per_unit() {
        let lanes = lanes([("error", "m"), ("thrust", "N"), ("L", ""), ("height", "m"), ("count", "")]);
        let seen: Vec<(&str, &[usize])> = lanes.iter().map(|l| (l.title.as_str(), l.members.as_slice())).collect();
        assert_eq!(seen, [("m", &[0, 3][..]), ("N", &[1]), ("L", &[2]), ("count", &[4])]);
    }
}
