//! Inventories of other tools, in and out.

use crate::files::expand_home;
use crate::planning::{SERVICES, blocking};
use crate::{App, Caller, Handle};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;
use wheelhouse_inventory::{Imported, MAX_BYTES, Merge, export, merge, parse, recognise};
use wheelhouse_protocol::inventory::{
    ApplyImport, ExportInventory, ImportFormat, ImportPreview, ImportSource, PreviewImport,
};
use wheelhouse_protocol::{CredentialId, Event, Problem, ProblemCode};
use wheelhouse_store::inventory::InventoryWrite;

/// A text that was read, with its name and its SHA-256.
struct Source {
    name: String,
    text: String,
    digest: String,
}

impl Handle<PreviewImport> for App {
    async fn handle(&self, _: &Caller, command: PreviewImport) -> Result<ImportPreview, Problem> {
        let source = read(command.source).await?;
        let format = match command.format.or_else(|| recognise(&source.name, &source.text)) {
            Some(format) => format,
            None => return Err(unrecognised(&source.name)),
        };
        let digest = source.digest.clone();
        let (merge, _) = self.merge(source, format, None).await?;
        Ok(merge.preview.complete(format, digest))
    }
}

impl Handle<ApplyImport> for App {
    async fn handle(&self, caller: &Caller, command: ApplyImport) -> Result<ImportPreview, Problem> {
        let source = read(command.source).await?;
        if source.digest != command.digest {
            return Err(Problem::new(
                ProblemCode::Stale,
                "The file has changed since the preview",
                format!("{} is not what was looked at; nothing was imported.", source.name),
            )
            .hint("Look at the preview again."));
        }
        let (name, digest) = (source.name.clone(), source.digest.clone());
        let (merged, words) = self.merge(source, command.format, command.credential).await?;
        let write = InventoryWrite { groups: merged.groups.clone(), targets: merged.targets.clone() };
        if !words.is_empty() {
            let mut services: BTreeMap<String, Vec<String>> = self.store.setting(SERVICES).await?.unwrap_or_default();
            services.extend(words);
            self.store.set_setting(SERVICES, &services).await?;
        }
        self.store.write_inventory(&write).await?;
        let detail = json!({ "name": name, "format": command.format, "sha256": digest,
            "targets": write.targets.len(), "groups": write.groups.len() });
        self.store.append_audit(&Self::record(caller, "inventory.imported", detail)).await?;
        self.bus.publish(Event::InventoryChanged);
        Ok(merged.preview.complete(command.format, digest))
    }
}

impl Handle<ExportInventory> for App {
    async fn handle(&self, _: &Caller, command: ExportInventory) -> Result<String, Problem> {
        let snapshot = self.snapshot().await?;
        let names: HashMap<CredentialId, String> =
            self.vault.list().await?.into_iter().map(|c| (c.id, c.name)).collect();
        Ok(export(command.format, &snapshot, &|id| names.get(&id).cloned())?)
    }
}

impl App {
    async fn merge(
        &self,
        source: Source,
        format: ImportFormat,
        credential: Option<CredentialId>,
    ) -> Result<(Merge, BTreeMap<String, Vec<String>>), Problem> {
        let current = self.snapshot().await?;
        blocking(move || {
            let imported: Imported = parse(format, &source.text)?;
            Ok((merge(&imported, &current, &mut Uuid::now_v7, credential), imported.services))
        })
        .await
    }
}

async fn read(source: ImportSource) -> Result<Source, Problem> {
    let (name, bytes) = match source {
        ImportSource::Text { name, text } => (name, text.into_bytes()),
        ImportSource::Path { path } => blocking(move || read_file(&path)).await?,
    };
    let digest = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    // What is not UTF-8 is seen by the parser, which says at which line.
    let text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    Ok(Source { name, text, digest })
}

fn read_file(path: &str) -> Result<(String, Vec<u8>), Problem> {
    let full = expand_home(path);
    let failed = |reason: String| {
        Problem::new(
            ProblemCode::InvalidInput,
            "That file cannot be imported",
            format!("{}: {reason}.", full.display()),
        )
        .source(path.to_owned())
    };
    let metadata = std::fs::metadata(&full).map_err(|e| failed(e.to_string()))?;
    if metadata.is_dir() {
        return Err(failed("it is a folder".to_owned()));
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(failed(format!("it is larger than {} MiB", MAX_BYTES / 1024 / 1024)));
    }
    let bytes = std::fs::read(&full).map_err(|e| failed(e.to_string()))?;
    Ok((full.display().to_string(), bytes))
}

fn unrecognised(name: &str) -> Problem {
    let what = if name.is_empty() { "The text".to_owned() } else { name.to_owned() };
    Problem::new(
        ProblemCode::InvalidInput,
        "Its format is not recognised",
        format!("{what} looks like none of: Ansible inventory (INI or YAML), SSH configuration, CSV, JSON."),
    )
    .hint("Say which format it is.")
}
