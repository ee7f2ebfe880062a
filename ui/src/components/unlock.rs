//! Opening the vault right where it is needed.

use super::button::Button;
use super::field::Input;
use super::problem;
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wheelhouse_protocol::SecretInput;
use wheelhouse_protocol::credential::{KeyringState, RestoreVault, UnlockVault};

/// A field for the passphrase. `then` is what the open vault was wanted for.
pub(crate) fn unlock(focus: bool, then: impl Fn() + Clone + 'static) -> AnyView {
    let passphrase = RwSignal::new(String::new());
    let doing = Doing::new();
    let wait = RwSignal::new(stores().vault.view.value.with_untracked(|v| v.ready().map_or(0, |v| v.wait_seconds)));
    count_down(wait);
    let after = then.clone();
    let try_it = move || {
        let Some(typed) = passphrase.try_get_untracked() else { return };
        if typed.is_empty() || wait.get_untracked() > 0 {
            return;
        }
        passphrase.set(String::new());
        let after = after.clone();
        doing.run(UnlockVault { passphrase: Some(SecretInput::new(typed)) }, move |view| {
            stores().vault.show(view);
            after();
        });
    };
    // A wrong passphrase may have to be waited for: how long, the vault says.
    Effect::new(move |_| {
        if let Some(problem) = doing.problem.get() {
            stores().vault.failed(&problem);
            stores().vault.refresh();
        }
    });
    Effect::new(move |_| {
        let seconds = stores().vault.view.value.with(|v| v.ready().map_or(0, |v| v.wait_seconds));
        wait.set(seconds);
    });
    let keyring = move || {
        stores()
            .vault
            .view
            .value
            .with(|v| v.ready().is_some_and(|v| matches!(v.keyring, KeyringState::Working { opens_vault: true })))
    };
    let by_keyring = move || {
        let then = then.clone();
        doing.run(UnlockVault { passphrase: None }, move |view| {
            stores().vault.show(view);
            then();
        });
    };
    let by_keyring = StoredValue::new_local(by_keyring);
    let by_enter = try_it.clone();
    let input = Input::secret(passphrase)
        .label("Passphrase")
        .placeholder("Passphrase")
        .test("vault-passphrase")
        .disabled(Signal::derive(move || wait.get() > 0 || doing.busy.get()))
        .on_enter(by_enter);
    let input = if focus { input.focus() } else { input };
    // A field that could not be used for a while has lost the keyboard.
    let whole = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<bool>| {
        let usable = wait.get() == 0 && !doing.busy.get();
        if focus && usable && before == Some(false) {
            request_animation_frame(move || {
                // Opened meanwhile, it is gone.
                let field = whole.try_get_untracked().flatten().and_then(|w| w.query_selector("input").ok().flatten());
                if let Some(field) = field.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()) {
                    crate::web::focus(&field);
                }
            });
        }
        usable
    });
    view! {
        <div class="unlock stack" node_ref=whole>
            <div class="row">
                {input.view()}
                {Button::new("Unlock")
                    .primary()
                    .icon(Icon::Unlock)
                    .test("vault-unlock")
                    .busy(doing.busy)
                    .disabled(Signal::derive(move || passphrase.with(String::is_empty) || wait.get() > 0))
                    .on(try_it)
                    .view()}
                {move || {
                    keyring()
                        .then(|| {
                            Button::new("Use the keyring")
                                .icon(Icon::Key)
                                .test("vault-unlock-keyring")
                                .busy(doing.busy)
                                .on(move || by_keyring.with_value(|f| f()))
                                .view()
                        })
                }}
            </div>
            {move || {
                let seconds = wait.get();
                (seconds > 0)
                    .then(|| {
                        view! {
                            <p class="soft" role="status" data-test="vault-wait">
                                {format!("After wrong passphrases the vault waits: {seconds} s until the next try.")}
                            </p>
                        }
                    })
            }}
            {problem::maybe(doing.problem)}
            {move || {
                let mends = doing.problem.with(|p| p.as_ref().is_some_and(RestoreVault::mends));
                mends.then(|| view! {
                    <div class="row">
                        {Button::new("Restore it in Vault")
                            .icon(Icon::Undo)
                            .test("vault-to-restore")
                            .on(|| stores().navigation.go(Screen::Vault))
                            .view()}
                    </div>
                })
            }}
        </div>
    }
    .into_any()
}

/// Counts seconds down to 0.
fn count_down(seconds: RwSignal<u32>) {
    let clock = stores().clock;
    Effect::new(move |before: Option<()>| {
        clock.track();
        if before.is_some() && seconds.get_untracked() > 0 {
            seconds.update(|s| *s -= 1);
        }
    });
}
