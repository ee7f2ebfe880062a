//! A table: sorted by a click on its head, its columns chosen, only the rows in sight rendered,
//! everything reachable by keyboard.

use super::button::Button;
use super::field::check;
use super::icon::small_icon;
use super::menu::popover;
use super::scroller;
use crate::pure::icons::Icon;
use crate::pure::keys;
use crate::pure::order::Key;
use crate::pure::visible;
use crate::web;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

/// The height of a row; the tokens name the same.
const ROW: f64 = 32.0;
/// And of the head, which lies over the rows.
const HEAD: f64 = 32.0;

/// One column.
pub(crate) struct Column<T> {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// As in CSS's grid: `120px`, `minmax(140px, 2fr)`.
    pub(crate) width: &'static str,
    pub(crate) sort: Option<fn(&T) -> Key>,
    pub(crate) cell: fn(&T) -> AnyView,
    /// Whether it is there at first.
    pub(crate) shown: bool,
    /// Whether its figures stand at the end.
    pub(crate) end: bool,
}

impl<T> Column<T> {
    /// A column that is there at first.
    pub(crate) fn new(id: &'static str, title: &'static str, width: &'static str, cell: fn(&T) -> AnyView) -> Self {
        Self { id, title, width, sort: None, cell, shown: true, end: false }
    }

    /// It can be sorted by.
    pub(crate) fn sorted(mut self, sort: fn(&T) -> Key) -> Self {
        self.sort = Some(sort);
        self
    }

    /// It is there only when chosen.
    pub(crate) fn hidden(mut self) -> Self {
        self.shown = false;
        self
    }

    /// Its figures stand at the end.
    pub(crate) fn at_end(mut self) -> Self {
        self.end = true;
        self
    }
}

/// Rows that can be ticked.
pub(crate) struct Ticks<T> {
    /// The keys of those that are.
    pub(crate) on: RwSignal<HashSet<String>>,
    /// What a row is called.
    pub(crate) name: fn(&T) -> String,
}

/// A table being made.
pub(crate) struct Table<T: Send + Sync + 'static> {
    /// Under this name the sorting, the columns and the position are kept.
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) rows: Signal<Arc<Vec<T>>>,
    pub(crate) columns: Vec<Column<T>>,
    pub(crate) key: fn(&T) -> String,
    /// What Enter and a click do.
    pub(crate) open: Arc<dyn Fn(&T) + Send + Sync>,
    /// The row that is open beside the table.
    pub(crate) current: Signal<Option<String>>,
    /// The rows that are ticked, where rows can be.
    pub(crate) checked: Option<Ticks<T>>,
    /// Sorted by this column at first; `true` for the largest first.
    pub(crate) sort: (&'static str, bool),
    /// One more class per row.
    pub(crate) row_class: fn(&T) -> &'static str,
    /// What stands there when there is no row.
    pub(crate) empty: fn() -> AnyView,
}

