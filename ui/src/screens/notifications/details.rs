//! One notification in full.

use super::Inbox;
use crate::components::field::{Input, field};
use crate::components::icon::look_badge;
use crate::components::panel::side_panel;
use crate::components::scroller::scroller;
use crate::components::{Button, badge, moment, small_icon};
use crate::pure::format::count;
use crate::pure::icons::Icon;
use crate::pure::inbox;
use crate::pure::words::{self, Tone};
use crate::state::jobs::JobTab;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::NotificationId;
use wheelhouse_protocol::notification::{Notification, Source};

/// The panel, while one is open.
pub(super) fn beside(inbox: Inbox) -> AnyView {
    let shown = Memo::new(move |_| inbox.active.get().filter(|_| inbox.open.get()).and_then(|id| inbox.entry(id)));
    let any = Memo::new(move |_| shown.with(Option::is_some));
    // What is typed about one stays while it is raised again.
    let open = Memo::new(move |_| shown.with(|s| s.as_ref().filter(|e| e.acknowledged_at.is_none()).map(|e| e.id)));
    (move || {
        any.get().then(|| {
            let title =
                Signal::derive(move || shown.with(|s| s.as_ref().map(|s| s.service.clone()).unwrap_or_default()));
            let inside =
                scroller("notification", "panel-body", (move || shown.get().map(|entry| about(&entry))).into_any());
            let foot = move || open.get().map(|id| note(inbox, id));
            side_panel(
                title,
                "notification-panel",
                ().into_any(),
                move || inbox.open.set(false),
                view! { {inside}{foot} }.into_any(),
            )
        })
    })
    .into_any()
}

fn about(entry: &Notification) -> AnyView {
    let (sign, source) = inbox::source(entry.source);
    let fact = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd class="selectable">{value}</dd> };
    let done = entry.acknowledged_by.clone().zip(entry.acknowledged_at);
    let text = format!("{}\n{}\n{}", entry.message, entry.details, entry.fingerprint);
    view! {
        <div class="stack loose" data-test="notification-details">
            <div class="row wrap">
                {look_badge(words::level(entry.level))}
                {(entry.action_required && entry.acknowledged_at.is_none()).then(|| badge(Tone::Error, Some(Icon::Bell), "needs action"))}
                {entry.acknowledged_at.map(|_| badge(Tone::Plain, Some(Icon::Check), "acknowledged"))}
            </div>
            <p class="selectable strong inbox-message">{entry.message.clone()}</p>
            {(!entry.details.is_empty()).then(|| view! { <p class="selectable inbox-message">{entry.details.clone()}</p> })}
            <div class="row wrap">
                {go(entry)}
                {Button::new("Copy").icon(Icon::Copy).test("notification-copy").on(move || stores().toasts.copy("Notification", text.clone())).view()}
            </div>
            <dl class="facts">
                {fact("Source", view! { <span class="row">{small_icon(sign)}<span>{source}</span></span> }.into_any())}
                {fact("About", entry.service.clone().into_any())}
                {fact("Last", moment(entry.at))}
                {(entry.first_at != entry.at).then(|| fact("First", moment(entry.first_at)))}
                {(entry.count > 1).then(|| fact("How often", format!("{} times since it was last acknowledged", count(u64::from(entry.count))).into_any()))}
                {done.map(|(who, at)| fact("Acknowledged", view! { {who}", "{moment(at)} }.into_any()))}
                {(!entry.note.is_empty()).then(|| fact("Note", entry.note.clone().into_any()))}
            </dl>
        </div>
    }
    .into_any()
}

/// Where something can be done about it.
fn go(entry: &Notification) -> AnyView {
    if let Some(job) = entry.job {
        return Button::new("Open the job")
            .primary()
            .icon(Icon::Open)
            .test("notification-job")
            .on(move || stores().jobs.show(job, JobTab::Progress))
            .view();
    }
    if entry.source == Source::Schedule {
        let name = entry.service.clone();
        return Button::new("Open the schedule")
            .primary()
            .icon(Icon::Open)
            .test("notification-schedule")
            .on(move || stores().recipes.show_schedule(&name))
            .view();
    }
    let screen = match entry.source {
        Source::Job => Screen::Jobs,
        Source::Mqtt | Source::Control => Screen::Telemetry,
        Source::Vault => Screen::Vault,
        Source::Schedule => Screen::Recipes,
        Source::System => Screen::Settings,
    };
    Button::new(format!("Go to {}", screen.title()))
        .icon(Icon::Open)
        .test("notification-go")
        .on(move || stores().navigation.go(screen))
        .view()
}

fn note(inbox: Inbox, id: NotificationId) -> AnyView {
    let note = RwSignal::new(String::new());
    let confirm = move || inbox.acknowledge(vec![id], note.get_untracked());
    view! {
        <footer class="panel-foot inbox-note">
            <div class="grow">
                {field("Note", "", "note", inbox.doing.problem, Input::text(note).placeholder("Optional, kept with it").test("notification-note").on_enter(confirm).view())}
            </div>
            {Button::new("Acknowledge").icon(Icon::Check).test("notification-acknowledge").keys("e").busy(inbox.doing.busy).on(confirm).view()}
        </footer>
    }
    .into_any()
}
