//! What the page knows, one store per capability: filled by commands, kept up to date by events.

pub(crate) mod chat;
pub(crate) mod inventory;
pub(crate) mod job;
pub(crate) mod jobs;
pub(crate) mod load;
pub(crate) mod navigation;
pub(crate) mod notices;
pub(crate) mod reading;
pub(crate) mod recipes;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod telemetry;
pub(crate) mod toasts;
pub(crate) mod vault;

pub(crate) use load::Load;

use crate::{api, web};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::OnceCell;
use wheelhouse_protocol::{Event, Problem, Timestamp};

/// Every store. It lives as long as the page, and so do its signals.
pub(crate) struct Stores {
    owner: Owner,
    pub(crate) navigation: navigation::Navigation,
    pub(crate) toasts: toasts::Toasts,
    pub(crate) status: status::Lights,
    pub(crate) settings: settings::SettingsStore,
    pub(crate) inventory: inventory::Inventory,
    pub(crate) vault: vault::VaultStore,
    pub(crate) chat: chat::Chat,
    pub(crate) jobs: jobs::Jobs,
    pub(crate) notices: notices::Notices,
    pub(crate) recipes: recipes::Recipes,
    pub(crate) telemetry: telemetry::TelemetryStore,
    /// The moment it is, once a second.
    pub(crate) clock: RwSignal<Timestamp>,
    /// Why the program cannot be opened, if it cannot.
    pub(crate) fatal: RwSignal<Option<Problem>>,
    /// Whether the program has answered at all.
    pub(crate) answered: RwSignal<bool>,
}

thread_local! {
    static STORES: OnceCell<&'static Stores> = const { OnceCell::new() };
}

/// The stores.
pub(crate) fn stores() -> &'static Stores {
    STORES.with(|cell| {
        *cell.get_or_init(|| {
            let owner = Owner::new();
            let made = owner.with(|| Stores {
                owner: owner.clone(),
                navigation: navigation::Navigation::recalled(),
                toasts: toasts::Toasts::default(),
                status: status::Lights::default(),
                settings: settings::SettingsStore::default(),
                inventory: inventory::Inventory::default(),
                vault: vault::VaultStore::default(),
                chat: chat::Chat::recalled(),
                jobs: jobs::Jobs::default(),
                notices: notices::Notices::default(),
                recipes: recipes::Recipes::default(),
                telemetry: telemetry::TelemetryStore::recalled(),
                clock: RwSignal::new(web::now()),
                fatal: RwSignal::new(None),
                answered: RwSignal::new(false),
            });
            Box::leak(Box::new(made))
        })
    })
}

impl Stores {
    /// Makes signals that live as long as the page, whoever asks for them.
    pub(crate) fn lasting<T>(&self, make: impl FnOnce() -> T) -> T {
        self.owner.with(make)
    }

    /// Begins: listens, then asks for everything that is always on show.
    pub(crate) fn start(&'static self) {
        web::every(1000, || stores().clock.set(web::now()));
        // Keyring, size of the data: what no event tells.
        web::every(30_000, || stores().status.refresh());
        spawn_local(async move {
            // First the ear, then the questions: nothing falls between.
            if let Err(problem) = api::subscribe(|events| events.into_iter().for_each(|e| stores().hear(e))).await {
                self.fatal.set(Some(problem));
                return;
            }
            self.answered.set(true);
            self.refresh_all();
        });
    }

    /// Asks for everything anew: at the start, and when events were missed.
    pub(crate) fn refresh_all(&'static self) {
        self.settings.refresh();
        self.status.refresh();
        self.inventory.refresh();
        self.vault.refresh();
        self.chat.refresh();
        self.jobs.refresh();
        self.notices.refresh();
        self.recipes.refresh();
        self.telemetry.refresh();
    }

    fn hear(&'static self, event: Event) {
        match event {
            Event::JobChanged(summary) => self.jobs.changed(summary),
            Event::Job(event) => self.jobs.happened(&event),
            Event::JobLog { job, lines } => self.jobs.said(job, lines),
            Event::Chat(conversation) => self.chat.changed(conversation),
            Event::Notification(notification) => self.notices.raised(notification),
            Event::NotificationCounts(counts) => self.notices.counted(counts),
            Event::InventoryChanged => self.inventory.refresh(),
            Event::VaultChanged => {
                self.vault.refresh();
                self.status.refresh();
            }
            Event::RecipesChanged | Event::SchedulesChanged => self.recipes.refresh(),
            Event::SettingsChanged => self.settings.refresh(),
            Event::Link(link) => self.status.link.set(Some(link)),
            Event::Frame(frame) => self.telemetry.frame(frame),
            Event::Control(control) => self.status.control.set(Some(control)),
            Event::Store(problem) => {
                self.status.store_problem.set(problem);
                self.status.refresh();
            }
            Event::FramesDropped(n) => self.telemetry.dropped.update(|all| *all += n),
            Event::Resync => self.refresh_all(),
        }
    }
}
