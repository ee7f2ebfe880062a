//! The connections in a target's form: the best first, each with its port, account and credential.

use crate::components::Button;
use crate::components::field::{Input, field};
use crate::components::select::{Choice, select};
use crate::pure::icons::Icon;
use crate::pure::reaching;
use crate::state::stores;
use leptos::prelude::*;
use wheelhouse_protocol::credential::{CredentialKind, VaultState};
use wheelhouse_protocol::inventory::{Connection, ConnectionKind};
use wheelhouse_protocol::{CredentialId, Problem};

/// One connection being typed.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    key: u32,
    kind: RwSignal<ConnectionKind>,
    port: RwSignal<String>,
    user: RwSignal<String>,
    credential: RwSignal<Option<CredentialId>>,
    /// What is wrong with this one.
    wrong: RwSignal<Option<Problem>>,
}

/// All of them, in order.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    all: RwSignal<Vec<Typed>>,
    next: RwSignal<u32>,
}

impl Ways {
    /// As they are now.
    pub(super) fn of(connections: &[Connection]) -> Self {
        let ways = Self { all: RwSignal::new(Vec::new()), next: RwSignal::new(0) };
        connections.iter().for_each(|c| ways.add(c));
        ways
    }

    fn add(self, of: &Connection) {
        let key = self.next.get_untracked();
        self.next.set(key + 1);
        let typed = Typed {
            key,
            kind: RwSignal::new(of.kind),
            port: RwSignal::new(of.port.map(|p| p.to_string()).unwrap_or_default()),
            user: RwSignal::new(of.user.clone().unwrap_or_default()),
            credential: RwSignal::new(of.credential),
            wrong: RwSignal::new(None),
        };
        self.all.update(|all| all.push(typed));
    }

    /// Everything as it is typed now, to see whether it changed.
    pub(super) fn now(self) -> impl PartialEq + Send + Sync + use<> {
        let one = |t: &Typed| (t.kind.get(), t.port.get(), t.user.get(), t.credential.get());
        self.all.get().iter().map(one).collect::<Vec<_>>()
    }

    /// What was typed.
    ///
    /// # Errors
    /// The problem of the first port that is none.
    pub(super) fn read(self) -> Result<Vec<Connection>, Problem> {
        let all = self.all.get_untracked();
        let read = all.iter().map(|t| {
            let typed = reaching::typed(
                t.kind.get_untracked(),
                &t.port.get_untracked(),
                &t.user.get_untracked(),
                t.credential.get_untracked(),
            );
            t.wrong.set(typed.as_ref().err().cloned());
            typed
        });
        // Every one is looked at, so that a mended one no longer says it is wrong.
        read.collect::<Vec<_>>().into_iter().collect()
    }

    /// The fields.
    pub(super) fn view(self) -> AnyView {
        view! {
            <section class="fieldset" data-test="connections">
                <div class="row between">
                    <h3>"Connections"</h3>
                    {Button::new("Add connection")
                        .small()
                        .icon(Icon::Plus)
                        .test("add-connection")
                        .on(move || self.add(&Connection::of(ConnectionKind::Ssh)))
                        .view()}
                </div>
                {move || {
                    self.all
                        .with(Vec::is_empty)
                        .then(|| view! { <p class="soft">"Without one, jobs leave this target out."</p> })
                }}
                <For each=move || self.all.get() key=|t| t.key children=move |typed| one(self, typed) />
            </section>
        }
        .into_any()
    }
}

const KINDS: [ConnectionKind; 5] = [
    ConnectionKind::Ssh,
    ConnectionKind::Local,
    ConnectionKind::WinrmHttps,
    ConnectionKind::Winrm,
    ConnectionKind::Telnet,
];

fn one(ways: Ways, typed: Typed) -> AnyView {
    let place = move || ways.all.with(|all| all.iter().position(|t| t.key == typed.key)).unwrap_or(0);
    let kinds: Vec<Choice> = KINDS.iter().map(|k| (k.as_str().to_owned(), k.to_string())).collect();
    let networked = Memo::new(move |_| typed.kind.get() != ConnectionKind::Local);
    let spoken = move || reaching::is_spoken(typed.kind.get());
    let up = move || {
        ways.all.update(|all| {
            if let Some(at) = all.iter().position(|t| t.key == typed.key).filter(|at| *at > 0) {
                all.swap(at, at - 1);
            }
        });
    };
    let remove = move || ways.all.update(|all| all.retain(|t| t.key != typed.key));
    view! {
        <div class="connection" role="group" aria-label="Connection" data-test="connection">
            <div class="row">
                <span class="grow">
                    {select(
                        "Kind of connection",
                        kinds,
                        Signal::derive(move || typed.kind.get().as_str().to_owned()),
                        "connection-kind",
                        move |word| typed.kind.set(ConnectionKind::parse(&word).unwrap_or(ConnectionKind::Ssh)),
                    )}
                </span>
                {Button::new("Try it earlier")
                    .quiet()
                    .only_icon(Icon::ChevronUp)
                    .test("connection-up")
                    .disabled(Signal::derive(move || place() == 0))
                    .on(up)
                    .view()}
                {Button::new("Take this connection away").quiet().only_icon(Icon::Trash).test("connection-remove").on(remove).view()}
            </div>
            {move || {
                (!spoken()).then(|| view! { <p class="field-hint">"Kept in the inventory; Wheelhouse does not speak it and tries the next one."</p> })
            }}
            {move || networked.get().then(|| networked_fields(typed))}
        </div>
    }
    .into_any()
}

fn networked_fields(typed: Typed) -> AnyView {
    let default = typed.kind.get_untracked().default_port().map(|p| p.to_string()).unwrap_or_default();
    let credential = Signal::derive(move || typed.credential.get().map(|c| c.to_string()).unwrap_or_default());
    let choose = move |id: String| typed.credential.set(CredentialId::parse(&id));
    view! {
        <div class="connection-fields">
            {field("Port", "", "port", typed.wrong, Input::text(typed.port).placeholder(&default).test("connection-port").view())}
            {field(
                "Account",
                "",
                "user",
                typed.wrong,
                Input::text(typed.user).placeholder("the credential's").test("connection-user").view(),
            )}
        </div>
        {credential_field("Credential", credential, "connection-credential", choose)}
    }
    .into_any()
}

/// Which credential to log in with; the choices are names only.
pub(super) fn credential_field(
    label: &'static str,
    value: Signal<String>,
    test: &'static str,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let choices = Signal::derive(|| {
        let mut choices: Vec<Choice> = vec![(String::new(), "None: the operator's SSH agent".to_owned())];
        let all = stores().vault.credentials.get_or_default();
        let fitting = all
            .into_iter()
            .filter(|c| matches!(c.kind, CredentialKind::Password | CredentialKind::SshKey | CredentialKind::Free));
        choices.extend(fitting.map(|c| (c.id.to_string(), format!("{} ({})", c.name, c.kind))));
        choices
    });
    let missing = move || stores().vault.state() == Some(VaultState::Missing);
    view! {
        {field(label, "", "credential", None::<Problem>, select(label, choices, value, test, choose))}
        {move || {
            missing().then(|| view! { <p class="field-hint">"There is no vault yet: create it under Vault to log in with a password or key."</p> })
        }}
    }
    .into_any()
}
