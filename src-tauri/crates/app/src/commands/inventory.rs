//! Targets, groups and host keys.

use crate::{App, Caller, Handle};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;
use wheelhouse_inventory::{check_address, check_name};
use wheelhouse_protocol::inventory::{
    AcceptHostKey, DeleteGroup, DeleteTarget, ForgetHostKey, Group, ListGroups, ListHostKeys, ListTargets,
    MAX_GROUP_DEPTH, SaveGroup, SaveTarget, Target, TargetSpec, TestResult, TestTarget, TrustedHostKey,
};
use wheelhouse_protocol::{Event, GroupId, Problem, TargetId};
use wheelhouse_store::inventory::{InventoryWrite, name_key};

impl Handle<ListTargets> for App {
    async fn handle(&self, _: &Caller, command: ListTargets) -> Result<Vec<Target>, Problem> {
        let mut targets = self.store.targets().await?;
        if let Some(name) = &command.group {
            let groups = self.store.groups().await?;
            let wanted = name_key(name);
            let group = groups
                .iter()
                .find(|g| name_key(&g.spec.name) == wanted || g.spec.aliases.iter().any(|a| name_key(a) == wanted))
                .ok_or_else(|| Problem::not_found("group", name))?;
            let inside = with_sub_groups(group.id, &groups);
            targets.retain(|t| group.spec.everything || t.spec.groups.iter().any(|g| inside.contains(g)));
        }
        Ok(targets)
    }
}

impl Handle<SaveTarget> for App {
    async fn handle(&self, caller: &Caller, command: SaveTarget) -> Result<Target, Problem> {
        let spec = tidy_target(command.spec)?;
        let groups = self.store.groups().await?;
        if let Some(unknown) = spec.groups.iter().find(|id| groups.iter().all(|g| g.id != **id)) {
            return Err(Problem::not_found("group", unknown));
        }
        if let Some(clash) = groups.iter().find(|g| name_key(&g.spec.name) == name_key(&spec.name)) {
            let detail =
                format!("There is a group “{}”; a target of the same name could not be told from it.", clash.spec.name);
            return Err(Problem::invalid("name", detail));
        }
        self.check_credentials(&spec).await?;
        if let Some(id) = command.id {
            self.store.target(id).await?;
        }
        let id = command.id.unwrap_or_else(|| TargetId(Uuid::now_v7()));
        let record = Self::record(caller, "target.saved", json!({ "target": id, "name": spec.name }));
        self.store.write_inventory(&InventoryWrite { groups: Vec::new(), targets: vec![(id, spec)] }).await?;
        self.store.append_audit(&record).await?;
        self.bus.publish(Event::InventoryChanged);
        Ok(self.store.target(id).await?)
    }
}

impl Handle<DeleteTarget> for App {
    async fn handle(&self, caller: &Caller, command: DeleteTarget) -> Result<(), Problem> {
        let target = self.store.target(command.id).await?;
        self.store.delete_target(command.id).await?;
        let record = Self::record(caller, "target.deleted", json!({ "target": command.id, "name": target.spec.name }));
        self.store.append_audit(&record).await?;
        self.bus.publish(Event::InventoryChanged);
        Ok(())
    }
}

impl Handle<TestTarget> for App {
    async fn handle(&self, caller: &Caller, command: TestTarget) -> Result<TestResult, Problem> {
        let target = self.store.target(command.id).await?;
        let result = self.engine.test(&target, &caller.who).await?;
        self.bus.publish(Event::InventoryChanged);
        Ok(result)
    }
}

impl Handle<ListGroups> for App {
    async fn handle(&self, _: &Caller, _: ListGroups) -> Result<Vec<Group>, Problem> {
        Ok(self.store.groups().await?)
    }
}

impl Handle<SaveGroup> for App {
    async fn handle(&self, caller: &Caller, command: SaveGroup) -> Result<Group, Problem> {
        let mut spec = command.spec;
        spec.name = spec.name.trim().to_owned();
        check_name("group", &spec.name).map_err(|reason| Problem::invalid("name", reason))?;
        spec.aliases = clean_words(spec.aliases);
        for alias in &spec.aliases {
            check_name("alias", alias).map_err(|reason| Problem::invalid("aliases", reason))?;
        }
        let (groups, targets) = tokio::try_join!(self.store.groups(), self.store.targets())?;
        if let Some(clash) = targets.iter().find(|t| name_key(&t.spec.name) == name_key(&spec.name)) {
            let detail =
                format!("There is a target “{}”; a group of the same name could not be told from it.", clash.spec.name);
            return Err(Problem::invalid("name", detail));
        }
        let id = command.id.unwrap_or_else(|| GroupId(Uuid::now_v7()));
        check_parent(id, spec.parent, &groups)?;
        if let Some(unknown) = command.members.iter().flatten().find(|m| targets.iter().all(|t| t.id != **m)) {
            return Err(Problem::not_found("target", unknown));
        }
        let group = Group { id, spec };
        self.store.write_group(&group, command.members.as_deref()).await?;
        let record = Self::record(caller, "group.saved", json!({ "group": id, "name": group.spec.name }));
        self.store.append_audit(&record).await?;
        self.bus.publish(Event::InventoryChanged);
        Ok(group)
    }
}

impl Handle<DeleteGroup> for App {
    async fn handle(&self, caller: &Caller, command: DeleteGroup) -> Result<(), Problem> {
        self.store.delete_group(command.id).await?;
        let record = Self::record(caller, "group.deleted", json!({ "group": command.id }));
        self.store.append_audit(&record).await?;
        self.bus.publish(Event::InventoryChanged);
        Ok(())
    }
}

