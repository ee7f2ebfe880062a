//! The whole program, without a door.

use crate::bus::Bus;
use crate::schedule::scheduler;
use crate::{Caller, Clock, SystemClock, feed, watch};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use uuid::Uuid;
use wheelhouse_automation::{Engine, EngineOptions};
use wheelhouse_notifications::Inbox;
use wheelhouse_planner::Planner;
use wheelhouse_protocol::inventory::{Connection, ConnectionKind, Os, TargetSpec};
use wheelhouse_protocol::settings::Settings;
use wheelhouse_protocol::telemetry::LinkSettings;
use wheelhouse_protocol::{Event, Problem, ProblemCode, TargetId};
use wheelhouse_store::Store;
use wheelhouse_store::inventory::InventoryWrite;
use wheelhouse_telemetry::Telemetry;
use wheelhouse_vault::{ExposeSecret, Vault, VaultOptions};

/// Settings are stored under this name.
const SETTINGS: &str = "settings";
/// So is the MQTT link's set-up.
const LINK: &str = "mqtt";
/// And that the first start has put this machine into the inventory.
const WELCOMED: &str = "welcomed";

/// What kind of program this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The window: everything runs.
    Window,
    /// One command of `wh`: no control loop, no link, no watching.
    Terminal,
}

/// How the program starts.
#[derive(Debug, Clone)]
pub struct AppOptions {
    /// Where the data is; see [`data_directory`].
    pub directory: PathBuf,
    /// What kind of program this is.
    pub door: Door,
    /// How the vault works.
    pub vault: VaultOptions,
    /// What time it is for schedules.
    pub clock: Arc<dyn Clock>,
    /// What a request to the language model may take.
    pub llm: wheelhouse_llm::Limits,
}

impl AppOptions {
    /// The usual program on this data directory.
    pub fn new(directory: PathBuf, door: Door) -> Self {
        Self {
            directory,
            door,
            vault: VaultOptions::default(),
            clock: Arc::new(SystemClock),
            llm: wheelhouse_llm::Limits::default(),
        }
    }
}

/// Where the data is: `WHEELHOUSE_HOME`, or the folder the system has for such data.
///
/// # Errors
/// When the account has no home directory.
pub fn data_directory() -> Result<PathBuf, Problem> {
    if let Some(home) = std::env::var_os("WHEELHOUSE_HOME").filter(|home| !home.is_empty()) {
        return Ok(PathBuf::from(home));
    }
    directories::ProjectDirs::from("", "", "Wheelhouse").map(|dirs| dirs.data_dir().to_owned()).ok_or_else(|| {
        Problem::new(ProblemCode::Storage, "There is no place for the data", "This account has no home directory.")
            .hint("Set WHEELHOUSE_HOME to a folder this account may write.")
    })
}

/// The program.
pub struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) telemetry: Option<Telemetry>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) bus: Bus,
    pub(crate) llm: wheelhouse_llm::Client,
    /// How many of the model's suggestions became a plan.
    pub(crate) suggestions_used: AtomicU64,
    /// The planner, with the version of the inventory it was made from.
    pub(crate) planner: Mutex<Option<(u64, Arc<Planner>)>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) set_back: Mutex<scheduler::ToldSetBack>,
    scheduler: Mutex<Option<JoinHandle<()>>>,
    /// What the rooms work by. Held while it is changed, so that the watch never takes our own change for
    /// another program's.
    applied: tokio::sync::Mutex<Applied>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// What the rooms work by.
#[derive(Debug, Default)]
struct Applied {
    settings: Settings,
    link: LinkSettings,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("directory", &self.store.directory()).finish_non_exhaustive()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(JoinHandle::abort);
        self.stop_scheduler();
    }
}

