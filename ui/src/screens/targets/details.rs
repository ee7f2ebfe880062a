//! What is known of a target: whether it answers, what machine it is, how it is reached.

use super::place::{Beside, Part, place};
use super::trial::trial;
use crate::components::field::toggle;
use crate::components::problem::maybe;
use crate::components::scroller::scroller;
use crate::components::{Button, badge, moment};
use crate::pure::icons::Icon;
use crate::pure::reaching;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::TargetId;
use wheelhouse_protocol::inventory::{Connection, DeleteTarget, Facts, Os, Privilege, SaveTarget, Target};

/// The part of the panel.
pub(super) fn details(id: TargetId, target: Memo<Option<Target>>) -> AnyView {
    let doing = Doing::new();
    let resting = Signal::derive(move || target.with(|t| t.as_ref().is_some_and(|t| t.spec.maintenance)));
    let maintain = move |on: bool| {
        if let Some(target) = target.get_untracked() {
            let mut spec = target.spec;
            spec.maintenance = on;
            doing.run(SaveTarget { id: Some(id), spec }, |_| {});
        }
    };
    let facts = Memo::new(move |_| target.with(|t| t.as_ref().and_then(|t| t.facts.clone())));
    let said = Memo::new(move |_| target.with(|t| t.as_ref().map(|t| t.spec.clone())));
    let inside = view! {
        <div class="stack loose">
            {trial(id, target)}
            {toggle("In maintenance: jobs leave it out", resting, doing.busy, "target-maintenance", maintain)}
            {maybe(doing.problem)}
            {move || {
                said.get()
                    .map(|spec| {
                        let names = spec.groups.iter().map(|g| stores().inventory.group_name(*g)).collect::<Vec<_>>();
                        view! {
                            <section class="fieldset">
                                <h3>"Reached by"</h3>
                                {connections(spec.address(), &spec.connections)}
                            </section>
                            <section class="fieldset">
                                <h3>"What is said about it"</h3>
                                <dl class="facts" data-test="target-said">
                                    {line("Addresses", spec.addresses.join(", "))}
                                    {line("Stated OS", if spec.os == Os::Unknown { String::new() } else { spec.os.to_string() })}
                                    {line("Groups", names.join(", "))}
                                    {line("Tags", spec.tags.join(", "))}
                                    {line("Environment", spec.environment.clone().unwrap_or_default())}
                                    {line("Notes", spec.notes.clone())}
                                </dl>
                            </section>
                        }
                    })
            }}
            <section class="fieldset">
                <h3>"What it is"</h3>
                {move || facts.get().map_or_else(no_facts, |facts| machine(&facts))}
            </section>
        </div>
    };
    view! {
        {scroller("target-details", "panel-body", inside.into_any())}
        <footer class="panel-foot">
            {Button::new("Edit").icon(Icon::Edit).test("edit-target").on(|| place().part.set(Part::Edit)).view()}
            <span class="grow"></span>
            {move || {
                let name = said.with(|s| s.as_ref().map(|s| s.name.clone())).unwrap_or_default();
                Button::new(format!("Remove “{name}”"))
                    .danger()
                    .icon(Icon::Trash)
                    .title("Its jobs stay in the history.")
                    .test("remove-target")
                    .busy(doing.busy)
                    .on(move || doing.run(DeleteTarget { id }, move |()| place().done_with(Beside::Target(id))))
                    .view()
            }}
        </footer>
    }
    .into_any()
}

/// One line, where there is something to say.
fn line(name: &'static str, value: String) -> AnyView {
    if value.is_empty() {
        return ().into_any();
    }
    view! {
        <dt>{name}</dt>
        <dd class="selectable pre-line">{value}</dd>
    }
    .into_any()
}

fn connections(address: &str, all: &[Connection]) -> AnyView {
    if all.is_empty() {
        return view! { <p class="soft">"No connection is set: edit the target and add one."</p> }.into_any();
    }
    let used = all.iter().position(|c| reaching::is_spoken(c.kind));
    let rows = all
        .iter()
        .enumerate()
        .map(|(n, way)| {
            let spoken = reaching::is_spoken(way.kind);
            let log_in = match way.credential {
                _ if way.effective_port() == 0 => "without a network".to_owned(),
                Some(credential) => format!("with {}", stores().vault.name_of(credential)),
                None => "with the operator's SSH agent".to_owned(),
            };
            let to =
                if way.effective_port() == 0 { String::new() } else { format!("{address}:{}", way.effective_port()) };
            view! {
                <li class="way" class:faint=!spoken>
                    <span class="strong nowrap">{way.kind.to_string()}</span>
                    <span class="grow selectable">
                        {[to, way.user.as_ref().map(|u| format!("as {u}")).unwrap_or_default(), log_in]
                            .into_iter()
                            .filter(|p| !p.is_empty())
                            .collect::<Vec<_>>()
                            .join(" · ")}
                    </span>
                    {(used == Some(n)).then(|| badge(Tone::Accent, None, "in use"))}
                    {(!spoken).then(|| badge(Tone::Plain, None, "not spoken here"))}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stack" data-test="target-ways">{rows}</ol> }.into_any()
}

fn no_facts() -> AnyView {
    view! { <p class="soft">"Nobody has looked yet. Test it, and what it is stands here."</p> }.into_any()
}

/// What a machine is.
fn machine(facts: &Facts) -> AnyView {
    let privilege = match facts.privilege {
        Privilege::Root => "the account is root",
        Privilege::SudoWithoutPassword => "sudo, without a password",
        Privilege::SudoMayAsk => "sudo, which may ask for a password",
        Privilege::None => "no way to become root was found",
    };
    view! {
        <dl class="facts" data-test="target-facts">
            {line("Host name", facts.host_name.clone())}
            {line("System", facts.distribution.clone())}
            {line("Kernel", facts.kernel.clone())}
            {line("Architecture", facts.architecture.clone())}
            {line("Packages", facts.package_manager.clone())}
            {line("Services", facts.init_system.clone())}
            {line("Privilege", privilege.to_owned())}
            <dt>"Seen"</dt>
            <dd>{moment(facts.seen_at)}</dd>
        </dl>
    }
    .into_any()
}