impl Handle<ListHostKeys> for App {
    async fn handle(&self, _: &Caller, _: ListHostKeys) -> Result<Vec<TrustedHostKey>, Problem> {
        Ok(self.store.host_keys().await?)
    }
}

impl Handle<AcceptHostKey> for App {
    async fn handle(&self, caller: &Caller, command: AcceptHostKey) -> Result<(), Problem> {
        let key = &command.key;
        let record = Self::record(
            caller,
            "host_key.accepted",
            json!({ "host": key.host, "port": key.port, "fingerprint": key.fingerprint, "replaces": command.replace }),
        );
        self.store.trust_host_key(key, command.replace, &record).await?;
        self.engine.forget_sessions();
        self.bus.publish(Event::InventoryChanged);
        Ok(())
    }
}

impl Handle<ForgetHostKey> for App {
    async fn handle(&self, caller: &Caller, command: ForgetHostKey) -> Result<(), Problem> {
        let record = Self::record(caller, "host_key.forgotten", json!({ "host": command.host, "port": command.port }));
        if self.store.forget_host_keys(&command.host, command.port, &record).await? == 0 {
            return Err(Problem::not_found("host key", format!("{}:{}", command.host, command.port)));
        }
        self.engine.forget_sessions();
        self.bus.publish(Event::InventoryChanged);
        Ok(())
    }
}

impl App {
    async fn check_credentials(&self, spec: &TargetSpec) -> Result<(), Problem> {
        let wanted: Vec<_> = spec.connections.iter().filter_map(|c| c.credential).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let known: HashSet<_> = self.vault.list().await?.into_iter().map(|c| c.id).collect();
        match wanted.into_iter().find(|id| !known.contains(id)) {
            Some(unknown) => Err(Problem::not_found("credential", unknown)),
            None => Ok(()),
        }
    }
}

/// A target as it is stored: trimmed, without doubles, every part checked.
fn tidy_target(mut spec: TargetSpec) -> Result<TargetSpec, Problem> {
    spec.name = spec.name.trim().to_owned();
    check_name("target", &spec.name).map_err(|reason| Problem::invalid("name", reason))?;
    spec.addresses = clean_words(spec.addresses);
    for address in &spec.addresses {
        check_address(address).map_err(|reason| Problem::invalid("addresses", reason))?;
    }
    spec.tags = clean_words(spec.tags);
    for tag in &spec.tags {
        check_name("tag", tag).map_err(|reason| Problem::invalid("tags", reason))?;
    }
    spec.environment = spec.environment.map(|e| e.trim().to_owned()).filter(|e| !e.is_empty());
    if let Some(environment) = &spec.environment {
        check_name("environment", environment).map_err(|reason| Problem::invalid("environment", reason))?;
    }
    for connection in &mut spec.connections {
        if connection.port == Some(0) {
            return Err(Problem::invalid("port", "The port is 0; it can be 1 to 65535."));
        }
        connection.user = connection.user.take().map(|u| u.trim().to_owned()).filter(|u| !u.is_empty());
        if connection
            .user
            .as_ref()
            .is_some_and(|u| u.chars().any(|c| c.is_control() || c.is_whitespace()) || u.starts_with('-'))
        {
            return Err(Problem::invalid("user", "An account's name has no spaces and does not begin with “-”."));
        }
    }
    let mut seen = HashSet::new();
    spec.groups.retain(|g| seen.insert(*g));
    Ok(spec)
}

/// Words without blanks around them, empty ones and doubles.
fn clean_words(words: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    words.into_iter().map(|w| w.trim().to_owned()).filter(|w| !w.is_empty() && seen.insert(w.to_lowercase())).collect()
}

/// A group and every group below it.
fn with_sub_groups(id: GroupId, groups: &[Group]) -> HashSet<GroupId> {
    let mut inside = HashSet::from([id]);
    // As often as there can be levels.
    for _ in 0..MAX_GROUP_DEPTH {
        for group in groups {
            if group.spec.parent.is_some_and(|parent| inside.contains(&parent)) {
                inside.insert(group.id);
            }
        }
    }
    inside
}

/// No group is above itself, and none lies deeper than three levels.
fn check_parent(id: GroupId, parent: Option<GroupId>, groups: &[Group]) -> Result<(), Problem> {
    let Some(parent) = parent else { return Ok(()) };
    let parent_of = |id: GroupId| groups.iter().find(|g| g.id == id).map(|g| g.spec.parent);
    let mut above = vec![parent];
    loop {
        let last = above[above.len() - 1];
        if last == id {
            return Err(Problem::invalid("parent", "A group cannot be part of itself."));
        }
        match parent_of(last) {
            None => return Err(Problem::not_found("group", last)),
            Some(None) => break,
            Some(Some(next)) if above.len() <= MAX_GROUP_DEPTH => above.push(next),
            Some(Some(_)) => break,
        }
    }
    let depth = above.len() + 1 + height(id, groups);
    if depth > MAX_GROUP_DEPTH {
        let detail = format!("Groups can be {MAX_GROUP_DEPTH} levels deep, and this would make {depth}.");
        return Err(Problem::invalid("parent", detail));
    }
    Ok(())
}

/// How many levels of groups lie below one.
fn height(id: GroupId, groups: &[Group]) -> usize {
    let below = groups.iter().filter(|g| g.spec.parent == Some(id)).map(|g| 1 + height(g.id, groups));
    below.max().unwrap_or(0)
}
