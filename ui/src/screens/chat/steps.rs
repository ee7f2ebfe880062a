//! The steps of a plan, with the scripts exactly as they will be sent.

use crate::components::code::code_block;
use crate::components::tabs::{Tab, tabs};
use crate::components::{Button, small_icon};
use crate::pure::format::{bytes, duration, plural};
use crate::pure::icons::Icon;
use leptos::prelude::*;
use wheelhouse_protocol::inventory::ConnectionKind;
use wheelhouse_protocol::plan::{Plan, PlanStep, PlanTarget, Script, Shell};

/// How a host is reached: `SSH deploy@10.0.0.5:22`.
pub(crate) fn way(target: &PlanTarget) -> String {
    if target.connection == ConnectionKind::Local {
        return "this machine".to_owned();
    }
    let user = target.user.as_ref().map(|u| format!("{u}@")).unwrap_or_default();
    format!("{} {user}{}:{}", target.connection, target.address, target.port)
}

/// The steps.
pub(super) fn steps(plan: &Plan) -> AnyView {
    let rows = plan.steps.iter().enumerate().map(|(n, step)| one_step(n, step, &plan.targets)).collect_view();
    view! {
        <div class="plan-row" data-test="plan-steps">
            <span class="plan-label">"Steps"</span>
            <ol class="grow plan-steps">{rows}</ol>
        </div>
    }
    .into_any()
}

fn one_step(n: usize, step: &PlanStep, targets: &[PlanTarget]) -> AnyView {
    let open = RwSignal::new(false);
    let body = StoredValue::new((step.clone(), targets.to_vec()));
    let shells: Vec<String> = step
        .scripts
        .keys()
        .map(|shell| {
            format!("{shell} ({})", plural(targets.iter().filter(|t| t.shell == *shell).count(), "host", "hosts"))
        })
        .collect();
    let mark = match (step.mutates, step.reversible()) {
        (false, _) => view! { <span class="faint dense">"reads only"</span> }.into_any(),
        (true, true) => view! {
            <span class="look tone-ok dense" title="What it does is undone when its verification fails.">
                {small_icon(Icon::Undo)}"reversible"
            </span>
        }
        .into_any(),
        (true, false) => {
            view! { <span class="look tone-warn dense">{small_icon(Icon::Warning)}"cannot be undone"</span> }.into_any()
        }
    };
    view! {
        <li class="plan-step">
            <div class="row">
                <span class="step-n">{n + 1}</span>
                <span class="strong selectable">{step.title.clone()}</span>
                {mark}
                <span class="grow"></span>
                {Button::new(Signal::derive(move || {
                        format!("{} · {}", shells.join(", "), if open.get() { "hide" } else { "show script" })
                    }))
                    .quiet()
                    .small()
                    .icon(Icon::Terminal)
                    .expanded(open)
                    .test("show-script")
                    .on(move || open.update(|o| *o = !*o))
                    .view()}
            </div>
            {move || open.get().then(|| body.with_value(|(step, targets)| scripts(step, targets)))}
        </li>
    }
    .into_any()
}

/// Which of a step's scripts is on show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Run,
    Verify,
    Rollback,
}

/// A step's scripts, one part and one shell at a time.
pub(crate) fn scripts(step: &PlanStep, targets: &[PlanTarget]) -> AnyView {
    let first = step.scripts.keys().next().copied().unwrap_or(Shell::Bash);
    let shell = RwSignal::new(first);
    let part = RwSignal::new(Part::Run);
    let scripts = StoredValue::new(step.scripts.clone());
    let title = step.title.clone();
    let shells: Vec<Tab<Shell>> = step
        .scripts
        .keys()
        .map(|s| {
            let hosts = plural(targets.iter().filter(|t| t.shell == *s).count(), "host", "hosts");
            Tab::new(*s, format!("{s} ({hosts})"), "shell-tab")
        })
        .collect();
    let several = shells.len() > 1;
    view! {
        <div class="scripts" data-test="scripts">
            <div class="row wrap">
                {several.then(|| tabs("Shell", shells, shell, move |s| shell.set(s)))}
                {move || {
                    let chosen = shell.get();
                    let parts = scripts.with_value(|scripts| scripts.get(&chosen).map(parts).unwrap_or_default());
                    let list = parts.into_iter().map(|(p, name)| Tab::new(p, name, format!("part-{name}"))).collect();
                    tabs("Part", list, part, move |p| part.set(p))
                }}
                <span class="grow"></span>
                {move || scripts.with_value(|scripts| scripts.get(&shell.get()).map(facts))}
            </div>
            {move || {
                let (chosen, part) = (shell.get(), part.get());
                scripts.with_value(|scripts| {
                    let script = scripts.get(&chosen)?;
                    let text = match part {
                        Part::Run => Some(&script.run),
                        Part::Verify => script.verify.as_ref(),
                        Part::Rollback => script.rollback.as_ref(),
                    }?;
                    Some(code_block(chosen, text, format!("{title}: {chosen} script")))
                })
            }}
        </div>
    }
    .into_any()
}

fn parts(script: &Script) -> Vec<(Part, &'static str)> {
    let mut parts = vec![(Part::Run, "run")];
    if script.verify.is_some() {
        parts.push((Part::Verify, "verify"));
    }
    if script.rollback.is_some() {
        parts.push((Part::Rollback, "rollback"));
    }
    parts
}

fn facts(script: &Script) -> AnyView {
    let mut said = vec![format!("at most {}", duration(f64::from(script.timeout_seconds)))];
    if script.requires_admin {
        said.push("needs root".to_owned());
    }
    if let Some(file) = &script.file {
        said.push(format!("sends {} ({})", file.path, bytes(file.size)));
    }
    view! { <span class="faint dense">{said.join(" · ")}</span> }.into_any()
}
