//! Something that is asked for and may not have come yet.

use crate::api;
use crate::pure::words::Tone;
use crate::state::stores;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wheelhouse_protocol::{Command, Problem};

/// How far an answer is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Load<T> {
    /// Asked for.
    Waiting,
    /// It came.
    Ready(T),
    /// It did not.
    Failed(Problem),
}

impl<T> Load<T> {
    /// The answer, if it came.
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }

    /// From what a command came to.
    pub(crate) fn from_result(result: Result<T, Problem>) -> Self {
        match result {
            Ok(value) => Self::Ready(value),
            Err(problem) => Self::Failed(problem),
        }
    }
}

/// An answer that is asked for again whenever something changed. What is there stays until the new
/// answer comes, and while one question is under way, further ones become a single one after it.
pub(crate) struct Remote<T: Send + Sync + 'static> {
    /// The answer.
    pub(crate) value: RwSignal<Load<T>>,
    running: Cell<bool>,
    again: Cell<bool>,
}

impl<T: Send + Sync + 'static> Default for Remote<T> {
    fn default() -> Self {
        Self { value: RwSignal::new(Load::Waiting), running: Cell::new(false), again: Cell::new(false) }
    }
}

impl<T: Send + Sync + 'static> Remote<T> {
    /// Asks (again). `question` is made anew each time, so that it says what is wanted then.
    pub(crate) fn ask<C: Command<Output = T>>(&'static self, question: impl Fn() -> C + 'static) {
        self.ask_then(question, |_| {});
    }

    /// As [`Self::ask`], and does something with the answer before it is shown.
    pub(crate) fn ask_then<C: Command<Output = T>>(
        &'static self,
        question: impl Fn() -> C + 'static,
        then: impl Fn(&T) + 'static,
    ) {
        if self.running.replace(true) {
            self.again.set(true);
            return;
        }
        spawn_local(async move {
            loop {
                self.again.set(false);
                let answer = api::call(question()).await;
                if self.again.get() && answer.is_ok() {
                    continue;
                }
                if let Ok(value) = &answer {
                    then(value);
                }
                self.value.set(Load::from_result(answer));
                if !self.again.get() {
                    break;
                }
            }
            self.running.set(false);
        });
    }

    /// The answer, or its default until it comes.
    pub(crate) fn get_or_default(&self) -> T
    where
        T: Clone + Default,
    {
        self.value.with(|load| load.ready().cloned().unwrap_or_default())
    }
}

/// One thing a person asked for: whether it is under way, and what went wrong with it. What asked may be
/// gone before it begins (the vault had to be opened first) or ends.
#[derive(Clone, Copy)]
pub(crate) struct Doing {
    /// Whether it is under way.
    pub(crate) busy: RwSignal<bool>,
    /// What went wrong last time.
    pub(crate) problem: RwSignal<Option<Problem>>,
}

impl Doing {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Does a command, unless one is under way. Who asked may be gone when the answer comes.
    pub(crate) fn run<C: Command>(self, command: C, then: impl FnOnce(C::Output) + 'static) {
        self.run_future(api::call(command), then);
    }

    /// As [`Self::run`], for anything that takes its time.
    pub(crate) fn run_future<T: 'static>(
        self,
        work: impl Future<Output = Result<T, Problem>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.try_get_untracked() == Some(true) {
            return;
        }
        self.busy.try_set(true);
        self.problem.try_set(None);
        spawn_local(async move {
            let result = work.await;
            self.busy.try_set(false);
            match result {
                Ok(value) => then(value),
                Err(problem) => {
                    // Where it would have been shown is gone: it is said all the same.
                    if let Some(Some(problem)) = self.problem.try_set(Some(problem)) {
                        stores().toasts.say(Tone::Error, problem.title);
                    }
                }
            }
        });
    }
}
