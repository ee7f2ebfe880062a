//! Importing an inventory: choose, paste or drop it, see what it would change, then say so.

use super::place::place;
use super::preview;
use crate::api;
use crate::components::Button;
use crate::components::dialog::dialog;
use crate::components::field::text_area;
use crate::components::icon::icon;
use crate::components::problem::maybe;
use crate::components::select::{Choice, select};
use crate::pure::icons::Icon;
use crate::state::load::Doing;
use leptos::prelude::*;
use wheelhouse_protocol::CredentialId;
use wheelhouse_protocol::inventory::{ImportFormat, ImportPreview, ImportSource, PreviewImport};

/// The formats, by the words they are chosen by.
pub(super) const FORMATS: [(&str, ImportFormat); 5] = [
    ("ansible-ini", ImportFormat::AnsibleIni),
    ("ansible-yaml", ImportFormat::AnsibleYaml),
    ("ssh-config", ImportFormat::SshConfig),
    ("csv", ImportFormat::Csv),
    ("json", ImportFormat::Json),
];

/// Every format to choose.
pub(super) fn formats() -> Vec<Choice> {
    FORMATS.iter().map(|(word, format)| ((*word).to_owned(), format.to_string())).collect()
}

/// The word of a format.
pub(super) fn word_of(format: Option<ImportFormat>) -> String {
    FORMATS.iter().find(|f| Some(f.1) == format).map(|f| f.0.to_owned()).unwrap_or_default()
}

/// An import under way.
#[derive(Clone, Copy)]
pub(super) struct Import {
    /// What is read.
    pub(super) source: RwSignal<Option<ImportSource>>,
    /// What it would do.
    pub(super) preview: RwSignal<Option<ImportPreview>>,
    /// The format the operator chose instead of the recognised one.
    pub(super) format: RwSignal<Option<ImportFormat>>,
    /// The credential of connections that name none.
    pub(super) credential: RwSignal<Option<CredentialId>>,
    pub(super) doing: Doing,
    pasted: RwSignal<String>,
}

impl Import {
    /// Looks what a source would change.
    pub(super) fn look(self, source: ImportSource) {
        self.source.set(Some(source.clone()));
        // The system's dialogue may outlive this one.
        let Some(format) = self.format.try_get_untracked() else { return };
        let command = PreviewImport { source, format };
        self.doing.run(command, move |preview| {
            self.preview.try_set(Some(preview));
        });
    }

    /// Back to choosing.
    pub(super) fn begin_anew(self) {
        self.preview.set(None);
        self.format.set(None);
        self.doing.problem.set(None);
    }

    /// Reads it as the format of this word; as what it looks like when there is none.
    pub(super) fn read_as(self, word: &str) {
        self.format.set(FORMATS.iter().find(|f| f.0 == word).map(|f| f.1));
    }

    /// What the source is called.
    pub(super) fn called(self) -> String {
        match self.source.get() {
            Some(ImportSource::Path { path }) => path,
            Some(ImportSource::Text { .. }) => "pasted text".to_owned(),
            None => String::new(),
        }
    }
}

/// The dialogue.
pub(super) fn import(source: Option<ImportSource>) -> AnyView {
    let import = Import {
        source: RwSignal::new(None),
        preview: RwSignal::new(None),
        format: RwSignal::new(None),
        credential: RwSignal::new(None),
        doing: Doing::new(),
        pasted: RwSignal::new(String::new()),
    };
    if let Some(source) = source {
        import.look(source);
    }
    let chosen = Memo::new(move |_| import.preview.with(Option::is_some));
    let inside = move || if chosen.get() { preview::preview(import) } else { choose(import) };
    dialog("Import an inventory", "huge", "import-dialog", || place().over.set(None), inside.into_any())
}

fn choose(import: Import) -> AnyView {
    let pick = move || {
        import.doing.run_future(api::pick_file("Choose an inventory"), move |path| {
            if let Some(path) = path {
                import.look(ImportSource::Path { path });
            }
        });
    };
    let mut all = vec![(String::new(), "Recognised by itself".to_owned())];
    all.extend(formats());
    let paste = move || {
        let text = import.pasted.get_untracked();
        if !text.trim().is_empty() {
            import.look(ImportSource::Text { name: String::new(), text });
        }
    };
    view! {
        <div class="dialog-body import-choose stack loose">
            <div class="import-file">
                <span class="empty-icon">{icon(Icon::Upload)}</span>
                <div class="grow">
                    <p class="strong">"Choose a file, or drop one on the window"</p>
                    <p class="soft">
                        "Ansible (INI or YAML), SSH client configuration, CSV or JSON. You see what would change before anything is stored."
                    </p>
                </div>
                {Button::new("Choose a file…").icon(Icon::File).test("import-pick").busy(import.doing.busy).on(pick).view()}
            </div>
            <label class="stack grow">
                <span class="field-label">"Or paste its text"</span>
                {text_area(import.pasted, 14, "mono import-text", "import-text")}
            </label>
            {maybe(import.doing.problem)}
        </div>
        <footer class="dialog-foot">
            <span class="row grow">
                <span class="faint dense">"Format"</span>
                {select("Format", all, Signal::derive(move || word_of(import.format.get())), "import-read-as", move |word| import.read_as(&word))}
            </span>
            {Button::new("Cancel").quiet().on(|| place().over.set(None)).view()}
            {Button::new("See what it changes")
                .primary()
                .test("import-preview")
                .busy(import.doing.busy)
                .disabled(Signal::derive(move || import.pasted.with(|p| p.trim().is_empty())))
                .on(paste)
                .view()}
        </footer>
    }
    .into_any()
}