/// What is kept of a table.
#[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Shape {
    sort: String,
    down: bool,
    columns: Vec<String>,
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Table<T> {
    /// The table.
    pub(crate) fn view(self) -> AnyView {
        let Self { id, label, rows, columns, key, open, current, checked, sort, row_class, empty } = self;
        let (checked, name) = checked.map(|ticks| (ticks.on, ticks.name)).unzip();
        let columns = Arc::new(columns);
        let at_first = Shape {
            sort: sort.0.to_owned(),
            down: sort.1,
            columns: columns.iter().filter(|c| c.shown).map(|c| c.id.to_owned()).collect(),
        };
        let kept = web::recall::<Shape>(&format!("table.{id}"));
        let shape = RwSignal::new(kept.filter(|s| !s.columns.is_empty()).unwrap_or(at_first));
        Effect::new(move |before: Option<()>| {
            let now = shape.get();
            if before.is_some() {
                web::remember(&format!("table.{id}"), &now);
            }
        });

        let sorting = Arc::clone(&columns);
        let sorted = Memo::new(move |_| {
            let (rows, shape) = (rows.get(), shape.get());
            let Some(by) = sorting.iter().find(|c| c.id == shape.sort).and_then(|c| c.sort) else { return rows };
            let mut keyed: Vec<(Key, &T)> = rows.iter().map(|row| (by(row), row)).collect();
            keyed.sort_by(|a, b| match shape.down {
                // What is missing stays last either way.
                true => missing(&a.0).cmp(&missing(&b.0)).then_with(|| b.0.compare(&a.0)),
                false => a.0.compare(&b.0),
            });
            Arc::new(keyed.into_iter().map(|(_, row)| row.clone()).collect::<Vec<T>>())
        });

        let scroller = NodeRef::<html::Div>::new();
        let top = RwSignal::new(0.0);
        let height = RwSignal::new(900.0);
        let seen = Memo::new(move |_| visible::rows(top.get(), height.get(), ROW, sorted.with(|r| r.len())));
        scroller::restore(scroller, id);
        watch_height(scroller, height);
        let active = RwSignal::new(None::<String>);

        let chosen = Arc::clone(&columns);
        let tracks = Signal::derive(move || {
            let shape = shape.get();
            let widths: Vec<&str> =
                chosen.iter().filter(|c| shape.columns.iter().any(|s| s == c.id)).map(|c| c.width).collect();
            let first = if checked.is_some() { "32px " } else { "" };
            format!("{first}{} 28px", widths.join(" "))
        });

        let on_key = {
            let open = Arc::clone(&open);
            move |event: KeyboardEvent| {
                let on_element = web::target_of(&event)
                    .is_some_and(|e| keys::is_elements(&e.tag_name(), web::is_typing(&e), &event.key()));
                if on_element {
                    return;
                }
                let Some(rows) = sorted.try_get_untracked() else { return };
                let here = active.get_untracked().and_then(|k| rows.iter().position(|r| key(r) == k));
                let page = ((height.get_untracked() - HEAD) / ROW).max(1.0) as usize;
                let last = rows.len().saturating_sub(1);
                let to = match event.key().as_str() {
                    "ArrowDown" | "j" => here.map_or(0, |h| (h + 1).min(last)),
                    "ArrowUp" | "k" => here.map_or(0, |h| h.saturating_sub(1)),
                    "PageDown" => here.map_or(0, |h| (h + page).min(last)),
                    "PageUp" => here.map_or(0, |h| h.saturating_sub(page)),
                    "Home" => 0,
                    "End" => last,
                    "Enter" => {
                        if let Some(row) = here.and_then(|h| rows.get(h)) {
                            event.prevent_default();
                            open(row);
                        }
                        return;
                    }
                    " " => {
                        if let (Some(checked), Some(row)) = (checked, here.and_then(|h| rows.get(h))) {
                            event.prevent_default();
                            flip(checked, key(row));
                        }
                        return;
                    }
                    "a" if super::keys::command_held(&event) => {
                        if let Some(checked) = checked {
                            event.prevent_default();
                            checked.set(rows.iter().map(key).collect());
                        }
                        return;
                    }
                    _ => return,
                };
                event.prevent_default();
                if let Some(row) = rows.get(to) {
                    active.set(Some(key(row)));
                    let element = scroller.get_untracked();
                    let wanted = visible::scroll_to(to, top.get_untracked(), height.get_untracked() - HEAD, ROW);
                    if let (Some(element), Some(wanted)) = (element, wanted) {
                        element.set_scroll_top(wanted as i32);
                    }
                }
            }
        };

        let (heads, bodies, chooser) = (Arc::clone(&columns), Arc::clone(&columns), columns);
        let all_checked = move || {
            checked.is_some_and(|c| {
                let rows = sorted.get();
                !rows.is_empty() && c.with(|c| rows.iter().all(|r| c.contains(&key(r))))
            })
        };
        view! {
            <div
                class="table scroller"
                role="grid"
                aria-label=label
                aria-rowcount=move || (sorted.with(|r| r.len()) + 1).to_string()
                data-test=format!("table-{id}")
                tabindex="0"
                node_ref=scroller
                style:--tracks=move || tracks.get()
                on:keydown=on_key
                on:scroll=move |_| {
                    // It may come after the table is gone.
                    if let Some(element) = scroller.try_get_untracked().flatten() {
                        top.set(f64::from(element.scroll_top()));
                    }
                    scroller::keep(scroller, id);
                }
            >
                <div class="table-head" role="row">
                    {checked
                        .map(|c| {
                            view! {
                                <span class="cell" role="columnheader">
                                    <input
                                        type="checkbox"
                                        aria-label="Select all"
                                        data-test=format!("{id}-select-all")
                                        prop:checked=all_checked
                                        on:change=move |event| {
                                            let on = event_target_checked(&event);
                                            c.set(if on { sorted.with_untracked(|r| r.iter().map(key).collect()) } else { HashSet::new() });
                                        }
                                    />
                                </span>
                            }
                        })}
                    {move || {
                        let now = shape.get();
                        heads
                            .iter()
                            .filter(|c| now.columns.iter().any(|s| s == c.id))
                            .map(|c| head(c.id, c.title, c.sort.is_some(), c.end, shape))
                            .collect_view()
                    }}
                    <span class="cell table-columns">{column_menu(id, &chooser, shape)}</span>
                </div>
                {move || sorted.with(|r| r.is_empty()).then(empty)}
                <div class="table-body" style:height=move || format!("{}px", sorted.with(|r| r.len()) as f64 * ROW)>
                    <div class="table-seen" style:transform=move || format!("translateY({}px)", seen.get().start as f64 * ROW)>
                        {move || {
                            let (rows, range, now) = (sorted.get(), seen.get(), shape.get());
                            let first = range.start;
                            rows.get(range.start.min(rows.len())..range.end.min(rows.len()))
                                .unwrap_or_default()
                                .iter()
                                .enumerate()
                                .map(|(i, row)| {
                                    let cells = bodies
                                        .iter()
                                        .filter(|c| now.columns.iter().any(|s| s == c.id))
                                        .map(|c| {
                                            let class = if c.end { "cell end" } else { "cell" };
                                            view! { <span class=class role="gridcell">{(c.cell)(row)}</span> }
                                        })
                                        .collect_view()
                                        .into_any();
                                    row_view(Row {
                                        key: key(row),
                                        place: first + i,
                                        class: row_class(row),
                                        cells,
                                        active,
                                        current,
                                        checked,
                                        name: name.map(|name| name(row)).unwrap_or_default(),
                                        row: row.clone(),
                                        open: Arc::clone(&open),
                                    })
                                })
                                .collect_view()
                        }}
                    </div>
                </div>
            </div>
        }
        .into_any()
    }
}

