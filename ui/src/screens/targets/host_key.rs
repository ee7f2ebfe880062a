//! A host key to decide about: one that nobody has accepted, or another one than was accepted.

use crate::components::icon::icon;
use crate::components::problem::maybe;
use crate::components::{Button, moment};
use crate::pure::icons::Icon;
use crate::pure::words::Tone;
use crate::state::load::Doing;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::TargetId;
use wheelhouse_protocol::inventory::{AcceptHostKey, HostKey, TrustedHostKey};

/// The file on the machine whose fingerprint is the one to compare with.
fn file_of(key_type: &str) -> &'static str {
    match key_type {
        t if t.contains("ed25519") => "ssh_host_ed25519_key.pub",
        t if t.starts_with("ecdsa") => "ssh_host_ecdsa_key.pub",
        _ => "ssh_host_rsa_key.pub",
    }
}

fn accept(id: TargetId, doing: Doing, key: HostKey, replace: bool) {
    let host = format!("{}:{}", key.host, key.port);
    doing.run(AcceptHostKey { key, replace }, move |()| {
        stores().toasts.say(Tone::Ok, format!("Host key of {host} accepted"));
        stores().inventory.test(id);
    });
}

/// A fingerprint with what it belongs to.
fn fingerprint(key: &HostKey, test: &'static str) -> AnyView {
    let copied = key.fingerprint.clone();
    view! {
        <div class="fingerprint">
            <code class="grow selectable" data-test=test>{key.fingerprint.clone()}</code>
            {Button::new("Copy the fingerprint")
                .quiet()
                .small()
                .only_icon(Icon::Copy)
                .on(move || stores().toasts.copy("Fingerprint", copied.clone()))
                .view()}
        </div>
        <p class="faint dense">{format!("{} of {}, port {}", key.key_type, key.host, key.port)}</p>
    }
    .into_any()
}

fn how_to_compare(key: &HostKey) -> AnyView {
    let command = format!("ssh-keygen -lf /etc/ssh/{}", file_of(&key.key_type));
    view! {
        <p class="soft">
            "Compare it with what the machine itself says, at its console or by whoever set it up:"
        </p>
        <code class="selectable compare">{command}</code>
    }
    .into_any()
}

/// Nobody has accepted a key of this host.
pub(super) fn unknown(id: TargetId, key: HostKey) -> AnyView {
    let doing = Doing::new();
    let accepted = key.clone();
    view! {
        <div class="host-key tone-warn" role="group" aria-label="Unknown host key" data-test="host-key-unknown">
            <header class="row">
                <span class="look">{icon(Icon::Key)}</span>
                <h3>"Is this really the machine?"</h3>
            </header>
            <p>"Nobody has accepted a host key of it yet. Nothing was sent to it."</p>
            {fingerprint(&key, "presented-fingerprint")}
            {how_to_compare(&key)}
            {maybe(doing.problem)}
            <div class="row end">
                {Button::new("Accept this key")
                    .primary()
                    .icon(Icon::Check)
                    .test("accept-host-key")
                    .busy(doing.busy)
                    .on(move || accept(id, doing, accepted.clone(), false))
                    .view()}
            </div>
        </div>
    }
    .into_any()
}

/// It presented another key than the accepted one.
pub(super) fn changed(id: TargetId, key: HostKey, accepted: Vec<TrustedHostKey>) -> AnyView {
    let doing = Doing::new();
    let new = key.clone();
    let from_file = accepted.iter().any(|a| a.accepted_at.is_none());
    let old = accepted
        .iter()
        .map(|a| {
            let who = match a.accepted_at {
                Some(at) => {
                    view! { <p class="faint dense">{format!("Accepted by {} at ", a.accepted_by)}{moment(at)}</p> }
                        .into_any()
                }
                None => view! { <p class="faint dense">{format!("Read from {}", a.accepted_by)}</p> }.into_any(),
            };
            view! { {fingerprint(&a.key, "accepted-fingerprint")} {who} }
        })
        .collect_view();
    view! {
        <div class="host-key tone-error" role="alert" aria-label="Changed host key" data-test="host-key-changed">
            <header class="row">
                <span class="look">{icon(Icon::Warning)}</span>
                <h3>"Its host key has changed"</h3>
            </header>
            <p>
                "Either the machine was set up anew, or something else answers in its place. Nothing was sent to it, and \
                 no job reaches it until this is settled."
            </p>
            <div class="key-pair">
                <span class="field-label">"Accepted until now"</span>
                {old}
                <span class="field-label">"Presented now"</span>
                {fingerprint(&key, "presented-fingerprint")}
            </div>
            {how_to_compare(&key)}
            {from_file
                .then(|| view! { <p class="soft">"The accepted key stands in a known_hosts file, where it stays after replacing."</p> })}
            {maybe(doing.problem)}
            <div class="row end">
                {Button::new(format!("Replace the key of {}:{}", key.host, key.port))
                    .danger()
                    .icon(Icon::Key)
                    .test("replace-host-key")
                    .busy(doing.busy)
                    .on(move || accept(id, doing, new.clone(), true))
                    .view()}
            </div>
        </div>
    }
    .into_any()
}
