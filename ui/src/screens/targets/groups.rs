//! The tree of groups on the left.

use super::place::{Beside, Within, place};
use crate::components::Button;
use crate::components::menu::{MenuItem, menu};
use crate::components::tree::{Node, tree};
use crate::pure::format::plural;
use crate::pure::groups::branches;
use crate::pure::icons::Icon;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::GroupId;

const ALL: &str = "all";
const NONE: &str = "none";

/// The pane.
pub(super) fn groups() -> AnyView {
    let place = place();
    let chosen = Signal::derive(move || match place.within.get() {
        Within::All => ALL.to_owned(),
        Within::None => NONE.to_owned(),
        Within::Group(id) => id.to_string(),
    });
    let choose = move |id: String| {
        place.within.set(match id.as_str() {
            ALL => Within::All,
            NONE => Within::None,
            id => GroupId::parse(id).map_or(Within::All, Within::Group),
        });
    };
    let edit = move |id: String| {
        if let Some(id) = GroupId::parse(&id) {
            place.show(Beside::Group(id));
        }
    };
    // A group that was removed elsewhere cannot stay chosen.
    Effect::new(move |_| {
        let gone = stores().inventory.groups.value.with(|groups| {
            let (Some(groups), Within::Group(id)) = (groups.ready(), place.within.get()) else { return false };
            groups.iter().all(|g| g.id != id)
        });
        if gone {
            place.within.set(Within::All);
        }
    });
    view! {
        <aside class="list-pane" aria-label="Groups">
            <header class="list-pane-head">
                <h1 class="grow">"Targets"</h1>
                {menu(
                    Button::new("More").quiet().only_icon(Icon::More).test("targets-more"),
                    || {
                        vec![
                            MenuItem::new(Icon::Upload, "Import an inventory…", "menu-import", super::import)
                                .hint("Ansible, SSH configuration, CSV, JSON"),
                            MenuItem::new(Icon::Download, "Export the inventory…", "menu-export", super::export),
                            MenuItem::new(Icon::Key, "Accepted host keys…", "menu-host-keys", super::host_keys),
                        ]
                    },
                )}
                {Button::new("New group").quiet().only_icon(Icon::Plus).test("new-group").on(super::new_group).view()}
            </header>
            <div class="list-pane-rows scroller" data-test="groups">
                {tree("Groups", Memo::new(|_| nodes()), chosen, choose, edit)}
            </div>
        </aside>
    }
    .into_any()
}

fn nodes() -> Vec<Node> {
    let inventory = &stores().inventory;
    inventory.targets.value.with(|targets| {
        inventory.groups.value.with(|groups| {
            let targets = targets.ready().map(Vec::as_slice).unwrap_or_default();
            let groups = groups.ready().map(Vec::as_slice).unwrap_or_default();
            let mut nodes = vec![Node {
                id: ALL.to_owned(),
                label: "All targets".to_owned(),
                icon: Icon::Targets,
                count: targets.len(),
                depth: 0,
                title: "Every target there is".to_owned(),
            }];
            nodes.extend(branches(groups, targets).into_iter().map(|branch| {
                let mut title = format!("{}: {}", branch.name, plural(branch.count, "target", "targets"));
                if !branch.aliases.is_empty() {
                    title.push_str(&format!(", also called {}", branch.aliases.join(", ")));
                }
                if branch.everything {
                    title.push_str("; holds every target");
                }
                Node {
                    id: branch.id.to_string(),
                    label: branch.name,
                    icon: Icon::Group,
                    count: branch.count,
                    depth: branch.depth,
                    title,
                }
            }));
            let loose = targets.iter().filter(|t| t.spec.groups.is_empty()).count();
            if loose > 0 && !groups.is_empty() {
                nodes.push(Node {
                    id: NONE.to_owned(),
                    label: "In no group".to_owned(),
                    icon: Icon::Minus,
                    count: loose,
                    depth: 0,
                    title: "Targets that no group names".to_owned(),
                });
            }
            nodes
        })
    })
}