fn missing(key: &Key) -> Ordering {
    if *key == Key::Number(None) { Ordering::Greater } else { Ordering::Less }
}

/// Keeps up with how much of the table is in sight.
pub(crate) fn watch_height(node: NodeRef<html::Div>, height: RwSignal<f64>) {
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let seen = element.clone();
        let changed = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || {
            height.try_set(f64::from(seen.client_height()));
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(wasm_bindgen::JsCast::unchecked_ref(changed.as_ref())) {
            observer.observe(&element);
            let kept = StoredValue::new_local((observer, changed));
            on_cleanup(move || {
                kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
    });
}

fn flip(checked: RwSignal<HashSet<String>>, key: String) {
    checked.update(|c| {
        if !c.remove(&key) {
            c.insert(key);
        }
    });
}

fn head(id: &'static str, title: &'static str, sorts: bool, end: bool, shape: RwSignal<Shape>) -> AnyView {
    let class = if end { "cell end" } else { "cell" };
    if !sorts {
        return view! { <span class=class role="columnheader">{title}</span> }.into_any();
    }
    let by = move || shape.with(|s| (s.sort == id).then_some(s.down));
    view! {
        <span
            class=class
            role="columnheader"
            aria-sort=move || by().map_or("none", |down| if down { "descending" } else { "ascending" })
        >
            <button
                type="button"
                class="table-sort"
                on:click=move |_| {
                    shape.update(|s| {
                        s.down = s.sort == id && !s.down;
                        id.clone_into(&mut s.sort);
                    });
                }
            >
                <span>{title}</span>
                {move || by().map(|down| small_icon(if down { Icon::ChevronDown } else { Icon::ChevronUp }))}
            </button>
        </span>
    }
    .into_any()
}

fn column_menu<T>(table: &'static str, columns: &[Column<T>], shape: RwSignal<Shape>) -> AnyView {
    let columns: Vec<(&'static str, &'static str)> = columns.iter().map(|c| (c.id, c.title)).collect();
    let open = RwSignal::new(false);
    let order: Vec<&'static str> = columns.iter().map(|c| c.0).collect();
    popover(
        Button::new("Choose columns").quiet().small().only_icon(Icon::Columns).test(format!("{table}-columns")),
        open,
        move || {
            let order = order.clone();
            let rows = columns
                .iter()
                .map(|&(id, title)| {
                    let order = order.clone();
                    let on = Signal::derive(move || shape.with(|s| s.columns.iter().any(|c| c == id)));
                    check(title, on, format!("column-{id}"), move |on| {
                        shape.update(|s| {
                            let mut now: Vec<String> = s.columns.iter().filter(|c| *c != id).cloned().collect();
                            if on {
                                now.push(id.to_owned());
                            }
                            // At least one column stays, in the order of the table.
                            if !now.is_empty() {
                                now.sort_by_key(|c| order.iter().position(|o| o == c));
                                s.columns = now;
                            }
                        });
                    })
                })
                .collect_view();
            view! { <div class="menu checks">{rows}</div> }.into_any()
        },
    )
}

struct Row<T: 'static> {
    key: String,
    place: usize,
    class: &'static str,
    cells: AnyView,
    active: RwSignal<Option<String>>,
    current: Signal<Option<String>>,
    checked: Option<RwSignal<HashSet<String>>>,
    /// What it is called, where it can be ticked.
    name: String,
    row: T,
    open: Arc<dyn Fn(&T) + Send + Sync>,
}

fn row_view<T: Send + Sync + 'static>(row: Row<T>) -> AnyView {
    let Row { key, place, class, cells, active, current, checked, name, row, open } = row;
    let (of_active, of_current, of_checked, clicked) = (key.clone(), key.clone(), key.clone(), key.clone());
    let is_checked = Signal::derive(move || checked.is_some_and(|c| c.with(|c| c.contains(&of_checked))));
    view! {
        <div
            class=format!("table-row {class}")
            class:active=move || active.with(|a| a.as_ref() == Some(&of_active))
            class:current=move || current.with(|c| c.as_ref() == Some(&of_current))
            class:checked=move || is_checked.get()
            role="row"
            aria-rowindex=(place + 2).to_string()
            aria-selected=move || if is_checked.get() { "true" } else { "false" }
            data-test="row"
            on:click=move |_| {
                active.set(Some(clicked.clone()));
                open(&row);
            }
        >
            {checked
                .map(|c| {
                    let key = key.clone();
                    view! {
                        <span class="cell" role="gridcell" on:click=|event| event.stop_propagation()>
                            <input
                                type="checkbox"
                                aria-label=format!("Select {name}")
                                prop:checked=move || is_checked.get()
                                on:change=move |_| flip(c, key.clone())
                            />
                        </span>
                    }
                })}
            {cells}
            <span class="cell"></span>
        </div>
    }
    .into_any()
}
