//! What an import comes to, in words.

use super::format::{names, plural};
use super::icons::Icon;
use super::words::{Look, Tone};
use wheelhouse_protocol::inventory::{ImportChange, ImportPreview, ImportSeverity};

/// How much of what an import holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    new: usize,
    changed: usize,
    same: usize,
    groups: usize,
    group_changes: usize,
    warnings: usize,
    errors: usize,
}

impl Counts {
    /// Of a preview.
    pub(crate) fn of(preview: &ImportPreview) -> Self {
        let change = |wanted| preview.targets.iter().filter(|t| t.change == wanted).count();
        let remarks = |wanted| preview.remarks.iter().filter(|r| r.severity == wanted).count();
        Self {
            new: change(ImportChange::New),
            changed: change(ImportChange::Changed),
            same: change(ImportChange::Same),
            groups: preview.groups.len(),
            group_changes: preview.groups.iter().filter(|g| g.change != ImportChange::Same).count(),
            warnings: remarks(ImportSeverity::Warning),
            errors: remarks(ImportSeverity::Error),
        }
    }

    /// Targets and groups that would be written.
    pub(crate) fn to_store(self) -> usize {
        self.new + self.changed + self.group_changes
    }

    /// `12 targets: 8 new, 2 changed, 2 the same · 3 groups · 1 line left out`.
    pub(crate) fn sentence(self) -> String {
        let total = self.new + self.changed + self.same;
        let parts: Vec<String> = [(self.new, "new"), (self.changed, "changed"), (self.same, "the same")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{n} {word}"))
            .collect();
        let mut text = plural(total, "target", "targets");
        if !parts.is_empty() {
            text.push_str(": ");
            text.push_str(&names(parts.iter().map(String::as_str), parts.len()));
        }
        text.push_str(&format!(" · {}", plural(self.groups, "group", "groups")));
        if self.errors > 0 {
            text.push_str(&format!(" · {} left out", plural(self.errors, "line", "lines")));
        }
        if self.warnings > 0 {
            text.push_str(&format!(" · {} left out in part", plural(self.warnings, "line", "lines")));
        }
        text
    }

    /// What the button that does it says.
    pub(crate) fn button(self) -> String {
        match (self.new + self.changed, self.group_changes) {
            (0, 0) => "Nothing to import".to_owned(),
            (0, groups) => format!("Import {}", plural(groups, "group", "groups")),
            (targets, _) => format!("Import {}", plural(targets, "target", "targets")),
        }
    }

    /// What was done.
    pub(crate) fn done(self) -> String {
        format!("Imported: {} new, {} changed", plural(self.new, "target", "targets"), self.changed)
    }
}

/// Those that change come first: they are the ones to look at.
pub(crate) fn rank(change: ImportChange) -> f64 {
    match change {
        ImportChange::Changed => 0.0,
        ImportChange::New => 1.0,
        ImportChange::Same => 2.0,
    }
}

/// What is said of a target without differences.
pub(crate) fn without_differences(change: ImportChange) -> &'static str {
    match change {
        ImportChange::New => "It is not in the inventory yet.",
        ImportChange::Changed | ImportChange::Same => "It is in the inventory just so.",
    }
}

/// How bad a remark is.
pub(crate) fn severity(of: ImportSeverity) -> Look {
    let look = |icon, tone, word| Look { icon, tone, word, busy: false };
    match of {
        ImportSeverity::Note => look(Icon::Info, Tone::Info, "note"),
        ImportSeverity::Warning => look(Icon::Warning, Tone::Warn, "left out in part"),
        ImportSeverity::Error => look(Icon::Error, Tone::Error, "left out"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wheelhouse_protocol::inventory::{ImportFormat, ImportGroup, ImportRemark, ImportTarget};

    fn target(change: ImportChange) -> ImportTarget {
        ImportTarget {
            name: "a".to_owned(),
            address: String::new(),
            connection: String::new(),
            groups: Vec::new(),
            change,
            differences: Vec::new(),
        }
    }

    fn preview(targets: &[ImportChange], groups: &[ImportChange], remarks: &[ImportSeverity]) -> ImportPreview {
        let group =
            |change: &ImportChange| ImportGroup { name: "g".to_owned(), parent: None, members: 0, change: *change };
        let remark = |severity: &ImportSeverity| ImportRemark { line: 1, severity: *severity, message: String::new() };
        ImportPreview {
            format: ImportFormat::Csv,
            targets: targets.iter().map(|c| target(*c)).collect(),
            groups: groups.iter().map(group).collect(),
            remarks: remarks.iter().map(remark).collect(),
            digest: String::new(),
        }
    }

    #[test]
    fn the_sentence_names_only_what_there_is() {
        use ImportChange::{Changed, New, Same};
        let counts = Counts::of(&preview(&[New, New, Changed, Same], &[New], &[ImportSeverity::Error]));
        assert_eq!(counts.sentence(), "4 targets: 2 new, 1 changed, 1 the same · 1 group · 1 line left out");
        assert_eq!(counts.button(), "Import 3 targets", "what is the same is not written");
        let empty = Counts::of(&preview(&[], &[], &[ImportSeverity::Note]));
        assert_eq!(empty.sentence(), "0 targets · 0 groups", "a note leaves nothing out");
    }

    #[test]
    fn with_nothing_to_write_there_is_nothing_to_import() {
        let same = Counts::of(&preview(&[ImportChange::Same], &[ImportChange::Same], &[]));
        assert_eq!((same.to_store(), same.button().as_str()), (0, "Nothing to import"));
        let groups = Counts::of(&preview(&[ImportChange::Same], &[ImportChange::New], &[]));
        assert_eq!(groups.button(), "Import 1 group", "a new group alone is worth importing");
    }
}
