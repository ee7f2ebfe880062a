//! What can be done once a job is over: look again, and try again. The same in the thread and on its page.

use crate::components::Button;
use crate::pure::format::plural;
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::job::LiveJob;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::job::{RetryJob, VerifyJob};
use wheelhouse_protocol::plan::Proposal;

/// Looks again at the hosts whose outcome is unknown, while there are any.
pub(crate) fn verify_button(job: LiveJob, doing: Doing) -> AnyView {
    let unknown = Memo::new(move |_| job.picture.with(|p| p.counts().unknown as usize));
    let can_look = job.detail.with_untracked(|d| {
        let mut scripts = d.ready().into_iter().flat_map(|d| &d.plan.steps).flat_map(|step| step.scripts.values());
        scripts.any(|script| script.verify.is_some())
    });
    let tip = if can_look {
        "Looks again with the verify scripts only; changes nothing."
    } else {
        "No step of this plan has a verify script: look at the hosts yourself."
    };
    (move || {
        (unknown.get() > 0).then(|| {
            Button::new(format!("Verify {}", plural(unknown.get(), "unknown host", "unknown hosts")))
                .icon(Icon::Eye)
                .title(tip.to_owned())
                .test("verify-job")
                .busy(doing.busy)
                .disabled(!can_look)
                .on(move || look_again(job, doing))
                .view()
        })
    })
    .into_any()
}

fn look_again(job: LiveJob, doing: Doing) {
    let unknown = move || job.picture.with_untracked(|p| p.counts().unknown as usize);
    let before = unknown();
    doing.run(VerifyJob { job: job.id }, move |detail| {
        job.show(detail);
        if job.picture.is_disposed() {
            return;
        }
        let (tone, said) = match (before.saturating_sub(unknown()), unknown()) {
            (0, still) => (Tone::Warn, format!("{} still unknown", plural(still, "host is", "hosts are"))),
            (settled, 0) => (Tone::Ok, format!("{} settled", plural(settled, "host is", "hosts are"))),
            (settled, still) => (Tone::Warn, format!("{settled} settled, {still} still unknown")),
        };
        stores().toasts.say(tone, said);
    });
}

/// Proposes the same plan for the hosts that did not succeed, while there are any. `button` is how it
/// looks, given its words.
pub(crate) fn retry_button(
    job: LiveJob,
    doing: Doing,
    button: impl Fn(Button) -> Button + Send + 'static,
    proposed: impl Fn(Proposal) + Copy + Send + 'static,
) -> AnyView {
    let not_good = Memo::new(move |_| {
        let c = job.picture.with(|p| p.counts());
        (c.failed + c.unreachable + c.unknown + c.skipped + c.open) as usize
    });
    (move || {
        (not_good.get() > 0).then(|| {
            let named = Button::new(format!("Retry {}", plural(not_good.get(), "host", "hosts")));
            button(named)
                .icon(Icon::Retry)
                .title("Proposes the same plan for the hosts that did not succeed. It needs its own approval.")
                .test("retry-job")
                .busy(doing.busy)
                .on(move || doing.run(RetryJob { job: job.id }, proposed))
                .view()
        })
    })
    .into_any()
}
