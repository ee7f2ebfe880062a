//! First contact: what machine is this?

use crate::error::TransportError;
use crate::pipe::Heard;
use crate::session::Session;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::timeout;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::inventory::{Facts, Os, Privilege};

/// How long looking may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Looks, and changes nothing. POSIX sh only, since nothing is known of the machine yet.
const PROBE: &str = r#"
say() { printf 'wh:%s=%s\n' "$1" "$2"; }
say system "$(uname -s 2>/dev/null)"
say kernel "$(uname -r 2>/dev/null)"
say machine "$(uname -m 2>/dev/null)"
say host "$(uname -n 2>/dev/null)"
say distribution "$( (. /etc/os-release 2>/dev/null || . /usr/lib/os-release 2>/dev/null; printf %s "${PRETTY_NAME:-}") )"
say macos "$(sw_vers -productVersion 2>/dev/null)"
say uid "$(id -u 2>/dev/null)"
for p in apt-get dnf yum zypper pacman apk pkg brew; do
  if command -v $p >/dev/null 2>&1 || [ -x /opt/homebrew/bin/$p ] || [ -x /usr/local/bin/$p ]; then say package_manager $p; break; fi
done
if [ -d /run/systemd/system ]; then say init systemd
elif command -v launchctl >/dev/null 2>&1; then say init launchd
elif command -v rc-service >/dev/null 2>&1; then say init openrc
elif [ -d /etc/init.d ]; then say init sysvinit; fi
if command -v sudo >/dev/null 2>&1; then
  if sudo -n -k true 2>/dev/null; then say sudo yes; else say sudo asks; fi
fi
say end yes
"#;

/// Asks the machine what it is.
pub(crate) async fn look(session: &Session) -> Result<Facts, TransportError> {
    let asked = timeout(LIMIT, ask(session)).await;
    let answers = asked.unwrap_or(Err(TransportError::TimedOut { doing: "looking what it is", after: LIMIT }))?;
    read(&answers, Timestamp::now())
}

async fn ask(session: &Session) -> Result<String, TransportError> {
    let mut pipe = session.start("exec /bin/sh -s").await?;
    pipe.write(PROBE.as_bytes());
    pipe.close_input();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    loop {
        match pipe.heard().await? {
            Heard::Out(bytes) if out.len() < 64 * 1024 => out.extend(bytes),
            Heard::Err(bytes) if err.len() < 64 * 1024 => err.extend(bytes),
            Heard::Out(_) | Heard::Err(_) => {}
            Heard::End(_) => break,
        }
    }
    let out = String::from_utf8_lossy(&out).into_owned();
    if out.contains("wh:end=yes") {
        return Ok(out);
    }
    // A restricted account (nologin, a forced command, a menu) answers something else.
    let said = if err.is_empty() { out.as_bytes() } else { &err };
    let said = String::from_utf8_lossy(said);
    let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
    Err(TransportError::Missing(format!(
        "it logged in, but no shell answered there; it said: {}",
        crate::output::clean(said.as_bytes())
    )))
}

/// The answers as facts.
fn read(answers: &str, now: Timestamp) -> Result<Facts, TransportError> {
    let answers: HashMap<&str, &str> =
        answers.lines().filter_map(|line| line.trim_end().strip_prefix("wh:")?.split_once('=')).collect();
    let get = |name: &str| crate::output::clean(answers.get(name).copied().unwrap_or_default().as_bytes());
    let system = get("system");
    let os = match system.as_str() {
        "Linux" => Os::Linux,
        "Darwin" => Os::Macos,
        "" => return Err(TransportError::Missing("the machine does not say what it is (uname)".to_owned())),
        _ => Os::Unix,
    };
    let distribution = match (get("distribution"), get("macos")) {
        (name, _) if !name.is_empty() => name,
        (_, version) if !version.is_empty() => format!("macOS {version}"),
        _ => format!("{system} {}", get("kernel")),
    };
    let privilege = match (get("uid").as_str(), get("sudo").as_str()) {
        ("0", _) => Privilege::Root,
        (_, "yes") => Privilege::SudoWithoutPassword,
        (_, "asks") => Privilege::SudoMayAsk,
        _ => Privilege::None,
    };
    Ok(Facts {
        os,
        distribution,
        kernel: get("kernel"),
        architecture: get("machine"),
        host_name: get("host"),
        package_manager: get("package_manager").trim_end_matches("-get").to_owned(),
        init_system: get("init"),
        privilege,
        seen_at: now,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says so by failing")]
    use super::*;

    fn facts(text: &str) -> Facts {
        read(text, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn answers_of_several_systems() {
        let debian = facts(
            "wh:system=Linux\nwh:kernel=6.1\nwh:distribution=Debian GNU/Linux 12 (bookworm)\nwh:uid=1000\nwh:package_manager=apt-get\nwh:init=systemd\nwh:sudo=asks\n",
        );
        assert_eq!(
            (debian.os, debian.package_manager.as_str(), debian.privilege),
            (Os::Linux, "apt", Privilege::SudoMayAsk)
        );
        let mac = facts("wh:system=Darwin\nwh:kernel=24.1.0\nwh:macos=15.1\nwh:uid=501\nwh:sudo=yes\n");
        assert_eq!((mac.os, mac.distribution.as_str()), (Os::Macos, "macOS 15.1"));
        let bsd = facts("wh:system=FreeBSD\r\nwh:kernel=14.1\r\nwh:uid=0\r\n");
        assert_eq!((bsd.os, bsd.distribution.as_str(), bsd.privilege), (Os::Unix, "FreeBSD 14.1", Privilege::Root));
    }

    #[test]
    fn a_machine_that_answers_nonsense_is_not_believed() {
        assert!(read("Welcome to the menu!", Timestamp::UNIX_EPOCH).is_err());
        let odd = facts("wh:system=Linux\nwh:distribution=\x1b[31mEvil\x1b[0m\n");
        assert_eq!(odd.distribution, "Evil", "no escapes from a machine's own names");
    }
}
