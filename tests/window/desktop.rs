//! A desktop in memory: a display, a session bus with a keyring, and a driver that opens our window.

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use wheelhouse_testbed::{end, free_port, missing, program};

/// What the tests of the window need besides the program.
const PROGRAMS: &[&str] = &["Xvfb", "dbus-run-session", "gnome-keyring-daemon", "WebKitWebDriver", "import"];

/// Whether something is missing, so that the test has to be skipped.
pub(crate) fn skip() -> bool {
    PROGRAMS.iter().any(|name| missing(name, program(name).is_some()))
}

/// A display, and a session on it. Dropping it ends everything that was started.
pub(crate) struct Desktop {
    display: String,
    size: String,
    port: u16,
    /// In the order in which they have to end.
    processes: Vec<Child>,
    home: PathBuf,
}

impl Desktop {
    /// A desktop of this size (`1280x800`) for a person whose files are in `home`.
    pub(crate) fn start(size: &str, home: &Path) -> Self {
        let mut desktop = Self {
            display: String::new(),
            size: size.to_owned(),
            port: free_port(),
            processes: Vec::new(),
            home: home.to_owned(),
        };
        desktop.start_display();
        desktop.start_session();
        desktop
    }

    /// Where the program keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn start_display(&mut self) {
        for n in 190..290 {
            let socket = format!("/tmp/.X11-unix/X{n}");
            if Path::new(&format!("/tmp/.X{n}-lock")).exists() || Path::new(&socket).exists() {
                continue;
            }
            self.display = format!(":{n}");
            let screen = format!("{}x24", self.size);
            let server = quiet(Command::new("Xvfb").args([&self.display, "-screen", "0", &screen, "-nolisten", "tcp"]));
            self.processes.insert(0, server);
            if within(10, || Path::new(&socket).exists()) {
                return;
            }
        }
        panic!("no display could be started");
    }

    fn start_session(&mut self) {
        // The keyring of a person who has just logged in is open.
        let session = format!(
            "printf '%s' pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null; \
             exec WebKitWebDriver --host=127.0.0.1 --port={}",
            self.port
        );
        let log = fs::File::create(self.home.join("window.log")).unwrap();
        let driver = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", &session])
            .env_remove("WAYLAND_DISPLAY")
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            // What lets the driver into a window of Tauri's.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("GTK_A11Y", "none")
            .env("NO_AT_BRIDGE", "1")
            // The machine's own locale may not be installed; and under plain C the driver's scripts fail.
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", &self.home)
            .env("USER", "ada")
            .env("XDG_RUNTIME_DIR", &self.home)
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("share"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("WHEELHOUSE_HOME", self.data())
            .env("WHEELHOUSE_WINDOW_SIZE", &self.size)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.processes.insert(0, driver);
        let port = self.port;
        assert!(within(20, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()), "the driver does not listen");
    }

    /// Opens the window.
    pub(crate) async fn open(&self) -> Client {
        let mut wanted = Map::new();
        wanted.insert("browserName".to_owned(), json!("wry"));
        wanted.insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": env!("CARGO_BIN_EXE_wheelhouse") }));
        let driver = format!("http://127.0.0.1:{}", self.port);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let opening = builder.capabilities(wanted).connect(&driver);
        match tokio::time::timeout(Duration::from_secs(60), opening).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("the window does not open: {error}\n{}", self.log()),
            Err(_) => panic!("the window does not open within a minute\n{}", self.log()),
        }
    }

    /// What the window and the driver said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.join("window.log")).unwrap_or_default()
    }

    /// What takes pictures of it.
    pub(crate) fn camera(&self) -> Camera {
        Camera { display: self.display.clone() }
    }

    /// What `wh` answers, as JSON, on the same data. It finds the vault's passphrase in the home's file
    /// `passphrase`.
    pub(crate) fn wh(&self, words: &[&str]) -> Value {
        let wh = Path::new(env!("CARGO_BIN_EXE_wheelhouse")).with_file_name("wh");
        let said = Command::new(&wh)
            .args(words)
            .arg("--json")
            .env("WHEELHOUSE_HOME", self.data())
            .env("HOME", &self.home)
            .env("WHEELHOUSE_PASSPHRASE_FILE", self.home.join("passphrase"))
            .output()
            .unwrap_or_else(|e| panic!("{} is built by `cargo build --workspace`: {e}", wh.display()));
        serde_json::from_slice(&said.stdout)
            .unwrap_or_else(|e| panic!("wh {words:?}: {e}\n{}", String::from_utf8_lossy(&said.stderr)))
    }
}

/// Takes pictures of a display.
pub(crate) struct Camera {
    display: String,
}

impl Camera {
    /// Saves what the display shows as `artefacts/NAME.png`. The driver cannot: its pictures never end here.
    pub(crate) fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artefacts");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{name}.png"));
        let taken =
            Command::new("import").args(["-display", &self.display, "-window", "root"]).arg(&file).output().unwrap();
        assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for mut process in self.processes.drain(..) {
            end(process.id());
            process.wait().ok();
        }
    }
}

fn quiet(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Whether something becomes true within some seconds.
fn within(seconds: u64, mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
