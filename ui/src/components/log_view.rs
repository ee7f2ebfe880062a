//! A log: only the lines in sight are in the page; it follows its end while that is wanted, and stops
//! following as soon as somebody scrolls up.

use super::table::watch_height;
use crate::pure::log_buffer::{LogBuffer, LogFilter};
use crate::pure::log_text::pieces;
use crate::pure::visible;
use crate::pure::words;
use crate::web;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wheelhouse_protocol::job::{Level, LogLine, Stream};

/// The height of a line; the tokens name the same.
const ROW: f64 = 20.0;

/// The places of the wanted lines; none when every line is wanted, so that no list is made then.
pub(crate) type Places = Option<Arc<Vec<usize>>>;

/// Finds the wanted lines, again whenever there are new ones.
pub(crate) fn matching(log: RwSignal<LogBuffer>, filter: Signal<LogFilter>) -> Memo<Places> {
    Memo::new(move |_| {
        let filter = filter.get();
        log.with(|log| (!filter.is_open()).then(|| Arc::new(log.matching(&filter))))
    })
}

/// How many lines are wanted.
pub(crate) fn count(log: &LogBuffer, places: &Places) -> usize {
    places.as_ref().map_or_else(|| log.lines().len(), |places| places.len())
}

/// A log being shown.
pub(crate) struct LogView {
    pub(crate) log: RwSignal<LogBuffer>,
    /// Which of its lines.
    pub(crate) filter: Signal<LogFilter>,
    /// Their places, as [`matching`] finds them.
    pub(crate) places: Memo<Places>,
    /// The targets' names, by their place in the plan.
    pub(crate) names: Arc<Vec<String>>,
    /// Whether its end stays in sight.
    pub(crate) follow: RwSignal<bool>,
    /// The line to bring in sight.
    pub(crate) mark: Signal<Option<u64>>,
    /// Whether lines say which target and step they are of.
    pub(crate) whose: bool,
    /// What stands there when there is no line.
    pub(crate) empty: Box<dyn Fn() -> AnyView + Send + Sync>,
}

impl LogView {
    /// The log.
    pub(crate) fn view(self) -> AnyView {
        let Self { log, filter, places, names, follow, mark, whose, empty } = self;
        let total = Memo::new(move |_| log.with(|log| count(log, &places.get())));
        let node = NodeRef::<html::Div>::new();
        let (top, height) = (RwSignal::new(0.0), RwSignal::new(600.0));
        watch_height(node, height);
        let seen = Memo::new(move |_| visible::rows(top.get(), height.get(), ROW, total.get()));
        let lines = Memo::new(move |_| {
            let (range, places) = (seen.get(), places.get());
            log.with(|log| {
                let all = log.lines();
                range
                    .filter_map(|i| match &places {
                        Some(places) => places.get(i).and_then(|p| all.get(*p)),
                        None => all.get(i),
                    })
                    .cloned()
                    .collect::<Vec<LogLine>>()
            })
        });
        keep_end(node, follow, total);
        bring_in(node, mark, follow, move |n| {
            log.with(|log| match places.get() {
                Some(places) => places.iter().position(|p| log.lines().get(*p).is_some_and(|l| l.n == n)),
                None => log.lines().binary_search_by_key(&n, |l| l.n).ok(),
            })
        });
        // How far it was scrolled, and how high it was then.
        let before = StoredValue::new((0, 0));
        let needle = Memo::new(move |_| filter.with(|f| f.text.clone()));
        let any = Memo::new(move |_| total.get() > 0);
        view! {
            <div
                class="log scroller selectable"
                class:placed=whose
                role="log"
                aria-label="Log"
                aria-live="off"
                data-test="log"
                data-lines=move || total.get().to_string()
                tabindex="0"
                node_ref=node
                on:scroll=move |_| {
                    // It may come after the log is gone.
                    let Some(element) = node.try_get_untracked().flatten() else { return };
                    let now = (element.scroll_top(), element.scroll_height());
                    let (last_top, last_height) = before.get_value();
                    before.set_value(now);
                    // Upwards without becoming shorter: that was a person.
                    if now.0 + 1 < last_top && now.1 >= last_height {
                        follow.set(false);
                    }
                    top.set(f64::from(now.0));
                }
            >
                {move || (!any.get()).then(&empty)}
                <div class="log-lines" style:height=move || format!("{}px", total.get() as f64 * ROW)>
                    <div class="log-seen" style:transform=move || format!("translateY({}px)", seen.get().start as f64 * ROW)>
                        <For
                            each=move || lines.get()
                            key=|line| line.n
                            children=move |line| {
                                let name = names.get(line.target as usize).cloned().unwrap_or_default();
                                row(line, &name, whose, needle, mark)
                            }
                        />
                    </div>
                </div>
            </div>
        }
        .into_any()
    }
}

