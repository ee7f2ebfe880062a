//! The table of targets, and what stands over it.

use super::bulk::bulk;
use super::place::{Beside, Place, Within, place};
use crate::components::empty::waiting;
use crate::components::field::Input;
use crate::components::icon::{look_icon, looked};
use crate::components::table::{Column, Table, Ticks};
use crate::components::{Button, EmptyState, ago, badge, problem_card};
use crate::pure::format::plural;
use crate::pure::groups::holds;
use crate::pure::icons::Icon;
use crate::pure::order::Key;
use crate::pure::reaching;
use crate::pure::trial::Trial;
use crate::pure::words::{Look, Tone};
use crate::state::{Load, stores};
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::ProblemCode;
use wheelhouse_protocol::inventory::{Os, Target, TestResult};

/// One row.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    pub(super) target: Target,
    groups: String,
    state: State,
}

/// Whether it answers, as far as is known.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Testing,
    Answered,
    NeedsLook,
    VaultLocked,
    Failed,
    Never,
}

impl State {
    fn look(self) -> Look {
        let still = |icon, tone, word| Look { icon, tone, word, busy: false };
        match self {
            Self::Testing => Look { icon: Icon::Retry, tone: Tone::Accent, word: "testing", busy: true },
            Self::Answered => still(Icon::Ok, Tone::Ok, "answered"),
            Self::NeedsLook => still(Icon::Key, Tone::Warn, "host key"),
            Self::VaultLocked => still(Icon::Lock, Tone::Warn, "vault locked"),
            Self::Failed => still(Icon::Unreachable, Tone::Error, "failed"),
            Self::Never => still(Icon::Minus, Tone::Plain, "never"),
        }
    }
}

fn state(target: &Target, trial: Option<&Trial>) -> State {
    match trial.filter(|trial| trial.holds(target)) {
        Some(Trial::Running) => return State::Testing,
        Some(Trial::Done { result, .. }) => match result.as_ref() {
            Ok(TestResult::HostKeyUnknown { .. } | TestResult::HostKeyChanged { .. }) => return State::NeedsLook,
            Err(problem) if problem.code == ProblemCode::VaultLocked => return State::VaultLocked,
            Err(_) => return State::Failed,
            Ok(_) => {}
        },
        None => {}
    }
    match (&target.last_contact, target.last_failure.is_empty()) {
        (_, false) => State::Failed,
        (Some(_), true) => State::Answered,
        (None, true) => State::Never,
    }
}

/// The rows of the chosen group that fit the search.
fn rows(place: Place) -> Vec<Row> {
    let inventory = &stores().inventory;
    let (within, search) = (place.within.get(), place.search.get());
    inventory.groups.value.with(|groups| {
        let groups = groups.ready().map(Vec::as_slice).unwrap_or_default();
        let name = |id| groups.iter().find(|g| g.id == id).map(|g| g.spec.name.as_str());
        inventory.targets.value.with(|targets| {
            inventory.trials.with(|trials| {
                let targets = targets.ready().map(Vec::as_slice).unwrap_or_default();
                targets
                    .iter()
                    .filter(|t| match within {
                        Within::All => true,
                        Within::None => t.spec.groups.is_empty(),
                        Within::Group(id) => holds(groups, id, t),
                    })
                    .map(|t| Row {
                        target: t.clone(),
                        groups: t.spec.groups.iter().filter_map(|g| name(*g)).collect::<Vec<_>>().join(", "),
                        state: state(t, trials.get(&t.id)),
                    })
                    .filter(|row| {
                        let spec = &row.target.spec;
                        let os = spec.os.to_string();
                        let way = spec.usable_connection().or(spec.connections.first()).map(reaching::connection);
                        let texts = [spec.name.as_str(), os.as_str(), row.groups.as_str(), spec.notes.as_str()];
                        let more = [spec.environment.as_deref(), way.as_deref()].into_iter().flatten();
                        let words = spec.addresses.iter().chain(&spec.tags).map(String::as_str);
                        reaching::found(&search, texts.into_iter().chain(more).chain(words))
                    })
                    .collect()
            })
        })
    })
}

