//! Targets: which machines there are, how each is reached, and whether it answers.

mod bulk;
mod connections;
mod details;
mod discard;
mod export;
mod form;
mod group_form;
mod groups;
mod host_key;
mod host_keys;
mod import;
mod list;
mod panel;
mod place;
mod preview;
mod trial;

use leptos::prelude::*;
use place::{Beside, Over, place};
use wheelhouse_protocol::TargetId;
use wheelhouse_protocol::inventory::ImportSource;

/// The screen.
pub(crate) fn targets() -> AnyView {
    let place = place();
    view! {
        <section class="screen targets">
            {groups::groups()}
            {list::list()}
            {move || {
                place.beside.get().map(|beside| match beside {
                    Beside::Target(id) => panel::panel(id),
                    Beside::NewTarget => form::new_target(),
                    Beside::Group(id) => group_form::edit_group(id),
                    Beside::NewGroup => group_form::new_group(),
                })
            }}
            {move || {
                place.over.get().map(|over| match over {
                    Over::Import(source) => import::import(source),
                    Over::Export => export::export(),
                    Over::HostKeys => host_keys::host_keys(),
                })
            }}
            {discard::discard()}
        </section>
    }
    .into_any()
}

/// Shows what a file that was dropped would change.
pub(crate) fn import_file(path: String) {
    place().open(Over::Import(Some(ImportSource::Path { path })));
}

/// Opens the form of a new target.
pub(crate) fn new_target() {
    place().show(Beside::NewTarget);
}

/// Opens the form of a new group.
pub(crate) fn new_group() {
    place().show_new_group(Vec::new());
}

/// Begins an import.
pub(crate) fn import() {
    place().open(Over::Import(None));
}

/// Shows the inventory in other tools' formats.
pub(crate) fn export() {
    place().open(Over::Export);
}

/// Shows the accepted host keys.
pub(crate) fn host_keys() {
    place().open(Over::HostKeys);
}

/// Opens one target.
pub(crate) fn open(id: TargetId) {
    place().show(Beside::Target(id));
}
