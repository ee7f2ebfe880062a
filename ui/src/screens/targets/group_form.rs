//! The form of a group: its names, where it hangs, who is in it.

use super::place::{Beside, Within, place};
use crate::components::Button;
use crate::components::combobox::Combobox;
use crate::components::field::{Input, field, labelled, other_problem, toggle};
use crate::components::panel::side_panel;
use crate::components::scroller::scroller;
use crate::components::select::select;
use crate::pure::groups::possible_parents;
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::inventory::{DeleteGroup, Group, GroupSpec, SaveGroup};
use wheelhouse_protocol::{GroupId, TargetId};

/// The fields a problem can be about.
const FIELDS: &[&str] = &["name", "aliases", "parent"];

/// The panel of a group that is not there yet.
pub(super) fn new_group() -> AnyView {
    let members = place().members.get_untracked();
    side_panel(
        "New group",
        "group-panel",
        ().into_any(),
        || place().close(),
        form(None, &GroupSpec::default(), members),
    )
}

/// The panel of a group.
pub(super) fn edit_group(id: GroupId) -> AnyView {
    let group = move || {
        stores().inventory.groups.value.with(|g| g.ready().and_then(|g| g.iter().find(|g| g.id == id).cloned()))
    };
    let title = Signal::derive(move || format!("Group “{}”", stores().inventory.group_name(id)));
    Effect::new(move |_| {
        let there = stores().inventory.groups.value.with(|g| g.ready().is_none_or(|g| g.iter().any(|g| g.id == id)));
        if !there {
            place().done_with(Beside::Group(id));
        }
    });
    let inside = untrack(group).map(|group| {
        let members = stores().inventory.targets.value.with_untracked(|t| {
            t.ready().into_iter().flatten().filter(|t| t.spec.groups.contains(&id)).map(|t| t.id).collect()
        });
        form(Some(id), &group.spec, members)
    });
    side_panel(title, "group-panel", ().into_any(), || place().close(), inside.into_any())
}

fn names_of(ids: &[TargetId]) -> Vec<String> {
    stores().inventory.targets.value.with_untracked(|t| {
        let all = t.ready().map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|t| ids.contains(&t.id)).map(|t| t.spec.name.clone()).collect()
    })
}

fn ids_of(names: &[String]) -> Vec<TargetId> {
    stores().inventory.targets.value.with_untracked(|t| {
        let all = t.ready().map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|t| names.iter().any(|n| n.eq_ignore_ascii_case(&t.spec.name))).map(|t| t.id).collect()
    })
}

fn form(id: Option<GroupId>, spec: &GroupSpec, members: Vec<TargetId>) -> AnyView {
    let name = RwSignal::new(spec.name.clone());
    let aliases = RwSignal::new(spec.aliases.clone());
    let parent = RwSignal::new(spec.parent);
    let everything = RwSignal::new(spec.everything);
    let members = RwSignal::new(names_of(&members));
    let doing = Doing::new();
    let problem = doing.problem;
    let save = move || {
        let spec = GroupSpec {
            name: name.get_untracked(),
            aliases: aliases.get_untracked(),
            parent: parent.get_untracked(),
            everything: everything.get_untracked(),
        };
        let members = Some(ids_of(&members.get_untracked()));
        doing.run(SaveGroup { id, spec, members }, move |group: Group| {
            stores().toasts.say(Tone::Ok, format!("Group {} saved", group.spec.name));
            let saved = group.id;
            stores().inventory.put_group(group);
            place().within.set(Within::Group(saved));
            place().done_with(id.map_or(Beside::NewGroup, Beside::Group));
        });
    };
    let targets =
        Signal::derive(|| stores().inventory.targets.get_or_default().into_iter().map(|t| t.spec.name).collect());
    let parents = Signal::derive(move || {
        let groups = stores().inventory.groups.get_or_default();
        let mut choices = vec![(String::new(), "None: it stands on its own".to_owned())];
        choices.extend(possible_parents(&groups, id).into_iter().map(|g| (g.id.to_string(), g.spec.name.clone())));
        choices
    });
    let input = Input::text(name).test("group-name").on_enter(save);
    let input = if id.is_none() { input.focus() } else { input };
    let inside = view! {
        <div class="form">
            {field("Name", "", "name", problem, input.view())}
            {labelled(
                "Also called",
                "What operators say for it in the chat.",
                "aliases",
                problem,
                Combobox {
                    label: "Also called",
                    values: aliases,
                    suggestions: Signal::derive(Vec::new),
                    free: true,
                    placeholder: "other names",
                    test: "group-aliases",
                }
                .view(),
            )}
            {field(
                "Part of",
                "Groups can be three levels deep.",
                "parent",
                problem,
                select(
                    "Part of",
                    parents,
                    Signal::derive(move || parent.get().map(|p| p.to_string()).unwrap_or_default()),
                    "group-parent",
                    move |id| parent.set(GroupId::parse(&id)),
                ),
            )}
            {toggle(
                "It holds every target there is",
                everything,
                false,
                "group-everything",
                move |on| everything.set(on),
            )}
            {move || {
                (!everything.get())
                    .then(|| {
                        labelled(
                            "Members",
                            "Those of its sub-groups are in it as well.",
                            "members",
                            problem,
                            Combobox {
                                label: "Members",
                                values: members,
                                suggestions: targets,
                                free: false,
                                placeholder: "choose targets",
                                test: "group-members",
                            }
                            .view(),
                        )
                    })
            }}
            {other_problem(problem, FIELDS)}
        </div>
    };
    let said = spec.name.clone();
    view! {
        {scroller("group-form", "panel-body", inside.into_any())}
        <footer class="panel-foot">
            {Button::new(if id.is_some() { "Save" } else { "Add group" })
                .primary()
                .test("save-group")
                .busy(doing.busy)
                .disabled(Signal::derive(move || name.with(|n| n.trim().is_empty())))
                .on(save)
                .view()}
            {Button::new("Cancel").quiet().test("cancel-group").on(|| place().close()).view()}
            <span class="grow"></span>
            {id.map(|id| {
                Button::new(format!("Remove group “{said}”"))
                    .danger()
                    .icon(Icon::Trash)
                    .title("Its targets stay; its sub-groups move up.")
                    .test("remove-group")
                    .busy(doing.busy)
                    .on(move || doing.run(DeleteGroup { id }, move |()| place().done_with(Beside::Group(id))))
                    .view()
            })}
        </footer>
    }
    .into_any()
}
