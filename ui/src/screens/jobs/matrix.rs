//! Steps × targets: one row per target, one column per step, one state per cell.

use crate::components::icon::look_icon;
use crate::components::table::watch_height;
use crate::components::{EmptyState, small_icon};
use crate::pure::format::{count, duration, seconds_between};
use crate::pure::icons::Icon;
use crate::pure::visible;
use crate::pure::words;
use crate::screens::chat::step_bars;
use crate::state::job::LiveJob;
use crate::state::stores;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::job::CellState;
use wheelhouse_protocol::picture::JobPicture;

/// The height of a row; the tokens name the same.
const ROW: f64 = 32.0;

/// The states rows can be limited to; those at work are one.
const GROUPS: [(CellState, &str); 7] = [
    (CellState::Failed, "failed"),
    (CellState::Unreachable, "unreachable"),
    (CellState::Unknown, "unknown"),
    (CellState::Running, "open"),
    (CellState::Changed, "changed"),
    (CellState::Unchanged, "unchanged"),
    (CellState::Skipped, "skipped"),
];

/// The group a target's state belongs to.
fn group(state: CellState) -> CellState {
    if state.is_final() { state } else { CellState::Running }
}

/// Bars of the steps, and the matrix.
pub(super) fn progress(job: LiveJob) -> AnyView {
    let only = RwSignal::new(None::<CellState>);
    view! {
        <div class="matrix-tools">
            {step_bars(job)}
            {chips(job, only)}
        </div>
        {matrix(job, only)}
    }
    .into_any()
}

/// How many targets stand in which way; a click limits the rows to them.
fn chips(job: LiveJob, only: RwSignal<Option<CellState>>) -> AnyView {
    let numbers = Memo::new(move |_| {
        job.picture.with(|p| {
            let mut numbers = [0usize; GROUPS.len()];
            for target in 0..p.targets() {
                let of = group(p.target_state(target));
                if let Some(i) = GROUPS.iter().position(|(state, _)| *state == of) {
                    numbers[i] += 1;
                }
            }
            (p.targets(), numbers)
        })
    });
    let one = move |state: Option<CellState>, n: usize, word: &'static str| {
        let look =
            state.map(|s| if s == CellState::Running { words::cell(CellState::Pending) } else { words::cell(s) });
        view! {
            <button
                type="button"
                class="state-chip"
                data-test=format!("only-{}", if state.is_some() { word } else { "all" })
                aria-pressed=move || if only.get() == state { "true" } else { "false" }
                on:click=move |_| only.update(|o| *o = if *o == state { None } else { state })
            >
                {look.map(look_icon)}
                <span>{count(n as u64)}" "{word}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="state-chips" role="group" aria-label="Which targets are shown">
            {move || {
                let (all, numbers) = numbers.get();
                let mut chips = vec![one(None, all, if all == 1 { "target" } else { "targets" })];
                chips.extend(GROUPS.iter().zip(numbers).filter(|(_, n)| *n > 0).map(|((state, word), n)| one(Some(*state), n, word)));
                chips.collect_view()
            }}
        </div>
    }
    .into_any()
}

/// Which cell the keyboard is at: row among those shown, step.
type Place = (usize, usize);

