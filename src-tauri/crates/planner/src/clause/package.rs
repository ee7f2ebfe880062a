//! Packages: install, uninstall, update.

use super::{Clause, ClauseReader, Draft, Gap, Parts, is_absolute, is_service_name, is_version};
use crate::text::{Kind, Token};
use serde_json::json;
use wheelhouse_protocol::action::{Action, Name};
use wheelhouse_protocol::inventory::Os;
use wheelhouse_protocol::reading::Intent;

/// What a clause says about packages.
#[derive(Default)]
struct Package {
    names: Vec<Token>,
    version: Option<String>,
    newest: bool,
    /// A file, or where it comes from.
    source: Option<String>,
}

impl ClauseReader<'_> {
    pub(super) fn package_action(&self, parts: &mut Parts<'_>, intent: Intent) -> Clause {
        if let Some(clause) = self.rollout_words(parts, intent) {
            return clause;
        }
        let package = self.package(parts);
        self.package_clause(parts, intent, package)
    }

    /// "with zero downtime", "with automated rollback on failure": how, and not with what.
    fn rollout_words(&self, parts: &mut Parts<'_>, intent: Intent) -> Option<Clause> {
        let rollback = parts.object.has(&["rollback", "roll-back"]);
        let downtime = parts.object.has(&["downtime"]);
        if !rollback && !downtime {
            return None;
        }
        let package = self.package(parts);
        let names: Vec<&Token> = package
            .names
            .iter()
            .filter(|t| {
                !["zero", "downtime", "automated", "automatic", "rollback", "failure", "with", "on", "no"]
                    .iter()
                    .any(|w| t.is(w))
            })
            .collect();
        let said = names.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let question = if names.is_empty() {
            "Which package or file is to be installed?".to_owned()
        } else {
            format!("Which package or file is “{said}”?")
        };
        let mut clause = Clause::lacking(intent, Gap::new("package", question)).gap(Gap::new(
            "batch",
            "In which batches? For example: one at a time, or 2 at a time with a canary first.",
        ));
        if let Some(version) = package.version {
            clause = clause.text("version", &version);
        }
        if rollback {
            clause = clause.slot("rollback", json!(true));
        }
        let end = parts.object.tokens.len();
        parts.object.mark(0..end);
        Some(clause)
    }

    fn package(&self, parts: &mut Parts<'_>) -> Package {
        let mut package = Package::default();
        let object = &mut parts.object;
        if let Some(file) = object.take_after(&["from", "using", "with", "file"]) {
            if file.kind == Kind::Path || file.kind == Kind::Quoted && is_absolute(&file.text) {
                package.source = Some(file.text);
            } else {
                package.names.push(file);
            }
        }
        object.take_phrase(&[
            "to the latest version", "to latest version", "latest version", "the latest", "newest version",
            "latest available version", "latest release",
        ]);
        package.newest |= object.tokens.iter().any(|t| t.is("latest") || t.is("newest"));
        object.take(&[
            "latest", "newest", "available", "using", "via", "apt", "apt-get", "yum", "dnf", "choco", "chocolatey",
            "winget", "-y", "new", "named", "called", "stable", "release",
        ]);
        if let Some(version) = object.take_after(&["version", "ver", "v", "release"]) {
            package.version = Some(version.text.trim_start_matches('v').to_owned());
        }
        object.take(&["version"]);
        if package.source.is_none()
            && let Some(path) = object.take_if(|t| t.kind == Kind::Path)
        {
            package.source = Some(path.text);
        }
        let words = object.words(self.lexicon);
        for (i, token) in words {
            let noun = token.kind == Kind::Word
                && (self.lexicon.package_nouns.contains(&token.lower)
                    || self.lexicon.service_nouns.contains(&token.lower)
                    || token.is("it"));
            let position = i;
            let behind_to = position > 0 && object.tokens[position - 1].is("to");
            if !package.names.is_empty()
                && package.version.is_none()
                && (is_version(&token.text) && (token.text.contains('.') || token.lower.starts_with('v') || behind_to))
            {
                package.version = Some(token.text.trim_start_matches('v').to_owned());
                object.mark(i..i + 1);
                continue;
            }
            object.mark(i..i + 1);
            if !noun {
                package.names.push(token);
            }
        }
        package
    }

    fn package_clause(&self, parts: &mut Parts<'_>, intent: Intent, package: Package) -> Clause {
        let mut package = package;
        // `nginx=1.22` as apt writes it.
        if let [one] = package.names.as_mut_slice()
            && let Some((name, wanted)) =
                one.text.split_once('=').map(|(n, v)| (n.to_owned(), v.trim_start_matches('=').to_owned()))
        {
            package.version = Some(wanted);
            one.lower = name.to_lowercase();
            one.text = name;
        }
        let with_version = |clause: Clause| match &package.version {
            Some(version) => clause.text("version", version),
            None if package.newest => clause.text("version", "latest"),
            None => clause,
        };
        if let Some(source) = &package.source
            && package.names.is_empty()
        {
            let question = format!(
                "Installing from a file is not a step of its own. Copy {source} to the machines, then run its installer, or name the package."
            );
            return with_version(Clause::lacking(intent, Gap::new("package", question)).text("source", source));
        }
        let names = match self.joined_names(parts, &package.names) {
            Ok(names) => names,
            Err(gap) => return with_version(Clause::lacking(intent, gap)),
        };
        let names = match (names.is_empty(), &parts.earlier.name) {
            (false, _) => names,
            (true, Some(name)) => vec![name.clone()],
            (true, None) => return with_version(Clause::lacking(intent, Gap::new("package", "Which package?"))),
        };
        let mut clause = Clause::new(intent);
        for name in &names {
            let (name, reason) = match self.lexicon.mistyped_service(name).filter(|_| !self.lexicon.knows_package(name))
            {
                Some(meant) => (meant.clone(), Some(format!("read “{name}” as {meant}"))),
                None => (name.clone(), None),
            };
            clause.reasons.extend(reason);
            let named: Name = self.lexicon.package(&name);
            let version = package.version.clone();
            clause.drafts.push(Draft::Ready(match intent {
                Intent::Install => Action::PackageInstall { package: named, version },
                Intent::Update => Action::PackageUpdate { package: named, version },
                _ => Action::PackageUninstall { package: named },
            }));
            clause.step.slots.insert("package".to_owned(), json!(self.lexicon.canonical_service(&name)));
        }
        if let [_, _, ..] = names.as_slice() {
            let all: Vec<String> = names.iter().map(|n| self.lexicon.canonical_service(n)).collect();
            clause.step.slots.insert("package".to_owned(), json!(all));
        }
        if let (Some(source), Intent::Update, [name]) = (&package.source, intent, names.as_slice())
            && !["msi", "deb", "rpm", "pkg", "zip", "gz", "msix", "appx"]
                .iter()
                .any(|e| source.to_lowercase().ends_with(&format!(".{e}")))
        {
            return with_version(self.program_from_file(clause, name, source));
        }
        if let Some(source) = &package.source {
            let question = format!(
                "Where on the machines is {} to go? Ask for it in steps: stop it, copy {source} to its path, start it, check it.",
                names.join(", ")
            );
            clause.drafts.clear();
            clause = clause.text("source", source).gap(Gap::new("destination", question));
        }
        with_version(clause)
    }

    /// A program of the site's own from a file: look, stop, back up and replace, start, look.
    fn program_from_file(&self, clause: Clause, name: &str, source: &str) -> Clause {
        let service = self.lexicon.service(name);
        let mut clause = Clause { gaps: Vec::new(), ..clause };
        clause.drafts = vec![
            Draft::Ready(Action::ServiceStatus { service: service.clone() }),
            Draft::Ready(Action::ServiceStop { service: service.clone() }),
            Draft::Replace { service: service.clone(), source: source.to_owned() },
            Draft::Ready(Action::ServiceStart { service: service.clone() }),
            Draft::Ready(Action::ServiceStatus { service }),
        ];
        clause.step.slots.remove("package");
        let clause = clause.text("source", source).text("service", &self.lexicon.canonical_service(name));
        match self.lexicon.site_process(name) {
            Some(process) => clause.text("process", process),
            None => clause,
        }
    }

    /// The packages named: one, or several joined by "and" and commas.
    fn joined_names(&self, parts: &Parts<'_>, names: &[Token]) -> Result<Vec<String>, Gap> {
        let Some((first, last)) = names.first().zip(names.last()) else { return Ok(Vec::new()) };
        let span = first.span.start..last.span.end;
        let said = self.text.slice(span.clone());
        if self.is_vague(names) {
            return Err(Gap::new("package", format!("Which package exactly is “{said}”?")).instead_of(span, Vec::new()));
        }
        // "sql server", "node exporter": known names of several words.
        if let Some((length, _)) = self.lexicon.service_at(names)
            && length == names.len()
        {
            return Ok(vec![said]);
        }
        let connected = names.windows(2).all(|pair| {
            let between: Vec<&Token> = parts
                .object
                .tokens
                .iter()
                .filter(|t| t.span.start >= pair[0].span.end && t.span.end <= pair[1].span.start)
                .collect();
            between.iter().any(|t| t.kind == Kind::Comma || t.is("and") || t.is("plus"))
        });
        let fits = |t: &&Token| {
            (t.kind == Kind::Word && is_service_name(t.text.split('=').next().unwrap_or_default())
                || t.kind == Kind::Quoted && is_service_name(&t.text.replace(' ', "")))
                && !self.is_vague(&[(**t).clone()])
                && !super::service::is_ordinary(&t.lower)
        };
        if let Some(host) = names.iter().find(|t| self.places.roster.host(&t.text).is_some()) {
            let question = format!("“{}” is a machine, not a package. Which package?", host.text);
            return Err(Gap::new("package", question).instead_of(host.span.clone(), Vec::new()));
        }
        if connected && names.iter().all(|t| fits(&t)) {
            return Ok(names.iter().map(|t| t.text.clone()).collect());
        }
        let fillers: Vec<String> = if names.len() > 1 {
            names.iter().filter(fits).map(|t| t.text.clone()).take(4).collect()
        } else {
            Vec::new()
        };
        let question = if names.len() > 1 {
            format!("Which package is “{said}”?")
        } else {
            format!("“{said}” cannot be a package's name. Which package?")
        };
        Err(Gap::new("package", question).instead_of(span, fillers))
    }

    pub(super) fn update(&self, parts: &mut Parts<'_>) -> Clause {
        if let Some(clause) = self.whole_update(parts) {
            return clause;
        }
        let package = self.package(parts);
        let systems = parts.systems(self);
        let stated = package.version.is_some() || package.source.is_some();
        let mut clause = self.package_clause(parts, Intent::Update, package);
        let name = clause.step.slots.get("package").and_then(|v| v.as_str()).map(str::to_owned);
        let Some(name) = name.filter(|_| clause.gaps.is_empty()) else { return clause };
        // What a package manager has, it can bring up to date; a program of the site's own needs its file or version.
        let own = name.to_lowercase().ends_with(".exe") || self.lexicon.is_site_service(&name);
        let managed = self.lexicon.knows_package(&name)
            || !own && systems.iter().all(|os| *os != Os::Windows) && !systems.is_empty();
        if !managed && !stated {
            clause.drafts.clear();
            clause.step.slots.remove("package");
            let canonical = self.lexicon.canonical_service(&name);
            if name.to_lowercase().ends_with(".exe") {
                clause = clause.text("process", &name);
            } else {
                clause = clause.text("service", &canonical);
            }
            if let Some(process) = self.lexicon.site_process(&name) {
                clause = clause.text("process", process);
            }
            clause.gaps.push(Gap::new(
                "package_source_or_version",
                format!("To which version of {name}, or from which file?"),
            ));
        }
        clause
    }

    /// "update all packages", "patch the web servers", "install the latest updates".
    fn whole_update(&self, parts: &mut Parts<'_>) -> Option<Clause> {
        parts.object.take_phrase(&[
            "security updates", "security patches", "latest patches", "latest updates", "pending updates",
            "available updates", "os updates", "os patches", "windows updates", "windows update", "system updates",
        ]);
        let whole = [
            "all", "every", "packages", "updates", "everything", "system", "os", "patches", "software", "patching",
            "distro", "kernel's",
        ];
        let words = parts.object.words(self.lexicon);
        let only = words.iter().all(|(_, t)| {
            t.kind == Kind::Word
                && (whole.iter().any(|w| t.is(w))
                    || self.lexicon.all.contains(&t.lower)
                    || self.lexicon.machines.contains(&t.lower)
                    || [
                        "installed", "the", "operating", "latest", "available", "pending", "to", "version", "versions",
                        "security",
                    ]
                    .iter()
                    .any(|w| t.is(w)))
        });
        let said = parts.object.has(&whole)
            || parts.said == "patch"
            || words.is_empty() && parts.object.has(&["updates", "patches", "update"]);
        if !only || !said || parts.object.has(&["version"]) {
            return None;
        }
        let end = parts.object.tokens.len();
        parts.object.mark(0..end);
        Some(Clause::ready(Intent::Update, Action::SystemUpdate).text("scope", "all"))
    }
}
