//! Where the operator is, remembered from one start to the next.

use crate::pure::icons::Icon;
use crate::web;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::HashMap;
use wheelhouse_protocol::Problem;

/// The screens there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Screen {
    Chat,
    Jobs,
    Recipes,
    Targets,
    Telemetry,
    Notifications,
    Vault,
    Settings,
}

impl Screen {
    /// Every screen, in the order of the rail.
    pub(crate) const ALL: [Self; 8] = [
        Self::Chat,
        Self::Jobs,
        Self::Recipes,
        Self::Targets,
        Self::Telemetry,
        Self::Notifications,
        Self::Vault,
        Self::Settings,
    ];

    /// Its title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Chat => "Chat",
            Self::Jobs => "Jobs",
            Self::Recipes => "Recipes",
            Self::Targets => "Targets",
            Self::Telemetry => "Telemetry",
            Self::Notifications => "Notifications",
            Self::Vault => "Vault",
            Self::Settings => "Settings",
        }
    }

    /// What the rail has room for.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Self::Notifications => "Inbox",
            other => other.title(),
        }
    }

    /// Its name in hooks for tests.
    pub(crate) fn slug(self) -> String {
        self.title().to_lowercase()
    }

    /// Its icon.
    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Chat => Icon::Chat,
            Self::Jobs => Icon::Jobs,
            Self::Recipes => Icon::Recipe,
            Self::Targets => Icon::Targets,
            Self::Telemetry => Icon::Telemetry,
            Self::Notifications => Icon::Bell,
            Self::Vault => Icon::Vault,
            Self::Settings => Icon::Settings,
        }
    }

    /// The letter that follows `g` to go there.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Chat => 'c',
            Self::Jobs => 'j',
            Self::Recipes => 'r',
            Self::Targets => 't',
            Self::Telemetry => 'e',
            Self::Notifications => 'n',
            Self::Vault => 'v',
            Self::Settings => 's',
        }
    }
}

/// Where the operator is.
pub(crate) struct Navigation {
    /// The screen on show.
    pub(crate) screen: RwSignal<Screen>,
    /// The side panel's width in pixels.
    pub(crate) panel_width: RwSignal<f64>,
    /// Whether the command palette is open.
    pub(crate) palette: RwSignal<bool>,
    /// Whether the list of shortcuts is open.
    pub(crate) shortcuts: RwSignal<bool>,
    /// Whether the screen on show holds something typed that leaving it would lose.
    pub(crate) unsaved: RwSignal<bool>,
    /// Why a command of the palette did not work, until it was read.
    pub(crate) failed: RwSignal<Option<Problem>>,
    /// The screen that was asked for meanwhile.
    pub(crate) wanted: RwSignal<Option<Screen>>,
    scroll: RefCell<HashMap<String, f64>>,
}

const SCREEN: &str = "screen";
const SCROLL: &str = "scroll";
const PANEL: &str = "panel";

impl Navigation {
    /// Where they were last time.
    pub(crate) fn recalled() -> Self {
        Self {
            screen: RwSignal::new(web::recall(SCREEN).unwrap_or(Screen::Chat)),
            panel_width: RwSignal::new(web::recall(PANEL).unwrap_or(400.0)),
            palette: RwSignal::new(false),
            shortcuts: RwSignal::new(false),
            unsaved: RwSignal::new(false),
            failed: RwSignal::new(None),
            wanted: RwSignal::new(None),
            scroll: RefCell::new(web::recall(SCROLL).unwrap_or_default()),
        }
    }

    /// Goes to a screen. What is typed on the one on show and not stored is asked about first.
    pub(crate) fn go(&self, screen: Screen) {
        self.palette.set(false);
        if self.screen.get_untracked() != screen {
            if self.unsaved.get_untracked() {
                self.wanted.set(Some(screen));
                return;
            }
            self.screen.set(screen);
            web::remember(SCREEN, &screen);
        }
    }

    /// Keeps the panel's width.
    pub(crate) fn keep_panel_width(&self) {
        web::remember(PANEL, &self.panel_width.get_untracked());
    }

    /// How far a place was scrolled.
    pub(crate) fn scrolled(&self, place: &str) -> f64 {
        self.scroll.borrow().get(place).copied().unwrap_or(0.0)
    }

    /// Keeps how far a place is scrolled.
    pub(crate) fn keep_scroll(&self, place: &str, top: f64) {
        let mut scroll = self.scroll.borrow_mut();
        scroll.insert(place.to_owned(), top);
        web::remember(SCROLL, &*scroll);
    }
}