fn row(line: LogLine, name: &str, whose: bool, needle: Memo<String>, mark: Signal<Option<u64>>) -> AnyView {
    let n = line.n;
    let local = web::local_at(line.at);
    let (word, tone) = kind(&line);
    let class = match line.stream {
        Stream::Wheelhouse | Stream::Script => "log-line ours",
        Stream::Out | Stream::Err => "log-line",
    };
    let loud = if line.level >= Level::Warning { words::level(line.level).tone.class() } else { "" };
    let place = whose.then(|| {
        view! {
            <span class="log-name truncate" title=name.to_owned()>{name.to_owned()}</span>
            <span class="log-step">{format!("{} {}", line.step + 1, line.phase.as_str())}</span>
        }
    });
    let text = line.text.clone();
    view! {
        <div class=format!("{class} {loud}") class:marked=move || mark.get() == Some(n) data-test="log-line" data-n=n.to_string()>
            <time class="log-time" title=local.full(line.at)>{local.clock_millis(line.at)}</time>
            {place}
            <span class=format!("log-kind {tone}")>{word}</span>
            <span class="log-text" title=line.text>{move || needle.with(|needle| found(&text, needle))}</span>
        </div>
    }
    .into_any()
}

/// The text, with what was looked for marked in it.
pub(crate) fn found(text: &str, needle: &str) -> AnyView {
    pieces(text, needle)
        .into_iter()
        .map(|(is, piece)| {
            let piece = piece.to_owned();
            if is { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
        })
        .collect_view()
        .into_any()
}

/// A word for where a line comes from, or how much it matters.
pub(crate) fn kind(line: &LogLine) -> (&'static str, &'static str) {
    if line.level >= Level::Warning {
        let look = words::level(line.level);
        return (look.word, look.tone.class());
    }
    match line.stream {
        Stream::Out => ("out", "tone-plain"),
        Stream::Err => ("err", "tone-warn"),
        Stream::Script => ("script", "tone-plain"),
        Stream::Wheelhouse => ("note", "tone-info"),
    }
}

/// Keeps the end in sight.
fn keep_end(node: NodeRef<html::Div>, follow: RwSignal<bool>, total: Memo<usize>) {
    Effect::new(move |_| {
        let lines = total.get();
        if follow.get() && lines > 0 {
            request_animation_frame(move || {
                if let Some(Some(element)) = node.try_get_untracked() {
                    element.set_scroll_top(element.scroll_height());
                }
            });
        }
    });
}

/// Brings the marked line in sight, once, as soon as it is there.
fn bring_in(
    node: NodeRef<html::Div>,
    mark: Signal<Option<u64>>,
    follow: RwSignal<bool>,
    place: impl Fn(u64) -> Option<usize> + 'static,
) {
    let done = StoredValue::new(None::<u64>);
    Effect::new(move |_| {
        let Some(n) = mark.get() else {
            done.set_value(None);
            return;
        };
        if done.get_value() == Some(n) {
            return;
        }
        let Some(at) = place(n) else { return };
        done.set_value(Some(n));
        follow.set(false);
        request_animation_frame(move || {
            if let Some(Some(element)) = node.try_get_untracked() {
                let middle = (at as f64 + 0.5) * ROW - f64::from(element.client_height()) / 2.0;
                element.set_scroll_top(middle.max(0.0) as i32);
            }
        });
    });
}