/// The middle of the screen.
pub(super) fn list() -> AnyView {
    let place = place();
    let rows = Memo::new(move |_| Arc::new(rows(place)));
    let said = move || {
        let (shown, all) = (rows.with(|r| r.len()), stores().inventory.targets.get_or_default().len());
        if shown == all {
            plural(all, "target", "targets")
        } else {
            format!("{shown} of {}", plural(all, "target", "targets"))
        }
    };
    let edit_group = move || {
        let Within::Group(id) = place.within.get() else { return None };
        let name = stores().inventory.group_name(id);
        Some(
            Button::new(format!("Edit group “{name}”"))
                .quiet()
                .only_icon(Icon::Edit)
                .test("edit-group")
                .on(move || place.show(Beside::Group(id)))
                .view(),
        )
    };
    let body = Memo::new(move |_| {
        stores().inventory.targets.value.with(|load| match load {
            Load::Waiting => Err(None),
            Load::Failed(problem) => Err(Some(problem.clone())),
            Load::Ready(_) => Ok(()),
        })
    });
    view! {
        <div class="screen-main">
            <header class="screen-head">
                <div class="screen-tools">
                    {Input::search(place.search, "Search targets").test("target-search").view()}
                    <span class="faint dense nowrap" role="status" data-test="target-count">{said}</span>
                    {edit_group}
                </div>
                <div class="screen-actions">
                    {Button::new("Import").icon(Icon::Upload).test("import").on(super::import).view()}
                    {move || {
                        // What is open beside has a main action of its own.
                        let button = Button::new("New target").icon(Icon::Plus).test("new-target").on(super::new_target);
                        if place.beside.with(Option::is_none) { button.primary().view() } else { button.view() }
                    }}
                </div>
            </header>
            {bulk(rows)}
            {move || match body.get() {
                Err(None) => waiting(),
                Err(Some(problem)) => view! { <div class="page">{problem_card(problem)}</div> }.into_any(),
                Ok(()) => table(place, rows),
            }}
        </div>
    }
    .into_any()
}

fn table(place: Place, rows: Memo<Arc<Vec<Row>>>) -> AnyView {
    let current = Signal::derive(move || match place.beside.get() {
        Some(Beside::Target(id)) => Some(id.to_string()),
        _ => None,
    });
    Table {
        id: "targets",
        label: "Targets",
        rows: rows.into(),
        columns: columns(),
        key: |row: &Row| row.target.id.to_string(),
        open: Arc::new(|row: &Row| super::open(row.target.id)),
        current,
        checked: Some(Ticks { on: place.ticked, name: |row: &Row| row.target.spec.name.clone() }),
        sort: ("name", false),
        row_class: |row| if row.target.spec.maintenance { "resting" } else { "" },
        empty,
    }
    .view()
}

fn text(of: &str) -> Key {
    Key::Text(of.to_owned())
}

/// The longer ago, the larger; those never reached come last.
fn seen(row: &Row) -> Option<f64> {
    row.target.last_contact.map(|t| -(t.as_millisecond() as f64))
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("name", "Name", "minmax(128px, 2fr)", name).sorted(|r| text(&r.target.spec.name)),
        Column::new("address", "Address", "minmax(112px, 1.6fr)", |r: &Row| {
            let spec = &r.target.spec;
            let all = spec.addresses.join(", ");
            view! { <span class="truncate selectable" title=all>{spec.address().to_owned()}</span> }.into_any()
        })
        .sorted(|r| text(r.target.spec.address())),
        Column::new("os", "OS", "84px", os).sorted(|r| text(r.target.spec.os.as_str())),
        Column::new("connection", "Connection", "minmax(104px, 1.2fr)", way)
            .sorted(|r| text(&r.target.spec.connections.first().map(reaching::connection).unwrap_or_default())),
        Column::new("contact", "Last contact", "124px", contact).sorted(|r| Key::Number(seen(r))),
        Column::new("tags", "Tags", "minmax(96px, 1.4fr)", |r: &Row| words(&r.target.spec.tags))
            .sorted(|r| text(&r.target.spec.tags.join(" "))),
        Column::new("maintenance", "Maintenance", "116px", |r: &Row| {
            if r.target.spec.maintenance { badge(Tone::Warn, Some(Icon::Wrench), "maintenance") } else { ().into_any() }
        })
        .sorted(|r| Key::Number(r.target.spec.maintenance.then_some(0.0))),
        Column::new("groups", "Groups", "minmax(96px, 1fr)", |r: &Row| {
            view! { <span class="truncate" title=r.groups.clone()>{r.groups.clone()}</span> }.into_any()
        })
        .sorted(|r| text(&r.groups))
        .hidden(),
        Column::new("environment", "Environment", "104px", |r: &Row| {
            view! { <span class="truncate">{r.target.spec.environment.clone()}</span> }.into_any()
        })
        .sorted(|r| text(r.target.spec.environment.as_deref().unwrap_or_default()))
        .hidden(),
    ]
}

