//! What other programs do on the same data directory: `wh` in a terminal beside the window.
//!
//! SQLite says cheaply that *something* changed. Then this looks at what a window shows: jobs that
//! other programs run, the inventory, the inbox; and at what this program works by: the settings, the link, the
//! accepted host keys. It also tidies up after programs that died.

use crate::App;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use wheelhouse_automation::Engine;
use wheelhouse_protocol::inventory::TrustedHostKey;
use wheelhouse_protocol::job::{GetJobLog, JobState, JobSummary, ListJobs};
use wheelhouse_protocol::notification::NotificationCounts;
use wheelhouse_protocol::{Event, JobId, Problem};
use wheelhouse_store::Store;

const EVERY: Duration = Duration::from_millis(400);
/// Every so many looks, programs that died are looked for.
const TIDY: u32 = 12;
/// So many of the newest jobs are looked at, whether or not they have ended.
const NEWEST: u32 = 100;
/// Log lines told at once.
const LINES: u32 = 5000;

/// Watches for as long as the program runs.
pub(crate) async fn run(program: Weak<App>) {
    let mut watch = Watch::default();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    let mut round = 0u32;
    loop {
        ticks.tick().await;
        let Some(app) = program.upgrade() else { return };
        round = round.wrapping_add(1);
        // A disk that fails shows in the status light already; this just tries again.
        if round.is_multiple_of(TIDY)
            && let Err(problem) = app.recover().await
        {
            tracing::debug!(%problem, "looking for ended programs failed");
        }
        match app.store.change_counter().await {
            Ok(counter) if Some(counter) != seen => {
                seen = Some(counter);
                if let Err(problem) = watch.look(&app).await {
                    tracing::debug!(%problem, "looking at what other programs did failed");
                    seen = None;
                }
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the change counter cannot be read"),
        }
    }
}

/// Obeys what other programs ask of this one's jobs, for programs that do not watch.
pub(crate) async fn obey(store: Arc<Store>, engine: Arc<Engine>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    loop {
        ticks.tick().await;
        if engine.running() == 0 {
            continue;
        }
        match store.change_counter().await {
            Ok(counter) if Some(counter) != seen => match engine.obey_cancel_requests().await {
                Ok(()) => seen = Some(counter),
                Err(problem) => tracing::debug!(%problem, "requests of other programs cannot be read"),
            },
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the change counter cannot be read"),
        }
    }
}

/// What was told last.
#[derive(Default)]
struct Watch {
    /// The newest jobs, and older ones that have not ended, with what was told of them.
    jobs: HashMap<JobId, Told>,
    /// Whether there was a look before: what was there at the first one is no news.
    looked: bool,
    inventory: u64,
    host_keys: Vec<TrustedHostKey>,
    /// What recipes and schedules were at when they were last told.
    recipes: Option<u64>,
    counts: Option<NotificationCounts>,
}

/// What was told of another program's job.
#[derive(Default)]
struct Told {
    seq: u64,
    line: u64,
    summary: Option<JobSummary>,
    /// It has ended, and all of it was told.
    ended: bool,
}

impl Watch {
    async fn look(&mut self, app: &App) -> Result<(), Problem> {
        app.engine.obey_cancel_requests().await?;
        app.obey_stored().await?;
        self.look_at_jobs(app).await?;
        let inventory = app.store.inventory_version().await?;
        let host_keys = app.store.host_keys().await?;
        let other_keys = host_keys != self.host_keys;
        if other_keys {
            // A session may stand on a key that is not accepted any more.
            app.engine.forget_sessions();
            self.host_keys = host_keys;
        }
        if inventory != self.inventory || other_keys {
            self.inventory = inventory;
            app.bus.publish(Event::InventoryChanged);
        }
        let recipes = app.store.recipes_version().await?;
        if self.recipes.replace(recipes).is_some_and(|before| before != recipes) {
            app.bus.publish(Event::RecipesChanged);
            app.bus.publish(Event::SchedulesChanged);
        }
        let counts = app.store.notification_counts().await?;
        if self.counts != Some(counts) {
            self.counts = Some(counts);
            app.bus.publish(Event::NotificationCounts(counts));
        }
        self.looked = true;
        Ok(())
    }

    async fn look_at_jobs(&mut self, app: &App) -> Result<(), Problem> {
        let open = ListJobs {
            states: vec![JobState::Queued, JobState::Running, JobState::Cancelling],
            limit: 1000,
            ..ListJobs::default()
        };
        // A job may begin and end between two looks: it is among the newest then.
        let newest = app.store.jobs(&ListJobs { limit: NEWEST, ..ListJobs::default() }).await?;
        if self.looked && newest.len() >= NEWEST as usize && newest.iter().all(|job| !self.jobs.contains_key(&job.id)) {
            app.bus.publish(Event::Resync);
        }
        let kept: HashSet<JobId> = newest.iter().map(|job| job.id).collect();
        let ours = app.store.instance().id();
        for job in app.store.jobs(&open).await?.into_iter().chain(newest) {
            let ended = job.instance == ours || (!self.looked && job.state.is_final());
            self.jobs.entry(job.id).or_insert(Told { ended, ..Told::default() });
        }
        for (job, told) in self.jobs.iter_mut().filter(|(_, told)| !told.ended) {
            tell(app, *job, told).await?;
        }
        self.jobs.retain(|job, told| !told.ended || kept.contains(job));
        Ok(())
    }
}

/// Tells what is new of one job.
async fn tell(app: &App, job: JobId, told: &mut Told) -> Result<(), Problem> {
    // First how it stands: when that is final, everything that belongs to it is there already.
    let summary = app.store.job(job).await?;
    for event in app.store.job_events(job, told.seq).await? {
        told.seq = event.seq;
        app.bus.publish(Event::Job(event));
    }
    loop {
        let filter = GetJobLog { after: told.line, limit: LINES, ..GetJobLog::default() };
        let lines = app.store.job_log(job, &filter).await?;
        let more = lines.len() >= LINES as usize;
        told.line = lines.last().map_or(told.line, |line| line.n);
        if !lines.is_empty() {
            app.bus.publish(Event::JobLog { job, lines });
        }
        if !more {
            break;
        }
    }
    told.ended = summary.state.is_final();
    if told.summary.as_ref() != Some(&summary) {
        told.summary = Some(summary.clone());
        app.bus.publish(Event::JobChanged(summary));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use crate::testing::{app, until};
    use crate::{Caller, Door};
    use std::sync::Mutex;
    use wheelhouse_protocol::credential::GetVault;
    use wheelhouse_protocol::inventory::{AcceptHostKey, HostKey};
    use wheelhouse_protocol::plan::{MakePlan, RunPlan};
    use wheelhouse_protocol::telemetry::{GetLink, LinkSettings, SetLink};

    /// Everything a program has told since.
    fn listen(app: &App) -> Arc<Mutex<Vec<Event>>> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (mut events, kept) = (app.subscribe(), Arc::clone(&heard));
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                kept.lock().unwrap().push(event);
            }
        });
        heard
    }

    fn count(heard: &Mutex<Vec<Event>>, is_it: impl Fn(&Event) -> bool) -> usize {
        heard.lock().unwrap().iter().filter(|e| is_it(e)).count()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_open_window_obeys_what_another_program_changes() {
        let home = tempfile::tempdir().unwrap();
        let window = app(home.path(), Door::Window).await;
        let wh = app(home.path(), Door::Terminal).await;
        let me = Caller::operator();
        let heard = listen(&window);

        let mut settings = wh.settings().await.unwrap();
        settings.auto_lock_minutes = 7;
        wh.apply_settings(&settings).await.unwrap();
        until(async || window.call(&me, GetVault {}).await.unwrap().auto_lock_minutes == 7).await;
        assert!(count(&heard, |e| *e == Event::SettingsChanged) > 0, "the page is told too");

        let link = LinkSettings { host: "broker.example".to_owned(), ..wh.link_settings().await.unwrap() };
        wh.call(&me, SetLink { settings: link }).await.unwrap();
        until(async || window.call(&me, GetLink {}).await.unwrap().settings.host == "broker.example").await;

        // The look that saw this has ended by then: what is told of the inventory later is told of the key.
        tokio::time::sleep(EVERY * 3).await;
        let before = count(&heard, |e| *e == Event::InventoryChanged);
        let key = HostKey {
            host: "web-1".to_owned(),
            port: 22,
            key_type: "ssh-ed25519".to_owned(),
            key: "AAAAC3NzaC1lZDI1NTE5AAAAIHWDFwB9NQWmlF2Mwc5ad8iEZ7KAW4b1Q9jBBuuaJ0ZG".to_owned(),
            fingerprint: "SHA256:x".to_owned(),
        };
        wh.call(&me, AcceptHostKey { key, replace: false }).await.unwrap();
        until(async || count(&heard, |e| *e == Event::InventoryChanged) > before).await;
        window.shutdown(Duration::from_secs(2)).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_job_that_ends_between_two_looks_is_told() {
        let home = tempfile::tempdir().unwrap();
        let window = app(home.path(), Door::Window).await;
        let wh = app(home.path(), Door::Terminal).await;
        let me = Caller::operator();
        let mut watch = Watch::default();
        watch.look(&window).await.unwrap();
        let heard = listen(&window);

        let plan =
            wh.call(&me, MakePlan { text: "check disk usage on localhost".to_owned() }).await.unwrap().plan.unwrap();
        let job = wh.call(&me, RunPlan { id: plan.id, hash: plan.hash }).await.unwrap().id;
        until(async || wh.store.job(job).await.unwrap().state.is_final()).await;
        // This watch looks now for the first time since; the program's own may have seen it run.
        watch.look(&window).await.unwrap();
        let told = &watch.jobs[&job];
        assert!(told.ended && told.seq > 0, "nothing of it was told");
        assert!(told.summary.as_ref().is_some_and(|s| s.state.is_final()), "how it ended belongs to it");
        let is_end = |e: &Event| matches!(e, Event::JobChanged(s) if s.id == job && s.state.is_final());
        until(async || count(&heard, is_end) > 0).await;
        window.shutdown(Duration::from_secs(2)).await;
    }
}