impl App {
    /// Opens the data directory and starts every room. Needs a tokio runtime.
    ///
    /// # Errors
    /// Whatever keeps the data from being opened, with what to do.
    pub async fn open(options: AppOptions) -> Result<Arc<Self>, Problem> {
        let door = match options.door {
            Door::Window => "window",
            Door::Terminal => "wh",
        };
        let store = Arc::new(Store::open(&options.directory, door).await?);
        let settings: Settings = store.setting(SETTINGS).await?.unwrap_or_default();
        let bus = Bus::default();
        let vault_options = VaultOptions {
            publisher: bus.publisher(),
            auto_lock: Duration::from_secs(u64::from(settings.auto_lock_minutes) * 60),
            ..options.vault
        };
        let vault = Arc::new(Vault::open(Arc::clone(&store), vault_options).await?);
        let engine = Engine::new(Arc::clone(&store), Arc::clone(&vault), bus.publisher(), engine_options(&settings));
        let engine = Arc::new(engine);
        let inbox = Arc::new(Inbox::new(Arc::clone(&store), bus.publisher()));
        let mut tasks = Vec::new();
        // Before anything can happen, so that nothing happens unnoticed.
        tasks.push(tokio::spawn(feed::run(bus.subscribe(), store.health(), bus.publisher(), Arc::clone(&inbox))));
        welcome(&store).await?;
        engine.recover().await?;
        let telemetry = match options.door {
            Door::Terminal => {
                tasks.push(tokio::spawn(watch::obey(Arc::clone(&store), Arc::clone(&engine))));
                None
            }
            Door::Window => {
                let telemetry_options = wheelhouse_telemetry::Options {
                    telemetry_days: settings.telemetry_days,
                    ..wheelhouse_telemetry::Options::default()
                };
                let started = Telemetry::start(Arc::clone(&store), bus.publisher(), telemetry_options).await?;
                Some(started)
            }
        };
        let applied = tokio::sync::Mutex::new(Applied { settings, link: LinkSettings::default() });
        let (planner, tasks) = (Mutex::new(None), Mutex::new(tasks));
        let app = Arc::new(Self {
            store,
            vault,
            engine,
            telemetry,
            inbox,
            bus,
            llm: wheelhouse_llm::Client::new(options.llm),
            suggestions_used: AtomicU64::new(0),
            planner,
            clock: options.clock,
            set_back: Mutex::default(),
            scheduler: Mutex::default(),
            applied,
            tasks,
        });
        if options.door == Door::Window {
            app.open_vault_by_keyring().await;
            app.start_link().await;
            // It must not keep the program alive that it watches for.
            let watch = tokio::spawn(watch::run(Arc::downgrade(&app)));
            app.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(watch);
            let task = tokio::spawn(scheduler::run(Arc::downgrade(&app)));
            *app.scheduler.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        }
        Ok(app)
    }

    /// Listens to everything that happens from now on.
    pub fn subscribe(&self) -> crate::bus::Subscription {
        self.bus.subscribe()
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        self.store.directory()
    }

    /// How many jobs run in this program.
    pub fn running_jobs(&self) -> usize {
        self.engine.running()
    }

    /// Ends everything in order. Jobs get `patience` to end; those that do not are found at the next start.
    pub async fn shutdown(&self, patience: Duration) {
        self.stop_scheduler();
        if !self.engine.drain(patience).await {
            tracing::warn!(jobs = self.engine.running(), "ending while jobs run; the next start tells how they stand");
        }
        if let Some(telemetry) = &self.telemetry {
            telemetry.shutdown().await;
        }
        if let Err(error) = self.vault.lock().await {
            tracing::warn!(%error, "the vault could not be locked in order");
        }
        self.store.close().await;
    }

    fn stop_scheduler(&self) {
        if let Some(task) = self.scheduler.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    /// The settings.
    pub(crate) async fn settings(&self) -> Result<Settings, Problem> {
        Ok(self.store.setting(SETTINGS).await?.unwrap_or_default())
    }

    /// Stores the settings and lets the rooms know.
    pub(crate) async fn apply_settings(&self, settings: &Settings) -> Result<(), Problem> {
        settings.check()?;
        wheelhouse_llm::check(&settings.llm)?;
        let mut applied = self.applied.lock().await;
        self.store.set_setting(SETTINGS, settings).await?;
        self.obey(&mut applied, settings);
        Ok(())
    }

    fn obey(&self, applied: &mut Applied, settings: &Settings) {
        self.engine.set_options(engine_options(settings));
        self.vault.set_auto_lock(settings.auto_lock_minutes);
        if let Some(telemetry) = &self.telemetry {
            telemetry.set_retention(settings.telemetry_days);
        }
        if applied.settings.llm != settings.llm {
            self.llm.reset();
        }
        applied.settings = settings.clone();
        self.bus.publish(Event::SettingsChanged);
    }

    /// Works by the settings and the link as they are stored now: another program may have changed them.
    pub(crate) async fn obey_stored(&self) -> Result<(), Problem> {
        let mut applied = self.applied.lock().await;
        let settings = self.settings().await?;
        if settings != applied.settings {
            self.obey(&mut applied, &settings);
        }
        let link = self.link_settings().await?;
        if link != applied.link {
            // Once only: a link that cannot be dialled is said, not tried at every look.
            applied.link = link.clone();
            if let Err(problem) = self.dial(&link).await {
                self.say_not_dialled(&problem).await;
            }
        }
        Ok(())
    }

    /// Closes up for programs that died.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self) -> Result<(), Problem> {
        self.engine.recover().await.map(|_| ())
    }

    /// How the MQTT link is set up.
    pub(crate) async fn link_settings(&self) -> Result<LinkSettings, Problem> {
        Ok(self.store.setting(LINK).await?.unwrap_or_default())
    }

    /// Stores how the MQTT link is set up, and dials anew where this program has a link.
    pub(crate) async fn apply_link(&self, settings: LinkSettings) -> Result<(), Problem> {
        wheelhouse_telemetry::check_link(&settings)?;
        let mut applied = self.applied.lock().await;
        self.dial(&settings).await?;
        applied.link = settings;
        self.store.set_setting(LINK, &applied.link).await?;
        Ok(())
    }

