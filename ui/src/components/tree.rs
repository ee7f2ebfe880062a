//! A tree: groups within groups.

use super::keys::move_by_arrows;
use crate::pure::icons::Icon;
use leptos::prelude::*;
use std::sync::Arc;

/// One line of the tree.
#[derive(Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) icon: Icon,
    pub(crate) count: usize,
    /// 0 for the outermost.
    pub(crate) depth: usize,
    pub(crate) title: String,
}

/// The tree, flat and in order. Arrow keys move, Enter chooses, `edit` is what a double click does.
pub(crate) fn tree(
    label: &'static str,
    nodes: impl Into<Signal<Vec<Node>>>,
    chosen: impl Into<Signal<String>>,
    choose: impl Fn(String) + Send + Sync + 'static,
    edit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let (nodes, chosen) = (nodes.into(), chosen.into());
    let (choose, edit) = (Arc::new(choose), Arc::new(edit));
    view! {
        <div class="tree" role="tree" aria-label=label on:keydown=move_by_arrows>
            {move || {
                let any_chosen = nodes.get().iter().any(|n| n.id == chosen.get());
                nodes
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(|(i, node)| {
                        let (choose, edit) = (Arc::clone(&choose), Arc::clone(&edit));
                        let (id, again, of) = (node.id.clone(), node.id.clone(), node.id.clone());
                        let hook = format!("group-{}", node.label);
                        let on = Signal::derive(move || chosen.get() == of);
                        view! {
                            <button
                                type="button"
                                class="tree-row"
                                role="treeitem"
                                title=node.title
                                data-test=hook
                                attr:aria-level=(node.depth + 1).to_string()
                                aria-selected=move || if on.get() { "true" } else { "false" }
                                tabindex=move || if on.get() || (!any_chosen && i == 0) { "0" } else { "-1" }
                                style:padding-inline-start=format!("calc(var(--s2) + {} * var(--s4))", node.depth)
                                on:click=move |_| choose(id.clone())
                                on:dblclick=move |_| edit(again.clone())
                            >
                                {super::small_icon(node.icon)}
                                <span class="grow truncate">{node.label}</span>
                                <span class="faint">{node.count}</span>
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
    .into_any()
}
