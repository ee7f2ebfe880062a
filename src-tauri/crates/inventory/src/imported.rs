//! What a text says, before anybody has compared it with what is there.

use std::collections::BTreeMap;
use wheelhouse_protocol::inventory::{ConnectionKind, ImportRemark, Os};

/// What an inventory's text says.
///
/// Names are unique without regard to case. Every group a target names is in `groups`, every parent
/// too; groups form a tree of at most [`MAX_GROUP_DEPTH`] levels.
///
/// [`MAX_GROUP_DEPTH`]: wheelhouse_protocol::inventory::MAX_GROUP_DEPTH
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The targets, in the order of their first mention.
    pub targets: Vec<ImportedTarget>,
    /// The groups, in the order of their first mention.
    pub groups: Vec<ImportedGroup>,
    /// Site words for services: what operators say → the names it has on machines.
    pub services: BTreeMap<String, Vec<String>>,
    /// What needs a look.
    pub remarks: Vec<ImportRemark>,
}

/// What a text says about one target. What is empty or `None` it does not speak of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedTarget {
    /// The line of its first mention, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Host names and IP addresses; the first is dialled.
    pub addresses: Vec<String>,
    /// Its system, stated or told by how it is reached.
    pub os: Os,
    /// Words to select by.
    pub tags: Vec<String>,
    /// The groups it is in directly.
    pub groups: Vec<String>,
    /// `production`, `staging`, …
    pub environment: Option<String>,
    /// Whether it is in maintenance.
    pub maintenance: Option<bool>,
    /// For people.
    pub notes: Option<String>,
    /// The ways to reach it, best first.
    pub connections: Vec<ImportedConnection>,
}

/// One way to reach a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedConnection {
    /// The protocol.
    pub kind: ConnectionKind,
    /// The port, where the text gives one.
    pub port: Option<u16>,
    /// The account, where the text gives one.
    pub user: Option<String>,
    /// Whether the protocol is only what the format assumes where the text names none. Such a
    /// connection is no reason to change how a known target is reached.
    pub assumed: bool,
}

impl ImportedConnection {
    /// Whether it says nothing at all.
    pub(crate) fn is_bare(&self) -> bool {
        self.assumed && self.port.is_none() && self.user.is_none()
    }
}

/// What a text says about one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedGroup {
    /// The line of its first mention, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// The group it is part of.
    pub parent: Option<String>,
    /// Whether it holds every target there is.
    pub everything: bool,
}
