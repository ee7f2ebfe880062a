//! The form of a target: everything a person says about it.

use super::connections::Ways;
use super::place::{Beside, Next, Part, Within, place};
use crate::components::Button;
use crate::components::combobox::Combobox;
use crate::components::field::{Input, field, labelled, other_problem, text_area, toggle};
use crate::components::panel::side_panel;
use crate::components::scroller::scroller;
use crate::components::select::select;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use std::collections::BTreeSet;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Os, SaveTarget, Target, TargetSpec};
use wheelhouse_protocol::{Problem, TargetId};

/// The fields a problem can be about.
const FIELDS: &[&str] = &["name", "addresses", "tags", "environment", "port", "user"];

/// The panel of a target that is not there yet. It begins in the group that is looked at.
pub(super) fn new_target() -> AnyView {
    let groups = match place().within.get_untracked() {
        Within::Group(id) => vec![id],
        _ => Vec::new(),
    };
    let spec = TargetSpec { groups, connections: vec![Connection::of(ConnectionKind::Ssh)], ..TargetSpec::default() };
    side_panel("New target", "new-target-panel", ().into_any(), || place().close(), form(None, &spec))
}

/// The part of a target's panel where it is changed.
pub(super) fn edit_target(target: Target) -> AnyView {
    form(Some(target.id), &target.spec)
}

/// What is being typed.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    addresses: RwSignal<Vec<String>>,
    os: RwSignal<Os>,
    tags: RwSignal<Vec<String>>,
    groups: RwSignal<Vec<String>>,
    environment: RwSignal<String>,
    maintenance: RwSignal<bool>,
    notes: RwSignal<String>,
    ways: Ways,
}

impl Draft {
    fn of(spec: &TargetSpec) -> Self {
        let groups = untrack(|| spec.groups.iter().map(|g| stores().inventory.group_name(*g)).collect());
        Self {
            name: RwSignal::new(spec.name.clone()),
            addresses: RwSignal::new(spec.addresses.clone()),
            os: RwSignal::new(spec.os),
            tags: RwSignal::new(spec.tags.clone()),
            groups: RwSignal::new(groups),
            environment: RwSignal::new(spec.environment.clone().unwrap_or_default()),
            maintenance: RwSignal::new(spec.maintenance),
            notes: RwSignal::new(spec.notes.clone()),
            ways: Ways::of(&spec.connections),
        }
    }

    /// Everything as it is typed now, to see whether it changed.
    fn now(self) -> impl PartialEq + Send + Sync + use<> {
        (
            (self.name.get(), self.addresses.get(), self.os.get(), self.tags.get(), self.groups.get()),
            (self.environment.get(), self.maintenance.get(), self.notes.get(), self.ways.now()),
        )
    }

    fn read(self) -> Result<TargetSpec, Problem> {
        let named = self.groups.get_untracked();
        let groups = stores().inventory.groups.value.with_untracked(|all| {
            let all = all.ready().map(Vec::as_slice).unwrap_or_default();
            named
                .iter()
                .filter_map(|n| all.iter().find(|g| g.spec.name.eq_ignore_ascii_case(n)).map(|g| g.id))
                .collect()
        });
        Ok(TargetSpec {
            name: self.name.get_untracked(),
            addresses: self.addresses.get_untracked(),
            os: self.os.get_untracked(),
            tags: self.tags.get_untracked(),
            groups,
            environment: Some(self.environment.get_untracked()).filter(|e| !e.trim().is_empty()),
            maintenance: self.maintenance.get_untracked(),
            notes: self.notes.get_untracked(),
            connections: self.ways.read()?,
        })
    }
}

