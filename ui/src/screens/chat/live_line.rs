//! The line under the input, and the list of machines that opens from it.

use crate::components::keys::key_hint;
use crate::components::layers::on_escape;
use crate::components::small_icon;
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::live_reading::{Hosts, Line, Live};
use crate::pure::words::Tone;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;

const LIST: &str = "live-hosts-list";

/// The pointer may pass over without anything opening, and leave on its way to the list without its closing.
const LINGER: Duration = Duration::from_millis(160);
const ON_THE_WAY: Duration = Duration::from_millis(320);

/// The list of machines: opened by the pointer or the keyboard being there, and kept open by a click.
#[derive(Clone, Copy)]
pub(crate) struct HostList {
    pub(crate) open: RwSignal<bool>,
    kept: RwSignal<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl HostList {
    /// Closed.
    pub(crate) fn new() -> Self {
        let list = Self { open: RwSignal::new(false), kept: RwSignal::new(false), timer: StoredValue::new(None) };
        on_cleanup(move || list.wait(None));
        list
    }

    /// Forgets what was to happen, and what is to happen then.
    fn wait(self, next: Option<(Duration, bool)>) {
        if let Some(Some(timer)) = self.timer.try_get_value() {
            timer.clear();
        }
        let timer = next.and_then(|(after, open)| {
            set_timeout_with_handle(
                move || {
                    self.open.try_set(open);
                },
                after,
            )
            .ok()
        });
        self.timer.try_set_value(timer);
    }

    fn come(self) {
        self.wait((!self.open.get_untracked()).then_some((LINGER, true)));
    }

    fn leave(self) {
        self.wait((!self.kept.get_untracked()).then_some((ON_THE_WAY, false)));
    }

    /// The keyboard goes elsewhere: what a click kept open may close.
    fn lose(self) {
        self.kept.try_set(false);
        self.wait(Some((ON_THE_WAY, false)));
    }

    fn press(self) {
        self.wait(None);
        self.kept.update(|kept| *kept = !*kept);
        self.open.set(self.kept.get_untracked());
    }

    /// More is typed: only what a click keeps open stays.
    pub(crate) fn typed(self) {
        if !self.kept.get_untracked() {
            self.close();
        }
    }

    /// Closes it.
    pub(crate) fn close(self) {
        self.wait(None);
        self.kept.set(false);
        self.open.set(false);
    }
}

/// What the line says while nothing is typed.
pub(super) fn hint() -> AnyView {
    view! {
        <span class="faint">{key_hint("Enter")}" plans it · "{key_hint("Shift Enter")}" new line · "{key_hint("↑")}" recalls · nothing runs before you say so"</span>
    }
    .into_any()
}

/// What it says of what is typed.
pub(super) fn line(line: Line, list: HostList) -> AnyView {
    let Line { icon, tone, before, hosts, after, where_, risk, missing, read_as, enter } = line;
    let risk = (!risk.is_empty()).then(|| view! { <span class=format!("look {}", tone.class())>{risk}</span> });
    let missing = missing
        .into_iter()
        .map(|piece| view! { <span class=format!("live-missing {}", Tone::Warn.class()) data-test="live-missing">{piece}</span> })
        .collect_view();
    let read_as = read_as.map(|request| {
        let whole = format!("Read as “{request}”");
        view! {
            <span class="live-read-as faint truncate" data-test="live-read-as" title=whole>
                "read as “"<span class="soft">{request}</span>"”"
            </span>
        }
    });
    let whole = before.clone();
    view! {
        <span class=format!("look {}", tone.class())>{small_icon(icon)}</span>
        <span class="live-sentence">
            <span class="live-what" title=whole>{before}</span>
            {(!hosts.is_empty()).then(|| button(hosts, list))}
            {(!after.is_empty()).then(|| view! { <span class="live-what">{after}</span> })}
        </span>
        {(!where_.is_empty()).then(|| view! { <span class="live-where soft truncate">{format!("({where_})")}</span> })}
        {missing}
        {risk}
        {read_as}
        {(!enter.is_empty()).then(|| view! { <span class="faint nowrap">{key_hint("⏎")}" "{enter}</span> })}
    }
    .into_any()
}

fn button(label: String, list: HostList) -> AnyView {
    let named = format!("{label}: which, and why");
    view! {
        <button
            type="button"
            class="live-hosts"
            data-test="live-hosts"
            aria-label=named
            aria-expanded=move || if list.open.get() { "true" } else { "false" }
            aria-controls=LIST
            on:pointerenter=move |_| list.come()
            on:pointerleave=move |_| list.leave()
            on:focus=move |_| list.come()
            on:blur=move |_| list.lose()
            on:click=move |_| list.press()
        >
            {label}
        </button>
    }
    .into_any()
}

/// What the list shows; nothing while it is closed.
pub(super) fn shown(live: RwSignal<Option<Live>>, list: HostList) -> Memo<Option<Hosts>> {
    Memo::new(move |_| {
        let hosts = list.open.get().then(|| live.with(|l| l.as_ref().map(|l| l.hosts.clone())));
        hosts.flatten().filter(|h| !h.rows.is_empty())
    })
}

/// The list: above the input, so that what is typed stays in sight.
pub(super) fn hosts(shown: Memo<Option<Hosts>>, list: HostList) -> AnyView {
    let any = Memo::new(move |_| shown.with(Option::is_some));
    (move || {
        any.get().then(|| {
            on_escape(move || {
                list.close();
                super::focus_input();
            });
            view! {
                <div
                    class="composer-over live-hosts-list"
                    id=LIST
                    role="region"
                    tabindex="0"
                    aria-label="Machines, and why each was chosen"
                    data-test="live-hosts-list"
                    on:pointerenter=move |_| list.come()
                    on:pointerleave=move |_| list.leave()
                    on:focus=move |_| list.come()
                    on:blur=move |_| list.lose()
                >
                    {move || shown.get().map(rows)}
                </div>
            }
        })
    })
    .into_any()
}

fn rows(hosts: Hosts) -> AnyView {
    let Hosts { rows, more, without } = hosts;
    let rows = rows
        .into_iter()
        .map(|(name, why)| {
            let seen = why.clone();
            view! {
                <li class="live-host" data-test="live-host">
                    <span class="strong truncate" title=name.clone()>{name.clone()}</span>
                    <span class="soft truncate" title=why>{seen}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        {(!without.is_empty())
            .then(|| {
                view! {
                    <p class="live-hosts-note look tone-warn" data-test="live-hosts-without">
                        {small_icon(Icon::Skip)}<span>"left out: "{without.join(", ")}</span>
                    </p>
                }
            })}
        <ul class="live-host-rows">{rows}</ul>
        {(more > 0).then(|| view! { <p class="live-hosts-note faint" data-test="live-hosts-more">{format!("and {}", plural(more, "more host", "more hosts"))}</p> })}
    }
    .into_any()
}
