//! One step on one target: get there, run, look, and undo where looking says no.

use super::journal::{Journal, Place};
use crate::connect::{ATTEMPTS, Connector, Route, pause_after};
use crate::dialogue::{self, Invocation, Listener, Ran, RunEnd, RunError, Said};
use crate::error::TransportError;
use crate::session::Session;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use wheelhouse_protocol::action::Action;
use wheelhouse_protocol::job::{CellState, Level, Phase, RollbackOutcome, Stream};
use wheelhouse_protocol::plan::Script;

/// How long looking at the effect, or undoing it, may take.
const LOOK_LIMIT: Duration = Duration::from_secs(300);

/// How long taking back a file may take whose step did not begin, in all.
const WITHDRAW_LIMIT: Duration = Duration::from_secs(15);

/// The two ways to stop a job.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// Nothing new starts.
    pub(crate) finish: CancellationToken,
    /// What runs is ended too.
    pub(crate) interrupt: CancellationToken,
}

/// One cell's work.
pub(crate) struct Cell<'a> {
    pub(crate) place: Place,
    pub(crate) route: &'a Route,
    pub(crate) action: &'a Action,
    pub(crate) script: &'a Script,
    pub(crate) mutates: bool,
    pub(crate) journal: &'a Journal,
    pub(crate) connector: &'a Connector,
    pub(crate) stop: &'a Stop,
}

/// What a step has on the machine while it works.
#[derive(Default)]
struct Room {
    /// The folder its scripts share.
    state: Option<String>,
    /// The folder its file is sent to, from the moment that begins.
    sent: Option<String>,
    /// The file there.
    file: Option<String>,
}

/// A cell's outcome.
struct Outcome {
    state: CellState,
    detail: String,
    exit_code: Option<i32>,
    rollback: Option<RollbackOutcome>,
    /// Whether the session can serve the next one.
    session_is_good: bool,
}

impl Outcome {
    fn of(state: CellState, detail: impl Into<String>) -> Self {
        Self { state, detail: detail.into(), exit_code: None, rollback: None, session_is_good: false }
    }
}