/// Words already in use, to choose from.
fn in_use<'a, I: IntoIterator<Item = &'a String>>(of: impl Fn(&'a Target) -> I, all: &'a [Target]) -> Vec<String> {
    all.iter().flat_map(of).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn form(id: Option<TargetId>, spec: &TargetSpec) -> AnyView {
    let draft = Draft::of(spec);
    let doing = Doing::new();
    let first = StoredValue::new(untrack(|| draft.now()));
    let unsaved = Memo::new(move |_| first.with_value(|first| draft.now() != *first));
    Effect::new(move |_| stores().navigation.unsaved.set(unsaved.get()));
    on_cleanup(|| stores().navigation.unsaved.set(false));
    let save = move || match draft.read() {
        Err(problem) => doing.problem.set(Some(problem)),
        Ok(spec) => doing.run(SaveTarget { id, spec }, move |target: Target| {
            stores().toasts.say(Tone::Ok, format!("{} saved", target.spec.name));
            let saved = target.id;
            // What a test found before was about what has changed.
            stores().inventory.trials.update(|t| {
                t.remove(&saved);
            });
            stores().inventory.put_target(target);
            // Who went on while it was being stored is left where they are.
            if unsaved.try_get_untracked().is_some() {
                place().go(Next::Beside(Some(Beside::Target(saved))));
            }
        }),
    };
    let cancel = move || place().go(if id.is_some() { Next::Part(Part::Details) } else { Next::Beside(None) });
    let inside = fields(draft, doing, id.is_none(), save);
    view! {
        {scroller("target-form", "panel-body", inside)}
        <footer class="panel-foot">
            {Button::new(if id.is_some() { "Save" } else { "Add target" })
                .primary()
                .test("save-target")
                .busy(doing.busy)
                .disabled(Signal::derive(move || draft.name.with(|n| n.trim().is_empty())))
                .on(save)
                .view()}
            {Button::new("Cancel").quiet().test("cancel-target").on(cancel).view()}
        </footer>
    }
    .into_any()
}

fn fields(draft: Draft, doing: Doing, new: bool, save: impl Fn() + Clone + 'static) -> AnyView {
    let problem = doing.problem;
    let targets = move || stores().inventory.targets.get_or_default();
    let tags = Signal::derive(move || in_use(|t| &t.spec.tags, &targets()));
    let groups =
        Signal::derive(|| stores().inventory.groups.get_or_default().into_iter().map(|g| g.spec.name).collect());
    let systems = [Os::Unknown, Os::Linux, Os::Windows, Os::Macos, Os::Unix, Os::Network];
    let systems: Vec<(String, String)> = systems
        .iter()
        .map(|os| {
            (os.as_str().to_owned(), if *os == Os::Unknown { "Not known yet".to_owned() } else { os.to_string() })
        })
        .collect();
    let name = Input::text(draft.name).test("target-name-input").on_enter(save.clone());
    let name = if new { name.focus() } else { name };
    view! {
        <div class="form">
            {field("Name", "", "name", problem, name.view())}
            {labelled(
                "Addresses",
                "The first is dialled; without one, the name is.",
                "addresses",
                problem,
                Combobox {
                    label: "Addresses",
                    values: draft.addresses,
                    suggestions: Signal::derive(Vec::new),
                    free: true,
                    placeholder: "host name or IP address",
                    test: "target-addresses",
                }
                .view(),
            )}
            <div class="form-row">
                {field(
                    "Operating system",
                    "",
                    "os",
                    problem,
                    select(
                        "Operating system",
                        systems,
                        Signal::derive(move || draft.os.get().as_str().to_owned()),
                        "target-os",
                        move |word| draft.os.set(Os::parse(&word).unwrap_or_default()),
                    ),
                )}
                {field(
                    "Environment",
                    "",
                    "environment",
                    problem,
                    Input::text(draft.environment).placeholder("production, staging, …").test("target-environment").on_enter(save).view(),
                )}
            </div>
            {labelled(
                "Groups",
                "",
                "groups",
                problem,
                Combobox {
                    label: "Groups",
                    values: draft.groups,
                    suggestions: groups,
                    free: false,
                    placeholder: "choose groups",
                    test: "target-groups",
                }
                .view(),
            )}
            {labelled(
                "Tags",
                "",
                "tags",
                problem,
                Combobox {
                    label: "Tags",
                    values: draft.tags,
                    suggestions: tags,
                    free: true,
                    placeholder: "words to select by",
                    test: "target-tags",
                }
                .view(),
            )}
            {draft.ways.view()}
            <div class="fieldset">
                {field("Notes", "", "notes", problem, text_area(draft.notes, 3, "", "target-notes"))}
                {toggle(
                    "In maintenance: jobs leave it out",
                    draft.maintenance,
                    false,
                    "target-maintenance-input",
                    move |on| draft.maintenance.set(on),
                )}
            </div>
            {other_problem(problem, FIELDS)}
        </div>
    }
    .into_any()
}