fn matrix(job: LiveJob, only: RwSignal<Option<CellState>>) -> AnyView {
    let Some(detail) = job.detail.with_untracked(|d| d.ready().cloned()) else { return ().into_any() };
    let names: Arc<Vec<String>> = Arc::new(detail.plan.targets.iter().map(|t| t.name.clone()).collect());
    let titles: Vec<String> = detail.plan.steps.iter().map(|s| s.title.clone()).collect();
    let steps = titles.len();
    let rows = Memo::new(move |_| {
        let only = only.get();
        job.picture.with(|p| {
            (0..p.targets()).filter(|i| only.is_none_or(|o| o == group(p.target_state(*i)))).collect::<Vec<usize>>()
        })
    });
    let node = NodeRef::<html::Div>::new();
    let (top, height) = (RwSignal::new(0.0), RwSignal::new(600.0));
    watch_height(node, height);
    let seen = Memo::new(move |_| visible::rows(top.get(), height.get(), ROW, rows.with(Vec::len)));
    let active = RwSignal::new(None::<Place>);
    let open = move |target: usize, step: usize| {
        stores().jobs.target.set(u32::try_from(target).ok());
        stores().jobs.step.set(u32::try_from(step).ok());
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(rows) = rows.try_get_untracked() else { return };
        let (last, page) =
            (rows.len().saturating_sub(1), ((height.get_untracked() / ROW) as usize).saturating_sub(2).max(1));
        let (r, s) = active.get_untracked().unwrap_or((0, 0));
        let to = match event.key().as_str() {
            _ if event.ctrl_key() || event.meta_key() || event.alt_key() => return,
            "ArrowDown" | "j" => ((r + 1).min(last), s),
            "ArrowUp" | "k" => (r.saturating_sub(1), s),
            "ArrowRight" => (r, (s + 1).min(steps.saturating_sub(1))),
            "ArrowLeft" => (r, s.saturating_sub(1)),
            "PageDown" => ((r + page).min(last), s),
            "PageUp" => (r.saturating_sub(page), s),
            "Home" => (0, s),
            "End" => (last, s),
            "Enter" | " " => {
                event.prevent_default();
                if let Some(target) = rows.get(r) {
                    open(*target, s);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(Some(to));
        let wanted = visible::scroll_to(to.0, top.get_untracked(), height.get_untracked() - ROW, ROW);
        if let (Some(element), Some(wanted)) = (node.get_untracked(), wanted) {
            element.set_scroll_top(wanted as i32);
        }
    };
    let heads = titles
        .iter()
        .enumerate()
        .map(|(n, title)| {
            view! {
                <span class="cell" role="columnheader" title=title.clone()>
                    <span class="step-n">{n + 1}</span>
                    <span class="truncate">{title.clone()}</span>
                </span>
            }
        })
        .collect_view();
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    view! {
        <div
            class="table matrix scroller"
            role="grid"
            aria-label="Steps on targets"
            data-test="matrix"
            tabindex="0"
            node_ref=node
            style:--tracks=format!("minmax(140px, 200px) repeat({steps}, minmax(148px, 1fr)) minmax(180px, 2fr)")
            on:keydown=on_key
            on:focus=move |_| active.update(|a| *a = a.or(Some((0, 0))))
            on:scroll=move |_| {
                // It may come after the matrix is gone.
                if let Some(element) = node.try_get_untracked().flatten() {
                    top.set(f64::from(element.scroll_top()));
                }
            }
        >
            <div class="table-head" role="row">
                <span class="cell matrix-name" role="columnheader">"Target"</span>
                {heads}
                <span class="cell" role="columnheader">"What it said"</span>
            </div>
            {move || none.get().then(|| EmptyState {
                icon: Icon::Filter,
                title: "No target stands like this now",
                text: "Choose another state above.".to_owned(),
                actions: ().into_any(),
            }.view())}
            <div class="table-body" style:height=move || format!("{}px", rows.with(Vec::len) as f64 * ROW)>
                <div class="table-seen" style:transform=move || format!("translateY({}px)", seen.get().start as f64 * ROW)>
                    <For
                        each=move || {
                            let range = seen.get();
                            rows.with(|rows| range.filter_map(|r| rows.get(r).map(|target| (r, *target))).collect::<Vec<_>>())
                        }
                        key=|place| *place
                        children=move |(r, target)| {
                            let name = names.get(target).cloned().unwrap_or_default();
                            row(job, r, target, name, steps, active, open)
                        }
                    />
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn row(
    job: LiveJob,
    r: usize,
    target: usize,
    name: String,
    steps: usize,
    active: RwSignal<Option<Place>>,
    open: impl Fn(usize, usize) + Copy + Send + Sync + 'static,
) -> AnyView {
    let cells = (0..steps).map(|step| cell(job, r, target, step, &name, active, open)).collect_view();
    let said = Memo::new(move |_| job.picture.with(|p| said_by(p, target)));
    view! {
        <div class="table-row" role="row" data-test="matrix-row" aria-rowindex=(r + 2).to_string()>
            <span class="cell matrix-name" role="rowheader"><span class="truncate strong" title=name.clone()>{name.clone()}</span></span>
            {cells}
            <span class="cell" role="gridcell">
                <span class="truncate soft" title=move || said.get()>{move || said.get()}</span>
            </span>
        </div>
    }
    .into_any()
}

/// The sentence of the step that decided, else the last one that was said, else the last line.
fn said_by(picture: &JobPicture, target: usize) -> String {
    let state = picture.target_state(target);
    let own = || picture.cells.iter().filter_map(|row| row.get(target));
    let decided = own().find(|c| c.state == state && !c.detail.is_empty());
    let running = || own().rfind(|c| !c.state.is_final() && !c.last_line.is_empty()).map(|c| c.last_line.clone());
    let said = || own().rfind(|c| !c.detail.is_empty()).map(|c| c.detail.clone());
    let wrote = || own().rfind(|c| !c.last_line.is_empty()).map(|c| c.last_line.clone());
    decided.map(|c| c.detail.clone()).or_else(running).or_else(said).or_else(wrote).unwrap_or_default()
}

fn cell(
    job: LiveJob,
    r: usize,
    target: usize,
    step: usize,
    name: &str,
    active: RwSignal<Option<Place>>,
    open: impl Fn(usize, usize) + Copy + Send + Sync + 'static,
) -> AnyView {
    let now = Memo::new(move |_| {
        job.picture.with(|p| {
            let cell = p.cells.get(step).and_then(|row| row.get(target))?;
            Some((cell.state, cell.percent, cell.started_at.zip(cell.finished_at).map(|(a, b)| seconds_between(a, b))))
        })
    });
    let state = Memo::new(move |_| now.with(|n| n.map_or(CellState::Pending, |n| n.0)));
    let beside = move || match now.get() {
        Some((CellState::Running, percent, _)) if percent > 0 => format!("{percent} %"),
        Some((state, _, Some(took))) if state != CellState::Skipped => duration(took),
        _ => String::new(),
    };
    let shown = move || {
        stores().jobs.target.get() == u32::try_from(target).ok() && stores().jobs.step.get() == u32::try_from(step).ok()
    };
    let label = {
        let name = name.to_owned();
        move || format!("{name}, step {}: {}", step + 1, state.get())
    };
    view! {
        <span class="cell matrix-cell" role="gridcell">
            <button
                type="button"
                class=move || format!("state-cell {}", words::cell(state.get()).tone.class())
                class:active=move || active.get() == Some((r, step))
                class:current=shown
                tabindex="-1"
                data-test="matrix-cell"
                data-step=step.to_string()
                data-target=target.to_string()
                data-state=move || state.get().as_str()
                aria-label=label
                on:click=move |_| {
                    active.set(Some((r, step)));
                    open(target, step);
                }
            >
                {move || look_icon(words::cell(state.get()))}
                <span>{move || state.get().as_str()}</span>
                <span class="faint state-beside">{beside}</span>
                {small_icon(Icon::ChevronRight)}
            </button>
        </span>
    }
    .into_any()
}
