//! Something that is asked for and may not have come yet.

pub(crate) use crate::pure::load::Load;

use crate::api;
use crate::pure::load::Turns;
use crate::pure::words::Tone;
use crate::state::stores;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::pin::Pin;
use wheelhouse_protocol::{Command, Problem};

/// An answer that is asked for again whenever something changed. What is there stays until the new
/// answer comes, and while one question is under way, further ones become a single one after it.
pub(crate) struct Remote<T: Send + Sync + 'static> {
    /// The answer.
    pub(crate) value: RwSignal<Load<T>>,
    turns: RefCell<Turns<Question<T>>>,
}

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// How to ask, and what to do with the answer before it is shown.
struct Question<T> {
    ask: Box<dyn Fn() -> Answer<T>>,
    then: Box<dyn Fn(&T)>,
}

impl<T: Send + Sync + 'static> Default for Remote<T> {
    fn default() -> Self {
        Self { value: RwSignal::new(Load::Waiting), turns: RefCell::new(Turns::default()) }
    }
}

impl<T: Send + Sync + 'static> Remote<T> {
    /// Asks (again). `question` is made when its turn comes, so that it says what is wanted then.
    pub(crate) fn ask<C: Command<Output = T>>(&'static self, question: impl Fn() -> C + 'static) {
        self.ask_then(question, |_| {});
    }

    /// As [`Self::ask`], and does something with the answer before it is shown.
    pub(crate) fn ask_then<C: Command<Output = T>>(
        &'static self,
        question: impl Fn() -> C + 'static,
        then: impl Fn(&T) + 'static,
    ) {
        let ask = move || -> Answer<T> { Box::pin(api::call(question())) };
        let Some(mut question) = self.turns.borrow_mut().ask(Question { ask: Box::new(ask), then: Box::new(then) })
        else {
            return;
        };
        spawn_local(async move {
            loop {
                let answer = (question.ask)().await;
                let newer = self.turns.borrow_mut().answered();
                // What was asked since is what is wanted now: an answer to the older question is not shown, but
                // its failure is, in case the newer one does not come either.
                if newer.is_none() || answer.is_err() {
                    if let Ok(value) = &answer {
                        (question.then)(value);
                    }
                    self.value.set(Load::from_result(answer));
                }
                match newer {
                    Some(newer) => question = newer,
                    None => break,
                }
            }
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
