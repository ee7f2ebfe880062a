//! What of all that happens is worth an entry. Pure: no clock, no store.

use crate::NewNotification;
use std::collections::VecDeque;
use wheelhouse_protocol::control::ControlStatus;
use wheelhouse_protocol::event::Event;
use wheelhouse_protocol::job::{JobState, JobSummary, Level};
use wheelhouse_protocol::notification::Source;
use wheelhouse_protocol::telemetry::{LinkState, LinkStatus};
use wheelhouse_protocol::{JobId, Problem};

/// Ended jobs remembered, so that none is told twice.
const JOBS: usize = 1000;
/// Overruns are counted over so many seconds of ticks.
const WINDOW_SECONDS: f64 = 10.0;
/// A burst is at least so many of them.
const BURST: u64 = 5;
/// And at least this share of the ticks.
const BURST_SHARE: f64 = 0.05;

/// What the rules remember from one event to the next.
#[derive(Debug, Default)]
pub struct Memory {
    jobs: VecDeque<(JobId, JobState)>,
    link: Link,
    /// The title of the problem the store has.
    store: Option<String>,
    unstable: bool,
    overruns: Overruns,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Link {
    /// Off, or never up and not yet known why.
    #[default]
    Unknown,
    Up,
    Lost,
}

#[derive(Debug, Default)]
struct Overruns {
    /// Ticks and overruns when the running window began.
    begin: Option<(u64, u64)>,
    /// Whether the running window has been told as a burst.
    told: bool,
    /// Whether the window before was one: it is still the same burst.
    before: bool,
}

/// The entry an event deserves, if it does.
pub fn from_event(event: &Event, memory: &mut Memory) -> Option<NewNotification> {
    match event {
        Event::JobChanged(job) => job_ended(job, memory),
        Event::Link(link) => link_changed(link, memory),
        Event::Control(control) => unstable(control, memory).or_else(|| overruns(control, memory)),
        Event::Store(problem) => store_changed(problem.as_ref(), memory),
        _ => None,
    }
}

fn job_ended(job: &JobSummary, memory: &mut Memory) -> Option<NewNotification> {
    let (level, action_required, ended) = match job.state {
        JobState::Succeeded => (Level::Info, false, "succeeded"),
        JobState::Failed => (Level::Error, true, "failed"),
        JobState::Interrupted => (Level::Error, true, "was interrupted"),
        JobState::Cancelled => (Level::Warning, false, "was cancelled"),
        JobState::Queued | JobState::Running | JobState::Cancelling => return None,
    };
    let ending = (job.id, job.state);
    if memory.jobs.contains(&ending) {
        return None;
    }
    if memory.jobs.len() >= JOBS {
        memory.jobs.pop_front();
    }
    memory.jobs.push_back(ending);
    Some(NewNotification {
        source: Source::Job,
        level,
        service: format!("job {}", job.id.short()),
        message: format!("{} {ended}: {}.", job.sentence, job.counts.sentence()),
        details: format!("“{}”, started by {}.", job.request, job.who),
        fingerprint: format!("job/{}/{}", job.id, job.state),
        action_required,
        job: Some(job.id),
    })
}

fn link_changed(link: &LinkStatus, memory: &mut Memory) -> Option<NewNotification> {
    let broker = format!("{}:{}", link.settings.host, link.settings.port);
    let was = memory.link;
    let new = |level, what: &str, message: String, details: &str, action_required| {
        Some(NewNotification {
            source: Source::Mqtt,
            level,
            service: broker.clone(),
            message,
            details: details.to_owned(),
            fingerprint: format!("mqtt/{what}/{broker}"),
            action_required,
            job: None,
        })
    };
    match &link.state {
        LinkState::Off => {
            memory.link = Link::Unknown;
            None
        }
        LinkState::Connecting { problem } if problem.is_empty() => {
            // Other settings: what was up was given up on purpose.
            memory.link = if was == Link::Up { Link::Unknown } else { was };
            None
        }
        LinkState::Connecting { problem } => {
            memory.link = Link::Lost;
            match was {
                Link::Lost => None,
                Link::Up => {
                    let message = format!("The MQTT link to {broker} was lost; it is being dialled again.");
                    new(Level::Warning, "lost", message, problem, false)
                }
                Link::Unknown => {
                    let message = format!("The MQTT link to {broker} cannot be made.");
                    new(Level::Warning, "lost", message, problem, true)
                }
            }
        }
        LinkState::Connected { .. } => {
            memory.link = Link::Up;
            (was == Link::Lost).then_some(())?;
            new(Level::Info, "restored", format!("The MQTT link to {broker} is up again."), "", false)
        }
    }
}

fn unstable(control: &ControlStatus, memory: &mut Memory) -> Option<NewNotification> {
    // A constant that is not a number proves nothing.
    let unstable = control.lipschitz.is_nan() || control.lipschitz >= 1.0;
    let begins = unstable && !memory.unstable;
    memory.unstable = unstable;
    begins.then(|| NewNotification {
        source: Source::Control,
        level: Level::Critical,
        service: "control loop".to_owned(),
        message: format!("The control loop is not stable: L is {:.3}.", control.lipschitz),
        details: format!(
            "It runs at {} Hz with λ = {} 1/s, ω = {} rad/s, ζ = {}, in {}. Choose other poles.",
            control.rate_hz,
            control.poles.lambda,
            control.poles.omega,
            control.poles.zeta,
            control.mode.as_str()
        ),
        fingerprint: "control/unstable".to_owned(),
        action_required: true,
        job: None,
    })
}

fn overruns(control: &ControlStatus, memory: &mut Memory) -> Option<NewNotification> {
    let seen = &mut memory.overruns;
    let now = (control.ticks, control.overruns);
    let begin = match seen.begin {
        // Another run of the loop counts anew.
        Some(begin) if begin.0 <= now.0 && begin.1 <= now.1 => begin,
        _ => {
            *seen = Overruns { begin: Some(now), ..Overruns::default() };
            return None;
        }
    };
    let window = control.rate_hz * WINDOW_SECONDS;
    let (ticks, over) = (now.0 - begin.0, now.1 - begin.1);
    let burst = over >= BURST && over as f64 >= window * BURST_SHARE;
    let tell = burst && !seen.told && !seen.before;
    seen.told |= burst;
    if ticks as f64 >= window {
        *seen = Overruns { begin: Some(now), told: false, before: seen.told };
    }
    tell.then(|| NewNotification {
        source: Source::Control,
        level: Level::Critical,
        service: "control loop".to_owned(),
        message: format!("The control loop cannot keep its pace of {} Hz.", control.rate_hz),
        details: format!(
            "{over} of {ticks} ticks ended after the next one should have begun; at worst one began {:.1} ms late. \
             Close what keeps the processor busy.",
            control.lateness_us[2] / 1000.0
        ),
        fingerprint: "control/overruns".to_owned(),
        action_required: false,
        job: None,
    })
}

fn store_changed(problem: Option<&Problem>, memory: &mut Memory) -> Option<NewNotification> {
    let was = std::mem::replace(&mut memory.store, problem.map(|p| p.title.clone()));
    let new = |level, what: &str, message: String, details: String, action_required| {
        Some(NewNotification {
            source: Source::System,
            level,
            service: "store".to_owned(),
            message,
            details,
            fingerprint: format!("store/{what}"),
            action_required,
            job: None,
        })
    };
    match problem {
        Some(problem) if was.as_ref() == Some(&problem.title) => None,
        Some(problem) => {
            let details = format!("{} {}", problem.detail, problem.hint).trim().to_owned();
            new(Level::Critical, "failing", format!("Nothing can be stored: {}.", problem.title), details, true)
        }
        None => {
            let before = was?;
            let details = format!("Before: {before}.");
            new(Level::Info, "recovered", "The store can be written again.".to_owned(), details, false)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;
    use uuid::Uuid;
    use wheelhouse_protocol::control::{Mode, PoleSettings};
    use wheelhouse_protocol::job::Counts;
    use wheelhouse_protocol::plan::PlanHash;
    use wheelhouse_protocol::reading::Risk;
    use wheelhouse_protocol::telemetry::LinkSettings;
    use wheelhouse_protocol::{InstanceId, PlanId, ProblemCode, Timestamp};

    fn job(state: JobState) -> Event {
        Event::JobChanged(JobSummary {
            id: JobId(Uuid::from_u128(7)),
            plan: PlanId(Uuid::nil()),
            hash: PlanHash("0".repeat(64)),
            request: "restart nginx on web".to_owned(),
            sentence: "Restart nginx on 4 hosts".to_owned(),
            state,
            risk: Risk::Low,
            who: "ada".to_owned(),
            instance: InstanceId(Uuid::nil()),
            created_at: Timestamp::UNIX_EPOCH,
            started_at: None,
            finished_at: None,
            counts: Counts { changed: 3, unreachable: 1, ..Counts::default() },
            steps: 1,
        })
    }

    fn link(state: LinkState) -> Event {
        Event::Link(LinkStatus {
            settings: LinkSettings::default(),
            state,
            received: 0,
            rate: 0.0,
            dropped: 0,
            malformed: 0,
            last_malformed: String::new(),
            notice: String::new(),
        })
    }

    fn broken(problem: &str) -> Event {
        link(LinkState::Connecting { problem: problem.to_owned() })
    }

    fn up() -> Event {
        link(LinkState::Connected { since: Timestamp::UNIX_EPOCH })
    }

    fn control(ticks: u64, overruns: u64, lipschitz: f64) -> Event {
        Event::Control(ControlStatus {
            mode: Mode::StationKeep,
            rate_hz: 100.0,
            poles: PoleSettings::default(),
            lipschitz,
            reference: [0.0; 3],
            position_error: [0.0; 3],
            velocity_error: [0.0; 3],
            thrust: [0.0; 3],
            time: 0.0,
            ticks,
            overruns,
            lateness_us: [0.1, 0.2, 15_000.0],
        })
    }

    fn store(title: Option<&str>) -> Event {
        Event::Store(title.map(|title| Problem::new(ProblemCode::Storage, title, "telemetry.db said so.")))
    }

    /// Levels and fingerprints' second part of what a row of events gives; `-` for nothing.
    fn told(events: &[Event]) -> Vec<String> {
        let mut memory = Memory::default();
        events
            .iter()
            .map(|event| {
                from_event(event, &mut memory).map_or_else(
                    || "-".to_owned(),
                    |n| format!("{} {}", n.level.as_str(), n.fingerprint.split('/').nth(1).unwrap_or_default()),
                )
            })
            .collect()
    }

    #[test]
    fn jobs_are_told_when_they_end_and_once() {
        let mut memory = Memory::default();
        for state in [JobState::Queued, JobState::Running, JobState::Cancelling] {
            assert_eq!(from_event(&job(state), &mut memory), None, "{state} is not the end");
        }
        for (state, level, action, sentence) in [
            (JobState::Succeeded, Level::Info, false, "Restart nginx on 4 hosts succeeded: 3 changed, 1 unreachable."),
            (JobState::Failed, Level::Error, true, "Restart nginx on 4 hosts failed: 3 changed, 1 unreachable."),
            (
                JobState::Interrupted,
                Level::Error,
                true,
                "Restart nginx on 4 hosts was interrupted: 3 changed, 1 unreachable.",
            ),
            (
                JobState::Cancelled,
                Level::Warning,
                false,
                "Restart nginx on 4 hosts was cancelled: 3 changed, 1 unreachable.",
            ),
        ] {
            let new = from_event(&job(state), &mut memory).unwrap();
            assert_eq!((new.level, new.action_required, new.message.as_str()), (level, action, sentence));
            assert_eq!((new.source, new.job), (Source::Job, Some(JobId(Uuid::from_u128(7)))));
            assert_eq!(from_event(&job(state), &mut memory), None, "the same ending again");
        }
    }

    #[test]
    fn the_link() {
        let first = link(LinkState::Connecting { problem: String::new() });
        assert_eq!(told(&[first.clone(), up(), up()]), ["-", "-", "-"], "as it should be");
        assert_eq!(
            told(&[up(), broken("reset"), broken("refused"), up(), broken("reset")]),
            ["-", "warning lost", "-", "info restored", "warning lost"]
        );
        assert_eq!(told(&[first.clone(), broken("password"), up()]), ["-", "warning lost", "info restored"]);
        assert_eq!(told(&[up(), first, up()]), ["-", "-", "-"], "other settings are no loss");
        assert_eq!(told(&[up(), link(LinkState::Off), up()]), ["-", "-", "-"], "nor is switching it off");
        let never = from_event(&broken("Nothing listens"), &mut Memory::default()).unwrap();
        assert!(never.action_required && never.details == "Nothing listens", "{never:?}");
        let mut memory = Memory::default();
        for event in [up(), link(LinkState::Connecting { problem: String::new() })] {
            assert_eq!(from_event(&event, &mut memory), None);
        }
        let other = from_event(&broken("Nothing listens"), &mut memory).unwrap();
        assert!(other.message.ends_with("cannot be made."), "another broker was never up: {}", other.message);
        let mut memory = Memory::default();
        from_event(&up(), &mut memory);
        assert!(!from_event(&broken("reset"), &mut memory).unwrap().action_required, "it dials again by itself");
    }

    #[test]
    fn instability() {
        let l = |lipschitz| control(1, 0, lipschitz);
        assert_eq!(
            told(&[l(0.892), l(1.0), l(1.2), l(0.9), l(f64::NAN), l(f64::INFINITY)]),
            ["-", "critical unstable", "-", "-", "critical unstable", "-"],
            "told when it begins, and again when it begins again"
        );
    }

    #[test]
    fn bursts_of_overruns() {
        let c = |ticks, overruns| control(ticks, overruns, 0.9);
        assert_eq!(told(&[c(0, 0), c(100, 4), c(5000, 8), c(9000, 12)]), ["-", "-", "-", "-"], "a few are life");
        assert_eq!(
            told(&[c(0, 0), c(300, 49), c(310, 50), c(600, 90), c(1000, 100), c(1500, 160), c(2000, 200)]),
            ["-", "-", "critical overruns", "-", "-", "-", "-"],
            "five in a hundred of ten seconds' ticks, told once while it goes on"
        );
        assert_eq!(
            told(&[c(0, 0), c(500, 60), c(1000, 60), c(2000, 60), c(3000, 60), c(3500, 120)]),
            ["-", "critical overruns", "-", "-", "-", "critical overruns"],
            "after a calm it is a new one"
        );
        assert_eq!(told(&[c(9000, 500), c(10, 0), c(20, 5)]), ["-", "-", "-"], "a loop that started anew counts anew");
        assert_eq!(told(&[c(9000, 500)]), ["-"], "what was before we looked is not a burst");
    }

    #[test]
    fn the_store() {
        let (full, locked) = (store(Some("The disk is full")), store(Some("The data is in use")));
        assert_eq!(
            told(&[store(None), full.clone(), full.clone(), locked, store(None), store(None), full.clone()]),
            ["-", "critical failing", "-", "critical failing", "info recovered", "-", "critical failing"]
        );
        let new = from_event(&full, &mut Memory::default()).unwrap();
        assert!(new.action_required && new.details.contains("telemetry.db"), "{new:?}");
    }

    #[test]
    fn nothing_else_makes_noise_and_memory_is_bounded() {
        let mut memory = Memory::default();
        for event in [Event::VaultChanged, Event::Resync, Event::InventoryChanged, Event::FramesDropped(3)] {
            assert_eq!(from_event(&event, &mut memory), None, "{event:?}");
        }
        for n in 0..5000 {
            let Event::JobChanged(mut summary) = job(JobState::Failed) else { return };
            summary.id = JobId(Uuid::from_u128(n));
            from_event(&Event::JobChanged(summary), &mut memory);
        }
        assert_eq!(memory.jobs.len(), JOBS);
    }
}
