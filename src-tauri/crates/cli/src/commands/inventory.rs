//! `wh target`, `wh group` and `wh host-key`.

use crate::args::{GroupCommand, HostKeyCommand, TargetArgs, TargetCommand};
use crate::outcome::Outcome;
use crate::session::{Session, find_group};
use crate::show;
use std::path::Path;
use wheelhouse_protocol::inventory::{
    AcceptHostKey, ApplyImport, Connection, ConnectionKind, DeleteGroup, DeleteTarget, ExportInventory, ForgetHostKey,
    GroupSpec, HostKey, ImportChange, ImportFormat, ImportPreview, ImportSeverity, ImportSource, ListGroups,
    ListHostKeys, ListTargets, Os, PreviewImport, SaveGroup, SaveTarget, Target, TargetSpec, TestResult, TestTarget,
};
use wheelhouse_protocol::{GroupId, Problem};

pub(crate) async fn target(session: &Session, command: TargetCommand) -> Result<Outcome, Problem> {
    match command {
        TargetCommand::List { group } => {
            let targets = session.call(ListTargets { group }).await?;
            let groups = session.call(ListGroups {}).await?;
            session.print(&targets, |targets| {
                let rows: Vec<Vec<String>> = targets
                    .iter()
                    .map(|t| {
                        let names: Vec<&str> = groups
                            .iter()
                            .filter(|g| t.spec.groups.contains(&g.id))
                            .map(|g| g.spec.name.as_str())
                            .collect();
                        let way = t.spec.connections.first().map_or("none".to_owned(), |c| c.kind.to_string());
                        let contact = t.last_contact.map(show::moment).unwrap_or_default();
                        vec![
                            t.spec.name.clone(),
                            t.spec.address().to_owned(),
                            t.spec.os.to_string(),
                            way,
                            show::or_dash(&names.join(", ")),
                            show::or_dash(&contact),
                        ]
                    })
                    .collect();
                show::table(&["name", "address", "os", "connection", "groups", "last contact"], &rows);
            });
            Ok(Outcome::Done)
        }
        TargetCommand::Show { name } => {
            let target = session.target(&name).await?;
            let names = session.credential_names().await?;
            session.print(&target, |t| {
                show::line(format!("{}  {}  {}", t.spec.name, t.spec.addresses.join(" "), t.spec.os));
                for c in &t.spec.connections {
                    let credential = c
                        .credential
                        .and_then(|id| names.get(&id).cloned())
                        .unwrap_or_else(|| "no credential".to_owned());
                    show::line(format!(
                        "  {} port {} as {} with {credential}",
                        c.kind,
                        c.effective_port(),
                        c.user.as_deref().unwrap_or("its own user")
                    ));
                }
                if let Some(f) = &t.facts {
                    show::line(format!(
                        "  {}, {}, {}, packages: {}, services: {}",
                        f.distribution,
                        f.kernel,
                        f.architecture,
                        show::or_dash(&f.package_manager),
                        show::or_dash(&f.init_system)
                    ));
                }
                if !t.last_failure.is_empty() {
                    show::line(format!("  last failure: {}", t.last_failure));
                }
            });
            Ok(Outcome::Done)
        }
        TargetCommand::Add(args) => {
            let taken = session
                .call(ListTargets::default())
                .await?
                .iter()
                .any(|t| t.spec.name.eq_ignore_ascii_case(&args.name));
            if taken {
                let detail = format!("There is already a target “{}”.", args.name);
                return Err(Problem::invalid("name", detail).hint("Change it with: wh target set"));
            }
            let way = Connection::of(ConnectionKind::Ssh);
            let spec = TargetSpec { name: args.name.clone(), connections: vec![way], ..TargetSpec::default() };
            save(session, None, spec, *args).await
        }
        TargetCommand::Set(args) => {
            let target = session.target(&args.name).await?;
            save(session, Some(&target), target.spec.clone(), *args).await
        }
        TargetCommand::Remove { name } => {
            let target = session.target(&name).await?;
            session.call(DeleteTarget { id: target.id }).await?;
            session.print(&target, |t| show::line(format!("Removed {}", t.spec.name)));
            Ok(Outcome::Done)
        }
        TargetCommand::Test { name, accept_host_key } => test(session, &name, accept_host_key).await,
        TargetCommand::Import { file, format, apply, credential } => {
            import(session, &file, format.map(Into::into), apply, credential).await
        }
        TargetCommand::Export { format } => {
            let text = session.call(ExportInventory { format: format.into() }).await?;
            session.print(&text, |text| show::line(text.trim_end()));
            Ok(Outcome::Done)
        }
    }
}

