//! What the screen shows: the chosen group, the search, the ticks, what is open beside and over the table.

use super::bulk::Work;
use crate::state::navigation::Screen;
use crate::state::stores;
use leptos::prelude::*;
use std::cell::OnceCell;
use std::collections::HashSet;
use wheelhouse_protocol::inventory::ImportSource;
use wheelhouse_protocol::{GroupId, TargetId};

/// Which targets the table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Within {
    /// All of them.
    #[default]
    All,
    /// Those in this group and below it.
    Group(GroupId),
    /// Those in no group.
    None,
}

/// The part of a target's panel that is on show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Details,
    Edit,
    Jobs,
}

/// What is open beside the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Target(TargetId),
    NewTarget,
    Group(GroupId),
    NewGroup,
}

/// Where to go once unsaved changes may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Beside(Option<Beside>),
    Part(Part),
}

/// What is open over the screen.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Over {
    /// An import, of this source where one was dropped.
    Import(Option<ImportSource>),
    Export,
    HostKeys,
}

/// All of it. It outlives the screen, so that coming back finds it as it was.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) within: RwSignal<Within>,
    pub(super) search: RwSignal<String>,
    pub(super) ticked: RwSignal<HashSet<String>>,
    pub(super) beside: RwSignal<Option<Beside>>,
    pub(super) part: RwSignal<Part>,
    pub(super) over: RwSignal<Option<Over>>,
    /// Where the operator wanted to go while changes are unsaved.
    pub(super) next: RwSignal<Option<Next>>,
    /// The members a new group begins with.
    pub(super) members: RwSignal<Vec<TargetId>>,
    /// What is being done to several targets at once; it goes on when the screen is left.
    pub(super) work: Work,
}

thread_local! {
    static PLACE: OnceCell<Place> = const { OnceCell::new() };
}

/// The one place.
pub(super) fn place() -> Place {
    PLACE.with(|cell| {
        *cell.get_or_init(|| {
            stores().lasting(|| Place {
                within: RwSignal::new(Within::All),
                search: RwSignal::new(String::new()),
                ticked: RwSignal::new(HashSet::new()),
                beside: RwSignal::new(None),
                part: RwSignal::new(Part::Details),
                over: RwSignal::new(None),
                next: RwSignal::new(None),
                members: RwSignal::new(Vec::new()),
                work: Work::new(),
            })
        })
    })
}

impl Place {
    /// Opens something beside the table.
    pub(super) fn show(self, beside: Beside) {
        self.leave(Next::Beside(Some(beside)));
        stores().navigation.go(Screen::Targets);
    }

    /// Opens a group being made of these targets.
    pub(super) fn show_new_group(self, members: Vec<TargetId>) {
        self.members.set(members);
        self.show(Beside::NewGroup);
    }

    /// Opens something over the screen.
    pub(super) fn open(self, over: Over) {
        self.over.set(Some(over));
        stores().navigation.go(Screen::Targets);
    }

    /// Closes what is beside the table.
    pub(super) fn close(self) {
        self.leave(Next::Beside(None));
    }

    /// Closes this, when it is still what is beside the table: it was stored or is gone.
    pub(super) fn done_with(self, what: Beside) {
        if self.beside.get_untracked() == Some(what) {
            self.go(Next::Beside(None));
        }
    }

    /// Goes to another part of the target's panel.
    pub(super) fn show_part(self, part: Part) {
        if self.part.get_untracked() != part {
            self.leave(Next::Part(part));
        }
    }

    /// Goes there, but asks first when that would lose changes.
    fn leave(self, next: Next) {
        if stores().navigation.unsaved.get_untracked() {
            self.next.set(Some(next));
        } else {
            self.go(next);
        }
    }

    /// Goes there; changes that were not stored are lost.
    pub(super) fn go(self, next: Next) {
        stores().navigation.unsaved.set(false);
        match next {
            Next::Beside(beside) => {
                self.part.set(Part::Details);
                self.beside.set(beside);
            }
            Next::Part(part) => self.part.set(part),
        }
    }
}
