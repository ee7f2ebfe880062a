//! The groups and the words for services of a JSON inventory.

use super::{Pairs, Reading};
use crate::InventoryError;
use crate::names::{check_visible, shown};
use serde_json::value::RawValue;

impl Reading {
    /// Reads the groups: each name before its members or an object.
    pub(super) fn groups(&mut self, raw: &RawValue) -> Result<(), InventoryError> {
        let Ok(Pairs(groups)) = serde_json::from_str::<Pairs<'_>>(raw.get()) else {
            let line = self.lines.line(raw);
            self.draft
                .remarks
                .error(line, "“groups” is left out: it is an object, each group's name before its members.");
            return Ok(());
        };
        // A parent may stand behind its children.
        let mut parents = Vec::new();
        for (name, raw) in groups {
            let line = self.lines.line(raw);
            let Some(group) = self.draft.group(&name, line)? else { continue };
            let owner = shown(&name);
            let fields = match serde_json::from_str::<Pairs<'_>>(raw.get()) {
                Ok(Pairs(fields)) => fields,
                Err(_) => vec![("members".to_owned(), raw)],
            };
            for (field, raw) in fields {
                match field.as_str() {
                    "members" => self.members(group, raw, &owner)?,
                    "aliases" => {
                        for (alias, at) in self.texts(raw, "aliases", &owner) {
                            self.draft.add_alias(group, &alias, at);
                        }
                    }
                    "parent" => {
                        let at = self.lines.line(raw);
                        parents.extend(self.text(raw, "parent", &owner).map(|parent| (group, parent, at)));
                    }
                    "note" | "notes" => {}
                    field => self.other(field, raw, &owner),
                }
            }
        }
        for (group, parent, line) in parents {
            match self.draft.find_group(&parent) {
                Some(parent) => self.draft.add_child(parent, group, line)?,
                None => {
                    let (group, parent) = (shown(&self.draft.groups[group].name), shown(&parent));
                    self.draft.remarks.error(
                        line,
                        format!("{group} is not put in {parent}: there is no group of that name in this text."),
                    );
                }
            }
        }
        Ok(())
    }

    fn members(&mut self, group: usize, raw: &RawValue, owner: &str) -> Result<(), InventoryError> {
        for (member, line) in self.texts(raw, "members", owner) {
            if member == "*" {
                self.draft.groups[group].everything = true;
                continue;
            }
            match self.draft.find_target(&member) {
                Some(target) => {
                    self.draft.add_member(group, target)?;
                }
                None => self.draft.remarks.warning(
                    line,
                    format!("{} is left out of {owner}: there is no host of that name in this text.", shown(&member)),
                ),
            }
        }
        Ok(())
    }

    /// Reads what operators call services.
    pub(super) fn services(&mut self, raw: &RawValue) {
        let Ok(Pairs(services)) = serde_json::from_str::<Pairs<'_>>(raw.get()) else {
            let line = self.lines.line(raw);
            self.draft
                .remarks
                .error(line, "“service_aliases” is left out: it is an object, each word before its names.");
            return;
        };
        for (word, raw) in services {
            let line = self.lines.line(raw);
            let owner = shown(&word);
            if let Err(reason) = check_visible("a word for a service", &word) {
                self.draft.remarks.error(line, format!("{owner} is left out: {reason}."));
                continue;
            }
            let mut names = Vec::new();
            for (name, line) in self.texts(raw, "service_aliases", &owner) {
                match check_visible("a service's name", &name) {
                    Ok(()) => names.push(name),
                    Err(reason) => {
                        self.draft.remarks.warning(line, format!("A name for {owner} is left out: {reason}."));
                    }
                }
            }
            self.draft.services.entry(word).or_insert(names);
        }
    }
}