async fn save(
    session: &Session,
    old: Option<&Target>,
    mut spec: TargetSpec,
    args: TargetArgs,
) -> Result<Outcome, Problem> {
    if !args.address.is_empty() {
        spec.addresses = args.address;
    }
    if let Some(os) = &args.os {
        spec.os = Os::parse(os).ok_or_else(|| {
            Problem::invalid("os", format!("“{os}” is none of linux, windows, macos, unix, network, unknown."))
        })?;
    }
    if spec.connections.is_empty() {
        spec.connections.push(Connection::of(ConnectionKind::Ssh));
    }
    let way = &mut spec.connections[0];
    if let Some(kind) = &args.connection {
        way.kind = ConnectionKind::parse(kind).ok_or_else(|| {
            Problem::invalid("connection", format!("“{kind}” is no kind of connection: ssh or local."))
        })?;
    }
    way.port = args.port.or(way.port);
    way.user = args.user.or(way.user.take());
    if let Some(name) = &args.credential {
        way.credential = Some(session.credential(name).await?.id);
    }
    if !args.tag.is_empty() {
        spec.tags = args.tag;
    }
    if !args.group.is_empty() {
        spec.groups = groups(session, &args.group).await?;
    }
    spec.environment = args.environment.or(spec.environment);
    spec.maintenance = args.maintenance.unwrap_or(spec.maintenance);
    spec.notes = args.notes.unwrap_or(spec.notes);
    let saved = session.call(SaveTarget { id: old.map(|t| t.id), spec }).await?;
    session.print(&saved, |t| show::line(format!("Saved {} ({})", t.spec.name, t.spec.address())));
    Ok(Outcome::Done)
}

/// The groups of these names; those that are not there are made.
async fn groups(session: &Session, names: &[String]) -> Result<Vec<GroupId>, Problem> {
    let known = session.call(ListGroups {}).await?;
    let mut ids = Vec::new();
    for name in names {
        let id = match find_group(&known, name) {
            Some(group) => group.id,
            None => {
                let spec = GroupSpec { name: name.clone(), ..GroupSpec::default() };
                session.call(SaveGroup { id: None, spec, members: None }).await?.id
            }
        };
        ids.push(id);
    }
    Ok(ids)
}

async fn test(session: &Session, name: &str, accept: Option<String>) -> Result<Outcome, Problem> {
    let target = session.target(name).await?;
    let mut result = session.call(TestTarget { id: target.id }).await?;
    if let Some(wanted) = accept {
        let (presented, replace) = match &result {
            TestResult::HostKeyUnknown { presented } => (Some(presented.clone()), false),
            TestResult::HostKeyChanged { presented, .. } => (Some(presented.clone()), true),
            _ => (None, false),
        };
        if let Some(key) = presented {
            accept_if(session, key, &wanted, replace).await?;
            result = session.call(TestTarget { id: target.id }).await?;
        }
    }
    session.print(&result, |result| tested(name, result));
    Ok(match result {
        TestResult::Ok { .. } => Outcome::Done,
        TestResult::HostKeyUnknown { .. } => Outcome::Waits,
        TestResult::HostKeyChanged { .. } => Outcome::Refused,
        TestResult::Failed { .. } => Outcome::SomeFailed,
    })
}

async fn accept_if(session: &Session, key: HostKey, wanted: &str, replace: bool) -> Result<(), Problem> {
    if key.fingerprint != wanted.trim() {
        let detail = format!("It presents {}, not {}. Nothing was accepted.", key.fingerprint, wanted.trim());
        return Err(Problem::new(wheelhouse_protocol::ProblemCode::HostKeyChanged, "Another host key", detail));
    }
    session.call(AcceptHostKey { key, replace }).await
}

fn tested(name: &str, result: &TestResult) {
    match result {
        TestResult::Ok { latency_ms, connect_ms, authentication, facts } => {
            show::line(format!(
                "{name}: ok in {latency_ms} ms (connected in {connect_ms} ms, logged in by {authentication})"
            ));
            show::line(format!("  {} {}, {}", facts.os, facts.distribution, facts.architecture));
        }
        TestResult::HostKeyUnknown { presented } => {
            show::line(format!("{name}: its host key has not been accepted yet"));
            show::line(format!("  {} {}", presented.key_type, presented.fingerprint));
            show::line(format!(
                "  If that is its key: wh target test {name} --accept-host-key {}",
                presented.fingerprint
            ));
        }
        TestResult::HostKeyChanged { presented, accepted } => {
            show::line(format!("{name}: ITS HOST KEY HAS CHANGED. Nothing was sent to it."));
            for key in accepted {
                show::line(format!("  accepted   {} ({})", key.key.fingerprint, key.accepted_by));
            }
            show::line(format!("  presented  {}", presented.fingerprint));
            show::line("  Find out why first: it was reinstalled, or somebody stands in between.");
        }
        TestResult::Failed { problem } => {
            show::line(format!("{name}: {}", problem.detail));
            if !problem.hint.is_empty() {
                show::line(format!("  {}", problem.hint));
            }
        }
    }
}