fn name(row: &Row) -> AnyView {
    let name = row.target.spec.name.clone();
    view! { <span class="truncate strong" title=name.clone() data-test="target-name">{name.clone()}</span> }.into_any()
}

fn os(row: &Row) -> AnyView {
    if row.target.spec.os == Os::Unknown {
        return view! { <span class="faint" title="Nobody has said; the first test finds out">"unknown"</span> }
            .into_any();
    }
    let more = row.target.facts.as_ref().map(|f| f.distribution.clone()).unwrap_or_default();
    view! { <span class="truncate" title=more>{row.target.spec.os.to_string()}</span> }.into_any()
}

fn way(row: &Row) -> AnyView {
    let spec = &row.target.spec;
    match (spec.usable_connection(), spec.connections.first()) {
        (Some(way), _) => view! { <span class="truncate">{reaching::connection(way)}</span> }.into_any(),
        (None, Some(way)) => {
            let said = reaching::connection(way);
            let tip = format!("Wheelhouse does not speak {}; jobs leave this target out", way.kind);
            view! { <span class="truncate faint" title=tip>{said}</span> }.into_any()
        }
        (None, None) => view! { <span class="faint">"none"</span> }.into_any(),
    }
}

fn contact(row: &Row) -> AnyView {
    let look = row.state.look();
    match (row.state, row.target.last_contact) {
        (State::Answered, Some(at)) => {
            view! { <span class="row contact" data-test="contact">{look_icon(look)}{ago(at)}</span> }.into_any()
        }
        (State::Never, _) => view! { <span class="faint" data-test="contact">"never"</span> }.into_any(),
        (State::NeedsLook, _) => {
            view! { <span class="row" title="Its host key waits for your decision" data-test="contact">{looked(look)}</span> }.into_any()
        }
        _ => view! { <span class="row" title=row.target.last_failure.clone() data-test="contact">{looked(look)}</span> }.into_any(),
    }
}

fn words(all: &[String]) -> AnyView {
    let chips = all.iter().map(|word| view! { <span class="chip">{word.clone()}</span> }).collect_view();
    view! { <span class="cell-chips" title=all.join(", ")>{chips}</span> }.into_any()
}

fn empty() -> AnyView {
    let place = place();
    let searched = !place.search.with_untracked(String::is_empty);
    let (title, text) = match (searched, place.within.get_untracked()) {
        (true, _) => (
            "Nothing like that",
            "No target of this group has these words in its name, address, tags, groups or notes.",
        ),
        (false, Within::Group(_)) => {
            ("An empty group", "Tick targets in the table of all targets and add them, or edit the group.")
        }
        (false, Within::None) => ("Every target is in a group", "What is in no group would stand here."),
        (false, Within::All) => (
            "No targets yet",
            "Add one by hand, or import what Ansible or SSH already knows. Nothing is stored before you have seen it.",
        ),
    };
    let actions = match (searched, place.within.get_untracked()) {
        (true, _) => {
            Button::new("Clear the search").test("clear-search").on(move || place.search.set(String::new())).view()
        }
        (false, Within::Group(id)) => {
            Button::new("Edit the group").icon(Icon::Edit).on(move || place.show(Beside::Group(id))).view()
        }
        (false, Within::None) => ().into_any(),
        (false, Within::All) => view! {
            {Button::new("New target").icon(Icon::Plus).on(super::new_target).view()}
            {Button::new("Import an inventory").icon(Icon::Upload).on(super::import).view()}
        }
        .into_any(),
    };
    EmptyState { icon: Icon::Targets, title, text: text.to_owned(), actions }.view()
}