impl Cell<'_> {
    /// Does the work, and tells it all to the journal.
    pub(crate) async fn work(&self) -> CellState {
        if self.stop.finish.is_cancelled() {
            self.journal.cell(self.place, CellState::Skipped, "the job was cancelled before this began").await;
            return CellState::Skipped;
        }
        self.journal.cell(self.place, CellState::Connecting, "").await;
        let outcome = match self.attempt().await {
            Ok(outcome) => outcome,
            Err(error) => Self::not_run(&error),
        };
        let Outcome { state, detail, exit_code, rollback, .. } = outcome;
        self.journal.cell_with(self.place, state, detail, exit_code, rollback).await;
        self.journal.written().await;
        state
    }

    /// Gets there and runs the step. An error means that nothing was run.
    async fn attempt(&self) -> Result<Outcome, TransportError> {
        let mut session = self.connect().await?;
        let mut room = Room::default();
        let mut done = self.run_on(&session, &mut room).await;
        if let Err(error) = &done
            && error.is_worth_retrying()
        {
            // A kept session whose other end has gone shows it only when it is used.
            self.note(Phase::Connect, Level::Debug, format!("connecting anew: {error}")).await;
            done = match self.connector.open_new(self.route).await {
                Err(error) => Err(error),
                Ok(new) => {
                    session = new;
                    self.withdraw(Some(&session), &mut room).await;
                    self.run_on(&session, &mut room).await
                }
            };
        }
        match done {
            Ok(outcome) => {
                if outcome.session_is_good {
                    self.connector.give_back(self.route, session);
                }
                Ok(outcome)
            }
            Err(error) => {
                self.withdraw_after(&error, &session, &mut room).await;
                Err(error)
            }
        }
    }

    /// Takes back what was sent for a step that did not begin, because of `error`, on `session`.
    async fn withdraw_after(&self, error: &TransportError, session: &Session, room: &mut Room) {
        if room.sent.is_none() {
            return;
        }
        match error {
            // Given up in the middle of something, so this session is of no more use.
            TransportError::Cancelled => {
                let new = timeout(WITHDRAW_LIMIT, self.connector.open_new(self.route)).await;
                self.withdraw(new.ok().and_then(Result::ok).as_ref(), room).await;
            }
            // The machine or this program said no; the way there is as good as before.
            TransportError::File(_) | TransportError::Missing(_) | TransportError::Privilege(_) => {
                self.withdraw(Some(session), room).await;
            }
            _ => self.withdraw(None, room).await,
        }
    }

    /// Takes back what was sent, where there is a way there. As the account itself: what kept it from
    /// becoming root must not keep its own file there.
    async fn withdraw(&self, session: Option<&Session>, room: &mut Room) {
        let Some(folder) = room.sent.take() else { return };
        room.file = None;
        let gone = match session {
            Some(session) => timeout(WITHDRAW_LIMIT, self.remove(session, &[&folder], false)).await.unwrap_or(false),
            None => false,
        };
        if !gone {
            self.note_left(&[&folder]).await;
        }
    }

    /// Looks again at an unknown cell, with the verify script only.
    ///
    /// That it is as it should be is worth "changed" only where the action leaves a trace: a service
    /// that runs says nothing of whether it was restarted.
    pub(crate) async fn look_again(&self) -> CellState {
        let Some(verify) = &self.script.verify else {
            self.note(Phase::Verify, Level::Warning, "no script can look at this; look at the machine".to_owned())
                .await;
            return CellState::Unknown;
        };
        let (state, detail) = match self.connect().await {
            Err(error) => {
                let text = format!("looking again failed: {error}");
                self.note(Phase::Verify, Level::Error, text).await;
                return CellState::Unknown;
            }
            Ok(session) => {
                let nothing = Room::default();
                match self.script_on(&session, Phase::Verify, verify, &nothing, &self.stop.interrupt).await {
                    Ok(Ran { end: RunEnd::Exited(0), .. }) => {
                        self.connector.give_back(self.route, session);
                        if !self.action.leaves_a_trace() {
                            let text = format!(
                                "looked again: it is as it should be, but whether “{}” was done cannot be told from that",
                                self.action.title()
                            );
                            self.note(Phase::Verify, Level::Warning, text).await;
                            return CellState::Unknown;
                        }
                        (CellState::Changed, "looked again: it is as asked".to_owned())
                    }
                    Ok(ran @ Ran { end: RunEnd::Exited(_), .. }) => {
                        self.connector.give_back(self.route, session);
                        (CellState::Failed, format!("looked again: {}", said_or(&ran, "it is not as asked")))
                    }
                    Ok(ran) => {
                        self.note(Phase::Verify, Level::Error, ended_oddly(&ran.end)).await;
                        return CellState::Unknown;
                    }
                    Err(RunError { error, .. }) => {
                        self.note(Phase::Verify, Level::Error, format!("looking again failed: {error}")).await;
                        return CellState::Unknown;
                    }
                }
            }
        };
        self.journal.cell(self.place, state, detail).await;
        self.journal.written().await;
        state
    }

    /// Gets there, trying again where that can help and do no harm.
    async fn connect(&self) -> Result<Session, TransportError> {
        let mut attempt = 1;
        loop {
            let opened = tokio::select! {
                opened = self.connector.open(self.route) => opened,
                () = self.stop.finish.cancelled() => return Err(TransportError::Cancelled),
            };
            let error = match opened {
                Err(error) if error.is_worth_retrying() && attempt < ATTEMPTS => error,
                done => return done,
            };
            self.note(Phase::Connect, Level::Warning, format!("attempt {attempt}: {error}; trying again")).await;
            tokio::select! {
                () = tokio::time::sleep(pause_after(attempt)) => attempt += 1,
                () = self.stop.finish.cancelled() => return Err(TransportError::Cancelled),
            }
        }
    }

    fn not_run(error: &TransportError) -> Outcome {
        match error {
            TransportError::Cancelled => Outcome::of(CellState::Skipped, "the job was cancelled before this began"),
            error if error.is_unreachable() => Outcome::of(CellState::Unreachable, error.to_string()),
            error => Outcome::of(CellState::Failed, format!("nothing was run: {error}")),
        }
    }

    /// Runs the step on an open session. An error means that nothing was run.
    async fn run_on(&self, session: &Session, room: &mut Room) -> Result<Outcome, TransportError> {
        // Sending a file may take long, and a person who cancels meanwhile wants nothing of it to be used.
        tokio::select! {
            biased;
            () = self.stop.finish.cancelled() => return Err(TransportError::Cancelled),
            made = self.make_room(session, room) => made?,
        }
        self.go_on()?;
        // On disk before the first byte is sent: after a crash, this cell is the one to look at.
        self.journal.cell(self.place, CellState::Running, "").await;
        self.journal.written().await;
        // A disk that refuses can have kept it waiting here, or it could not be written at all.
        self.go_on()?;
        let ran = self.script_on(session, Phase::Run, &self.script.run, room, &self.stop.interrupt).await;
        let mut outcome = match ran {
            Ok(ran) => self.judge(session, &ran, room).await,
            Err(RunError { error, may_have_run: false }) => return Err(error),
            Err(RunError { error, .. }) if self.mutates => {
                Outcome::of(CellState::Unknown, format!("{error}; what it had done by then is not known"))
            }
            Err(RunError { error, .. }) => Outcome::of(CellState::Failed, error.to_string()),
        };
        let folders: Vec<&str> = room.state.iter().chain(&room.sent).map(String::as_str).collect();
        if outcome.session_is_good {
            outcome.session_is_good = self.remove(session, &folders, self.script.requires_admin).await;
            if !outcome.session_is_good {
                self.note_left(&folders).await;
            }
        } else if !folders.is_empty() {
            let text = format!("{} may still be on the machine; what it holds may be needed", folders.join(" and "));
            self.note(Phase::Connect, Level::Info, text).await;
        }
        Ok(outcome)
    }

    /// Whether anything new may still start.
    fn go_on(&self) -> Result<(), TransportError> {
        if self.stop.finish.is_cancelled() { Err(TransportError::Cancelled) } else { Ok(()) }
    }

    /// What the step needs on the machine: a folder its scripts share, and its file. An error leaves
    /// [`Room::sent`] as far as it came.
    async fn make_room(&self, session: &Session, room: &mut Room) -> Result<(), TransportError> {
        let base = format!("/var/tmp/.wheelhouse-{}", uuid::Uuid::new_v4().simple());
        // A typed command shares nothing with anybody: it has no verify and no rollback.
        let shares = self.mutates && (self.script.verify.is_some() || self.script.rollback.is_some());
        room.state = shares.then(|| base.clone());
        if let Some(file) = &self.script.file {
            let directory = room.sent.insert(format!("{base}-file"));
            // One request of many: slower than a whole answer may be, and it is still on its way.
            let limit = 3 * self.connector.limit;
            room.file = Some(session.upload(Path::new(&file.path), &file.sha256, directory, limit).await?);
        }
        Ok(())
    }

    async fn judge(&self, session: &Session, ran: &Ran, room: &Room) -> Outcome {
        let done = |state, detail: String| Outcome {
            exit_code: exit_code(&ran.end),
            session_is_good: matches!(ran.end, RunEnd::Exited(_)) && !ran.lingers,
            ..Outcome::of(state, detail)
        };
        match &ran.end {
            RunEnd::Exited(0) if !self.mutates => done(CellState::Unchanged, ran.detail.clone()),
            RunEnd::Exited(0) => {
                let state = if ran.changed == Some(false) { CellState::Unchanged } else { CellState::Changed };
                let Some(verify) = &self.script.verify else {
                    let unseen = "exit code 0; nothing else can be checked for a typed command";
                    return done(state, if ran.detail.is_empty() { unseen.to_owned() } else { ran.detail.clone() });
                };
                self.journal.cell(self.place, CellState::Verifying, "").await;
                let seen = self.script_on(session, Phase::Verify, verify, room, &self.stop.interrupt).await;
                match seen {
                    Ok(Ran { end: RunEnd::Exited(0), .. }) => done(state, ran.detail.clone()),
                    Ok(seen @ Ran { end: RunEnd::Exited(_), .. }) => {
                        let why = format!("it ran, but then: {}", said_or(&seen, "it was not as asked"));
                        self.undo(session, why, ran, room).await
                    }
                    Ok(seen) => {
                        Outcome::of(CellState::Unknown, format!("it ran; looking at it: {}", ended_oddly(&seen.end)))
                    }
                    Err(RunError { error, .. }) => {
                        Outcome::of(CellState::Unknown, format!("it ran, but nobody saw whether it worked: {error}"))
                    }
                }
            }
            RunEnd::Exited(code) => {
                let why = said_or(ran, &format!("exit code {code}"));
                if self.mutates { self.undo(session, why, ran, room).await } else { done(CellState::Failed, why) }
            }
            end if self.mutates => {
                Outcome::of(CellState::Unknown, format!("{}; what it had done by then is not known", ended_oddly(end)))
            }
            end => Outcome::of(CellState::Failed, ended_oddly(end)),
        }
    }

    /// Undoes a change that did not work, where it can be undone.
    async fn undo(&self, session: &Session, why: String, ran: &Ran, room: &Room) -> Outcome {
        let code = exit_code(&ran.end);
        let Some(rollback) = &self.script.rollback else {
            return Outcome { exit_code: code, session_is_good: true, ..Outcome::of(CellState::Failed, why) };
        };
        self.journal.cell_with(self.place, CellState::RollingBack, why.clone(), code, None).await;
        // Not interruptible: half an undo is worse than a whole one, and it has its own limit.
        let undone = self.script_on(session, Phase::Rollback, rollback, room, &CancellationToken::new()).await;
        let (detail, outcome, good) = match undone {
            Ok(Ran { end: RunEnd::Exited(0), .. }) => (why, RollbackOutcome::RolledBack, true),
            Ok(undone) => {
                let problem = said_or(&undone, &ended_oddly(&undone.end));
                (format!("{why}; undoing it failed too: {problem}"), RollbackOutcome::Stuck, false)
            }
            Err(RunError { error, .. }) => {
                (format!("{why}; undoing it failed too: {error}"), RollbackOutcome::Stuck, false)
            }
        };
        Outcome { state: CellState::Failed, detail, exit_code: code, rollback: Some(outcome), session_is_good: good }
    }

    async fn script_on(
        &self,
        session: &Session,
        phase: Phase,
        script: &str,
        room: &Room,
        cancel: &CancellationToken,
    ) -> Result<Ran, RunError> {
        let limit = match phase {
            Phase::Run => Duration::from_secs(u64::from(self.script.timeout_seconds.max(1))),
            _ => LOOK_LIMIT,
        };
        let (state, file) = (room.state.as_deref(), room.file.as_deref());
        let (admin, patience) = (self.script.requires_admin, self.connector.limit);
        let invocation = Invocation { script, state, file, admin, limit, patience };
        let mut ear = Ear { journal: self.journal, place: self.place, phase, percent: None };
        dialogue::run(session, &invocation, &mut ear, cancel).await
    }

    /// Removes folders of this step from the machine; says whether they are gone.
    async fn remove(&self, session: &Session, folders: &[&str], admin: bool) -> bool {
        if folders.is_empty() {
            return true;
        }
        // Made here, of letters, digits, slashes, dots and hyphens: nothing to quote.
        let script = format!("rm -rf -- {}\n", folders.join(" "));
        let (limit, patience) = (LOOK_LIMIT, self.connector.limit);
        let invocation = Invocation { script: &script, state: None, file: None, admin, limit, patience };
        let mut ear = Ear { journal: self.journal, place: self.place, phase: Phase::Connect, percent: None };
        let gone = dialogue::run(session, &invocation, &mut ear, &CancellationToken::new()).await;
        matches!(gone, Ok(Ran { end: RunEnd::Exited(0), .. }))
    }

    /// Notes that folders stay on the machine. That fails nothing.
    async fn note_left(&self, folders: &[&str]) {
        let text = format!("{} could not be removed from the machine", folders.join(" and "));
        self.note(Phase::Connect, Level::Warning, text).await;
    }

    async fn note(&self, phase: Phase, level: Level, text: String) {
        self.journal.line(self.place, phase, Stream::Wheelhouse, level, text).await;
    }
}