async fn import(
    session: &Session,
    file: &Path,
    format: Option<ImportFormat>,
    apply: bool,
    credential: Option<String>,
) -> Result<Outcome, Problem> {
    let full = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let source = ImportSource::Path { path: full.display().to_string() };
    let preview = session.call(PreviewImport { source: source.clone(), format }).await?;
    let shown = if apply {
        let credential = match credential {
            Some(name) => Some(session.credential(&name).await?.id),
            None => None,
        };
        let command = ApplyImport { source, format: preview.format, digest: preview.digest.clone(), credential };
        session.call(command).await?
    } else {
        preview
    };
    session.print(&shown, |preview| previewed(preview, apply));
    Ok(Outcome::Done)
}

fn previewed(preview: &ImportPreview, applied: bool) {
    let mark = |change| match change {
        ImportChange::New => "+",
        ImportChange::Changed => "~",
        ImportChange::Same => "=",
    };
    show::line(format!("{}: {} targets, {} groups", preview.format, preview.targets.len(), preview.groups.len()));
    for group in &preview.groups {
        show::line(format!("  {} group {} ({} targets)", mark(group.change), group.name, group.members));
    }
    for target in &preview.targets {
        show::line(format!(
            "  {} {}  {}  {}  {}",
            mark(target.change),
            target.name,
            target.address,
            target.connection,
            target.groups.join(", ")
        ));
        for difference in &target.differences {
            show::line(format!("      {difference}"));
        }
    }
    for remark in &preview.remarks {
        let kind = match remark.severity {
            ImportSeverity::Note => "note",
            ImportSeverity::Warning => "warning",
            ImportSeverity::Error => "error",
        };
        // What concerns the whole file has no line.
        let place = if remark.line > 0 { format!("line {}: ", remark.line) } else { String::new() };
        show::line(format!("  {place}{kind}: {}", remark.message));
    }
    show::line(if applied { "Imported." } else { "Nothing was stored. Add --apply to do it." });
}

pub(crate) async fn group(session: &Session, command: GroupCommand) -> Result<Outcome, Problem> {
    match command {
        GroupCommand::List => {
            let groups = session.call(ListGroups {}).await?;
            let targets = session.call(ListTargets::default()).await?;
            session.print(&groups, |groups| {
                let rows: Vec<Vec<String>> = groups
                    .iter()
                    .map(|g| {
                        let n = if g.spec.everything {
                            targets.len()
                        } else {
                            targets.iter().filter(|t| t.spec.groups.contains(&g.id)).count()
                        };
                        let parent =
                            groups.iter().find(|p| Some(p.id) == g.spec.parent).map_or("", |p| p.spec.name.as_str());
                        vec![
                            g.spec.name.clone(),
                            n.to_string(),
                            show::or_dash(&g.spec.aliases.join(", ")),
                            show::or_dash(parent),
                        ]
                    })
                    .collect();
                show::table(&["group", "targets", "aliases", "part of"], &rows);
            });
        }
        GroupCommand::Set { name, alias, parent, member, everything } => {
            let old = find_group(&session.call(ListGroups {}).await?, &name);
            let mut spec = old.as_ref().map(|g| g.spec.clone()).unwrap_or(GroupSpec { name, ..GroupSpec::default() });
            if !alias.is_empty() {
                spec.aliases = alias;
            }
            if let Some(parent) = parent {
                spec.parent = Some(session.group(&parent).await?.id);
            }
            spec.everything |= everything;
            let mut members = Vec::new();
            for name in &member {
                members.push(session.target(name).await?.id);
            }
            let members = (!members.is_empty()).then_some(members);
            let saved = session.call(SaveGroup { id: old.map(|g| g.id), spec, members }).await?;
            session.print(&saved, |g| show::line(format!("Saved the group {}", g.spec.name)));
        }
        GroupCommand::Remove { name } => {
            let group = session.group(&name).await?;
            session.call(DeleteGroup { id: group.id }).await?;
            session.print(&group, |g| show::line(format!("Removed the group {}; its targets stay", g.spec.name)));
        }
    }
    Ok(Outcome::Done)
}

pub(crate) async fn host_key(session: &Session, command: HostKeyCommand) -> Result<Outcome, Problem> {
    match command {
        HostKeyCommand::List => {
            let keys = session.call(ListHostKeys {}).await?;
            session.print(&keys, |keys| {
                let rows: Vec<Vec<String>> = keys
                    .iter()
                    .map(|k| {
                        let at = k.accepted_at.map(show::moment).unwrap_or_default();
                        vec![
                            format!("{}:{}", k.key.host, k.key.port),
                            k.key.key_type.clone(),
                            k.key.fingerprint.clone(),
                            k.accepted_by.clone(),
                            at,
                        ]
                    })
                    .collect();
                show::table(&["host", "type", "fingerprint", "accepted by", "at"], &rows);
            });
        }
        HostKeyCommand::Forget { host, port } => {
            session.call(ForgetHostKey { host: host.clone(), port }).await?;
            session.print(&serde_json::json!({ "forgotten": format!("{host}:{port}") }), |_| {
                show::line(format!("Forgot the keys of {host}:{port}"))
            });
        }
    }
    Ok(Outcome::Done)
}
