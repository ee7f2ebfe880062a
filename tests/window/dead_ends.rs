//! What goes wrong, and what the window says then.

use crate::desktop::{Desktop, skip};
use crate::fleet::{Fleet, Work};
use crate::journey::PASSPHRASE;
use crate::page::{Page, named};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use wheelhouse_testbed::{Sshd, SshdOptions, missing};

/// `Ctrl`, `Esc` and `Enter` as WebDriver knows them.
const CTRL: char = '\u{e009}';
const ESC: char = '\u{e00c}';
const ENTER: char = '\u{e007}';

#[tokio::test]
async fn dead_ends_say_what_to_do() {
    if skip() || missing("sshd (as root)", Sshd::is_available()) {
        return;
    }
    let mut fleet = Fleet::start(&[Work::Waits]);
    let home = tempfile::tempdir().unwrap();
    let passphrase = home.path().join("passphrase");
    fs::write(&passphrase, PASSPHRASE).unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    let desktop = Desktop::start("1280x800", home.path());
    prepare(&desktop, &fleet);
    let page = Page::new(&desktop).await;

    what_is_not_understood_is_asked_or_refused(&desktop, &page).await;
    a_locked_vault_is_opened_where_it_is_in_the_way(&page).await;
    a_running_job_is_interrupted(&page).await;
    a_changed_host_key_stops_everything(&page, &mut fleet).await;
    a_broken_inventory_says_which_line(&desktop, &page).await;
    the_keyboard_reaches_everything(&page).await;
    page.close().await;
}

/// One machine, prepared in a terminal; the vault is closed when the window opens.
fn prepare(desktop: &Desktop, fleet: &Fleet) {
    let machine = &fleet.machines[0];
    let password = desktop.data().with_file_name("password");
    fs::write(&password, machine.account.password()).unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    desktop.wh(&["vault", "create"]);
    let path = password.display().to_string();
    desktop.wh(&["vault", "add", "ops", "--user", machine.account.name(), "--password-file", &path]);
    let port = machine.sshd.port().to_string();
    let target = ["target", "add", "web-01", "--address", "127.0.0.1", "--port", &port, "--credential", "ops"];
    desktop.wh(&[&target[..], &["--os", "linux", "--group", "web servers"]].concat());
    let fingerprint = machine.sshd.host_keys()[0].fingerprint();
    desktop.wh(&["target", "test", "web-01", "--accept-host-key", &fingerprint]);
}

async fn what_is_not_understood_is_asked_or_refused(desktop: &Desktop, page: &Page) {
    page.say("restart nginx").await;
    page.see("question-card").await;
    page.picture("chat-question-1280").await;
    for hostile in [
        "restart $(reboot) on web-01", "restart nginx; reboot on web-01", "restart nginx on db-99",
        "what is the meaning of it all",
    ] {
        page.click("new-conversation").await;
        page.say(hostile).await;
        page.see_css("[data-test='question-card'],[data-test='refusal-card'],[data-test='answer-card']").await;
        assert_eq!(page.count(&named("approve")).await, 0, "{hostile} is no plan");
    }
    // As much as somebody pastes by mistake.
    page.click("new-conversation").await;
    page.paste("chat-input", &"restart nginx on web-01 ".repeat(50_000)).await;
    page.click("send").await;
    page.read_until("thread", "too long").await;
    assert_eq!(desktop.wh(&["job", "list"]).as_array().unwrap().len(), 0, "nothing of it ran");
}

async fn a_locked_vault_is_opened_where_it_is_in_the_way(page: &Page) {
    page.click("new-conversation").await;
    page.say("run \"echo hello\" on web-01").await;
    page.click("approve").await;
    page.see("vault-passphrase").await;
    page.picture("chat-locked-1280").await;
    page.fill("vault-passphrase", PASSPHRASE).await;
    page.click("vault-unlock").await;
    // The approval that was clicked goes on once the vault is open.
    page.read_until("result-sentence", "1 changed").await;
}

async fn a_running_job_is_interrupted(page: &Page) {
    page.click("new-conversation").await;
    page.say("run \"sh work.sh\" on web-01").await;
    page.click("approve").await;
    page.read_until("target-grid", "running").await;
    page.click("cancel-job").await;
    page.click("cancel-interrupt").await;
    // Nobody knows how far the script came.
    page.read_until("job-result", "1 unknown").await;
}

async fn a_changed_host_key_stops_everything(page: &Page, fleet: &mut Fleet) {
    let machine = fleet.machines.remove(0);
    let (port, _) = machine.sshd.stop();
    let other = Sshd::start(&SshdOptions { port: Some(port), ..SshdOptions::default() });
    page.click("new-conversation").await;
    page.say("check disk usage on web-01").await;
    page.click("approve").await;
    page.read_until("result-sentence", "host key").await;
    page.click("go-targets").await;
    page.click_saying("target-name", "web-01").await;
    page.click("test-target").await;
    page.see("host-key-changed").await;
    page.picture("targets-host-key-changed-1280").await;
    // A click is not enough to put one key in the place of another.
    page.click("replace-host-key").await;
    page.see("host-key-changed").await;
    page.hold("replace-host-key").await;
    page.gone("host-key-changed").await;
    page.read_until("trial", "It answers").await;
    drop(other);
}

async fn a_broken_inventory_says_which_line(desktop: &Desktop, page: &Page) {
    page.click("import").await;
    let text = "[a]\nweb-01 ansible_host=10.0.0.1\n$(reboot)\n[a:children]\nb\n[b:children]\na\n";
    page.paste("import-text", text).await;
    page.click("import-preview").await;
    page.click("import-remarks").await;
    page.read_until("import-dialog", "line 3").await;
    page.read_until("import-dialog", "line 7").await;
    page.picture("targets-import-remarks-1280").await;
    page.click("close-dialog").await;
    page.gone("import-dialog").await;
    let targets = desktop.wh(&["target", "list"]);
    assert_eq!(targets.as_array().unwrap().len(), 2, "looking stores nothing: {targets}");
}

async fn the_keyboard_reaches_everything(page: &Page) {
    page.press(&[ESC]).await;
    page.click("screen-targets").await;
    page.press(&['g', 'j']).await;
    page.see("screen-jobs").await;
    page.press_with(CTRL, 'k').await;
    page.see("palette-input").await;
    page.fill("palette-input", "settings").await;
    page.press(&[ENTER]).await;
    page.see("screen-settings").await;
    page.press(&['?']).await;
    page.see("close-dialog").await;
    page.press(&[ESC]).await;
    page.gone("close-dialog").await;
}
