//! Chat: say it, see exactly what would run, approve it, watch it run.

mod answer;
mod completions;
mod composer;
mod conversations;
mod follow_up;
mod hosts;
mod job_card;
mod later;
mod live_line;
mod plan_card;
mod replies;
mod result;
mod steps;
mod strategy;
mod thread;

pub(crate) use composer::focus_input;
pub(crate) use follow_up::{retry_button, verify_button};
pub(crate) use job_card::{cancel_menu, step_bars, whole_bar};
pub(crate) use plan_card::plan_card;
pub(crate) use steps::{scripts, way};

use leptos::prelude::*;

/// The screen.
pub(crate) fn chat() -> AnyView {
    view! {
        <section class="chat">
            {conversations::conversations()}
            <div class="chat-main">
                {thread::thread()}
                {composer::composer()}
            </div>
        </section>
    }
    .into_any()
}