    /// Dials, or hangs up, where this program has a link.
    async fn dial(&self, settings: &LinkSettings) -> Result<(), Problem> {
        if let Some(telemetry) = &self.telemetry {
            let login = self.link_login(settings).await?;
            telemetry.set_link(settings.clone(), login)?;
        }
        Ok(())
    }

    async fn link_login(&self, settings: &LinkSettings) -> Result<Option<wheelhouse_telemetry::Login>, Problem> {
        let Some(credential) = settings.credential.filter(|_| settings.enabled) else { return Ok(None) };
        let opened = self.vault.open_credential(credential, "MQTT link").await?;
        let username = opened.username().map(|u| u.expose_secret().to_owned()).unwrap_or_default();
        let password = opened.password().cloned().unwrap_or_default();
        Ok(Some(wheelhouse_telemetry::Login { username, password }))
    }

    /// Dials with the stored set-up, unless it is off. What goes wrong shows in the link's state, not as a failed start.
    pub(crate) async fn start_link(&self) {
        let mut applied = self.applied.lock().await;
        let started = async {
            let settings = self.link_settings().await?;
            applied.link = settings.clone();
            if settings.enabled { self.dial(&settings).await } else { Ok(()) }
        };
        if let Err(problem) = started.await {
            self.say_not_dialled(&problem).await;
        }
    }

    async fn say_not_dialled(&self, problem: &Problem) {
        tracing::warn!(%problem, "the MQTT link is not started");
        if let Err(error) = self.inbox.raise(feed::link_not_started(problem)).await {
            tracing::error!(%error, "a notification could not be kept");
        }
    }

    /// Opens the vault without a passphrase where the operator chose so. A keyring that is locked or
    /// gone is no reason not to start: the passphrase opens the vault all the same.
    async fn open_vault_by_keyring(&self) {
        if let Err(error) = self.vault.unlock_with_keyring().await {
            tracing::info!(%error, "the vault stays locked until its passphrase is given");
        }
    }

    /// The planner for the inventory as it is now.
    pub(crate) async fn planner(&self) -> Result<Arc<Planner>, Problem> {
        let version = self.store.inventory_version().await?;
        {
            let kept = self.planner.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, planner)) = kept.as_ref().filter(|(of, _)| *of == version) {
                return Ok(Arc::clone(planner));
            }
        }
        let snapshot = self.snapshot().await?;
        let planner = Planner::new(&snapshot, "")
            .map_err(|e| Problem::new(ProblemCode::Internal, "The planner cannot start", e.to_string()))?;
        let planner = Arc::new(planner);
        *self.planner.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, Arc::clone(&planner)));
        Ok(planner)
    }

    /// Writes a record about something a person did.
    pub(crate) fn record(
        caller: &Caller,
        what: &'static str,
        detail: serde_json::Value,
    ) -> wheelhouse_store::audit::Entry {
        wheelhouse_store::audit::Entry {
            at: wheelhouse_protocol::Timestamp::now(),
            who: caller.who.clone(),
            what,
            detail,
        }
    }
}

/// What a program without telemetry says when it is asked for some.
pub(crate) fn no_telemetry() -> Problem {
    Problem::new(
        ProblemCode::Unavailable,
        "There is no telemetry in this program",
        "The control loop and the MQTT link run in the window, not in a single command.",
    )
    .hint("Open the window (cargo xtask run).")
}

fn engine_options(settings: &Settings) -> EngineOptions {
    EngineOptions {
        connect_limit: Duration::from_secs(u64::from(settings.connect_timeout_seconds)),
        read_known_hosts: settings.read_known_hosts,
    }
}

/// At the very first start, the machine itself becomes a target: something works before anything is set up.
async fn welcome(store: &Store) -> Result<(), Problem> {
    if store.setting::<bool>(WELCOMED).await?.is_some() {
        return Ok(());
    }
    let os = match std::env::consts::OS {
        "linux" => Os::Linux,
        "macos" => Os::Macos,
        "windows" => Os::Windows,
        _ => Os::Unix,
    };
    let spec = TargetSpec {
        name: "localhost".to_owned(),
        addresses: vec!["127.0.0.1".to_owned()],
        os,
        connections: vec![Connection::of(ConnectionKind::Local)],
        notes: "The machine Wheelhouse runs on.".to_owned(),
        ..TargetSpec::default()
    };
    let write = InventoryWrite { groups: Vec::new(), targets: vec![(TargetId(Uuid::now_v7()), spec)] };
    match store.write_inventory(&write).await {
        // Another program was first.
        Ok(()) | Err(wheelhouse_store::StoreError::Conflict(_)) => Ok(store.set_setting(WELCOMED, &true).await?),
        Err(error) => Err(error.into()),
    }
}
