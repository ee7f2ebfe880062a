//! What a text says about a target, field by field: checked, remarked on, and the first word counts.

use crate::draft::Draft;
use crate::imported::ImportedTarget;
use crate::names::{MAX_NOTES, check_address, check_name, check_user, same, shown};
use crate::{ansible, system};
use wheelhouse_protocol::inventory::Os;

impl Draft {
    /// Says that something of a target is left out.
    pub(crate) fn left_out(&mut self, line: usize, what: &str, target: usize, reason: &str) {
        let owner = shown(&self.targets[target].name);
        self.remarks.warning(line, format!("{what} of {owner} is left out: {reason}."));
    }

    /// Adds an address; the first one is dialled.
    pub(crate) fn add_address(&mut self, target: usize, text: &str, line: usize) {
        match check_address(text) {
            Ok(()) => push_new(&mut self.targets[target].addresses, text),
            Err(reason) => self.left_out(line, &format!("The address {}", shown(text)), target, &reason),
        }
    }

    /// Adds a word to select by.
    pub(crate) fn add_tag(&mut self, target: usize, text: &str, line: usize) {
        match check_name("a tag", text) {
            Ok(()) => push_new(&mut self.targets[target].tags, text),
            Err(reason) => self.left_out(line, &format!("The tag {}", shown(text)), target, &reason),
        }
    }

    /// Puts a target in the group of this name.
    pub(crate) fn add_to_group(&mut self, target: usize, name: &str, line: usize) -> Result<(), crate::InventoryError> {
        if let Some(group) = self.group(name, line)? {
            self.add_member(group, target)?;
        }
        Ok(())
    }

    /// Says what system a target runs.
    pub(crate) fn set_system(&mut self, target: usize, text: &str, line: usize) {
        match system::family(text) {
            Some(os) if self.targets[target].os == Os::Unknown => self.targets[target].os = os,
            Some(_) => {}
            None => {
                let reason = "it is linux, windows, macos, unix or network";
                self.left_out(line, &format!("The system {}", shown(text)), target, reason);
            }
        }
    }

    /// Says what environment a target belongs to.
    pub(crate) fn set_environment(&mut self, target: usize, text: &str, line: usize) {
        match check_name("an environment", text) {
            Ok(()) => set_new(&mut self.targets[target], |t| &mut t.environment, text.to_owned()),
            Err(reason) => self.left_out(line, &format!("The environment {}", shown(text)), target, &reason),
        }
    }

    /// Says whether a target is in maintenance.
    pub(crate) fn set_maintenance(&mut self, target: usize, text: &str, line: usize) {
        match ansible::flag(text) {
            Some(flag) => set_new(&mut self.targets[target], |t| &mut t.maintenance, flag),
            None => self.left_out(line, "Maintenance", target, "it is yes or no"),
        }
    }

    /// Sets the notes of a target.
    pub(crate) fn set_notes(&mut self, target: usize, text: &str, line: usize) {
        if text.len() > MAX_NOTES {
            self.left_out(line, "The notes", target, &format!("they may have at most {MAX_NOTES} bytes"));
        } else {
            set_new(&mut self.targets[target], |t| &mut t.notes, text.to_owned());
        }
    }

    /// A port of a target, if it is one.
    pub(crate) fn port(&mut self, target: usize, text: &str, line: usize) -> Option<u16> {
        ansible::port(text)
            .map_err(|reason| self.left_out(line, &format!("The port {}", shown(text)), target, &reason))
            .ok()
    }

    /// An account on a target, if it can be one. It is not shown: people put passwords in its place.
    pub(crate) fn user(&mut self, target: usize, text: &str, line: usize) -> Option<String> {
        check_user(text)
            .map(|()| text.to_owned())
            .map_err(|reason| self.left_out(line, "The user", target, &reason))
            .ok()
    }
}

fn push_new(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|known| same(known, text)) {
        list.push(text.to_owned());
    }
}

fn set_new<T>(target: &mut ImportedTarget, field: fn(&mut ImportedTarget) -> &mut Option<T>, value: T) {
    field(target).get_or_insert(value);
}
