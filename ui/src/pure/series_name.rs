//! What series are called.

/// What stands before the simulated spacecraft's own series.
const CONTROL: &str = "control/";

/// A series' name for people: the spacecraft's in words, others by their topic.
pub(crate) fn called(name: &str) -> String {
    let Some(own) = name.strip_prefix(CONTROL) else { return name.to_owned() };
    match own {
        "lipschitz" => "L".to_owned(),
        "lateness" => "worst lateness".to_owned(),
        _ => match own.strip_suffix("_norm") {
            Some(of) => format!("|{}|", of.replace('_', " ")),
            None => own.replace('_', " "),
        },
    }
}

/// The group a series belongs to: the spacecraft, or the first part of its topic.
pub(crate) fn group(name: &str) -> String {
    if name.starts_with(CONTROL) {
        return "Simulated spacecraft".to_owned();
    }
    match name.split_once('/') {
        Some((first, _)) if !first.is_empty() => format!("{first}/"),
        _ => "Other topics".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spacecraft_is_said_in_words() {
        assert_eq!(called("control/position_error_norm"), "|position error|");
        assert_eq!(called("control/thrust_x"), "thrust x");
        assert_eq!(called("control/lipschitz"), "L");
        assert_eq!(called("plant/line1/temp#value"), "plant/line1/temp#value");
    }

    #[test]
    fn topics_are_grouped_by_their_first_part() {
        assert_eq!(group("control/thrust_x"), "Simulated spacecraft");
        assert_eq!(group("plant/line1/temp"), "plant/");
        assert_eq!([group("temp"), group("/temp")], ["Other topics", "Other topics"]);
    }
}