/// Hears a script for the journal.
struct Ear<'a> {
    journal: &'a Journal,
    place: Place,
    phase: Phase,
    percent: Option<u8>,
}

impl Listener for Ear<'_> {
    async fn said(&mut self, said: Said) {
        match said {
            Said::Line { stream, level, text } => self.journal.line(self.place, self.phase, stream, level, text).await,
            Said::Percent(percent) if self.phase == Phase::Run && self.percent != Some(percent) => {
                self.percent = Some(percent);
                self.journal.percent(self.place, percent).await;
            }
            Said::Percent(_) => {}
        }
    }
}

fn exit_code(end: &RunEnd) -> Option<i32> {
    match end {
        RunEnd::Exited(code) => Some(*code),
        _ => None,
    }
}

/// The script's own sentence, or the last thing it complained of, or `otherwise`.
fn said_or(ran: &Ran, otherwise: &str) -> String {
    match (ran.detail.as_str(), ran.last_error.as_str()) {
        ("", "") => otherwise.to_owned(),
        ("", error) => format!("{otherwise}: {error}"),
        (detail, _) => detail.to_owned(),
    }
}

fn ended_oddly(end: &RunEnd) -> String {
    match end {
        RunEnd::Exited(code) => format!("exit code {code}"),
        RunEnd::Killed(signal) => format!("it was ended by signal {signal}"),
        RunEnd::TimedOut => "its time was up, and it was ended".to_owned(),
        RunEnd::Cancelled => "it was interrupted by the operator".to_owned(),
    }
}
