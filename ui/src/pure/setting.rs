//! Every setting a person can change: what it is called, what it does, what it is at first.

use wheelhouse_protocol::settings::Settings;

/// A setting that is a whole number.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    /// The name by which a problem says it is about this one.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    /// What 0 means, where it means something of its own.
    pub(crate) zero: &'static str,
    pub(crate) get: fn(&Settings) -> u32,
    pub(crate) set: fn(&mut Settings, u32),
}

/// The most targets at work.
pub(crate) const PARALLEL: Number = Number {
    name: "parallel_targets",
    title: "Targets at work at once",
    what: "The most machines jobs work on at one moment, all jobs together. A plan's own limit can be lower. 1 to 1000.",
    unit: "targets",
    zero: "",
    get: |s| s.parallel_targets,
    set: |s, v| s.parallel_targets = v,
};

/// How long to dial.
pub(crate) const CONNECT: Number = Number {
    name: "connect_timeout_seconds",
    title: "Patience when connecting",
    what: "How long to wait for a machine to answer before it counts as unreachable. 1 to 300.",
    unit: "s",
    zero: "",
    get: |s| s.connect_timeout_seconds,
    set: |s, v| s.connect_timeout_seconds = v,
};

/// How long a plan can be approved.
pub(crate) const APPROVAL: Number = Number {
    name: "approval_minutes",
    title: "Plans can be approved for",
    what: "How long a plan that was shown can be approved. After that it must be made again. 1 to 1440.",
    unit: "min",
    zero: "",
    get: |s| s.approval_minutes,
    set: |s, v| s.approval_minutes = v,
};

/// When the vault locks itself.
pub(crate) const AUTO_LOCK: Number = Number {
    name: "auto_lock_minutes",
    title: "The vault locks itself after",
    what: "Minutes without use. 0 keeps it open until you lock it or close Wheelhouse. At most 10080, a week.",
    unit: "min",
    zero: "never",
    get: |s| s.auto_lock_minutes,
    set: |s, v| s.auto_lock_minutes = v,
};

/// How long samples are kept.
pub(crate) const TELEMETRY: Number = Number {
    name: "telemetry_days",
    title: "Telemetry is kept for",
    what: "Older samples are removed. Jobs, conversations and the audit chain stay. 1 to 3650.",
    unit: "days",
    zero: "",
    get: |s| s.telemetry_days,
    set: |s, v| s.telemetry_days = v,
};

/// A number with its unit, or what 0 means.
pub(crate) fn said(number: &Number, value: u32) -> String {
    match value {
        0 if !number.zero.is_empty() => number.zero.to_owned(),
        v => format!("{v} {}", number.unit),
    }
}

/// Whether a setting has to do with what is looked for: every word of it stands somewhere in its texts.
pub(crate) fn fits(query: &str, texts: &[&str]) -> bool {
    let all = texts.join(" ").to_lowercase();
    query.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    #[test]
    fn every_number_changes_the_setting_of_its_name_and_no_other() {
        for number in [PARALLEL, CONNECT, APPROVAL, AUTO_LOCK, TELEMETRY] {
            let mut settings = Settings::default();
            (number.set)(&mut settings, 77);
            assert_eq!((number.get)(&settings), 77, "{}", number.name);
            let (now, before) =
                (serde_json::to_value(&settings).unwrap(), serde_json::to_value(Settings::default()).unwrap());
            let changed: Vec<&String> =
                now.as_object().unwrap().iter().filter(|(k, v)| before.get(k) != Some(v)).map(|(k, _)| k).collect();
            assert_eq!(changed, [number.name]);
        }
    }

    #[test]
    fn zero_is_said_in_words() {
        assert_eq!([said(&AUTO_LOCK, 0), said(&AUTO_LOCK, 30), said(&CONNECT, 0)], ["never", "30 min", "0 s"]);
    }

    #[test]
    fn every_word_must_be_there() {
        assert!(fits("lock VAULT", &["The vault locks itself", "minutes"]));
        assert!(!fits("lock theme", &["The vault locks itself"]));
        assert!(fits("", &["anything"]));
    }
}
