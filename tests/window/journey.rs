//! From an empty folder to a verified result, all of it in the window.

use crate::desktop::{Desktop, skip};
use crate::fleet::{Fleet, Work};
use crate::page::{Page, named};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use wheelhouse_testbed::{Sshd, missing};

pub(crate) const PASSPHRASE: &str = "a long walk along the harbour wall";

#[tokio::test]
async fn a_newcomer_comes_to_a_verified_result() {
    if skip() || missing("sshd (as root)", Sshd::is_available()) {
        return;
    }
    let fleet = Fleet::start(&[Work::Quick, Work::Fails(3), Work::Waits, Work::Waits]);
    let home = tempfile::tempdir().unwrap();
    let passphrase = home.path().join("passphrase");
    fs::write(&passphrase, PASSPHRASE).unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    let desktop = Desktop::start("1280x800", home.path());
    let page = Page::new(&desktop).await;

    it_is_alive_with_nothing_configured(&page).await;
    the_vault_is_made_and_keeps_a_password(&page, &fleet).await;
    targets_come_by_import_and_by_form(&desktop, &page, &fleet).await;
    a_plan_says_everything_before_anything_runs(&desktop, &page).await;
    an_approved_plan_changes_what_it_said(&desktop, &page, &fleet).await;
    a_running_job_shows_every_state(&page, &fleet).await;
    the_history_has_everything(&desktop, &page).await;
    what_happened_is_in_the_notifications(&page).await;
    the_loop_is_on_the_plot(&page).await;
    page.close().await;
    drop(desktop);

    let large = Desktop::start("1920x1080", home.path());
    let page = Page::new(&large).await;
    every_screen_in_the_dark(&page).await;
    page.close().await;
}

async fn it_is_alive_with_nothing_configured(page: &Page) {
    page.see("suggestion").await;
    assert_eq!(page.count(&named("suggestion")).await, 3, "three things to try");
    page.read_until("light-loop", "L 0.89").await;
    page.picture("chat-welcome-1280").await;
    page.click("suggestion").await;
    page.see("plan-card").await;
    page.click("approve").await;
    page.read_until("result-sentence", "1 unchanged").await;
    page.read_until("answer", "GiB").await;
}

async fn the_vault_is_made_and_keeps_a_password(page: &Page, fleet: &Fleet) {
    page.click("go-vault").await;
    page.fill("vault-new-passphrase", "password1").await;
    page.fill("vault-new-passphrase-again", "password1").await;
    page.click("vault-create").await;
    page.see_css(".field.wrong").await;
    page.fill("vault-new-passphrase", PASSPHRASE).await;
    page.fill("vault-new-passphrase-again", PASSPHRASE).await;
    page.picture("vault-create-1280").await;
    page.click("vault-create").await;
    page.click("vault-new").await;
    let password = fleet.machines[0].account.password();
    page.fill("credential-name", "ops").await;
    page.choose("credential-kind", "User name and password").await;
    page.fill("field-input-username", "ops").await;
    page.fill("field-input-password", password).await;
    page.click("credential-save").await;
    page.see("credential-fields").await;
    page.picture("vault-1280").await;
    assert!(!page.markup().await.contains(password), "what was stored is nowhere in the page any more");
    page.click("vault-lock").await;
    page.fill("vault-passphrase", "not this one").await;
    page.click("vault-unlock").await;
    page.see("problem").await;
    page.picture("vault-locked-1280").await;
}

async fn targets_come_by_import_and_by_form(desktop: &Desktop, page: &Page, fleet: &Fleet) {
    // The passphrase is asked for where it is needed; here it is simply given.
    page.fill("vault-passphrase", PASSPHRASE).await;
    page.click("vault-unlock").await;
    page.see("vault-new").await;

    page.click("go-targets").await;
    page.click("import").await;
    page.paste("import-text", &fleet.inventory()).await;
    page.click("import-preview").await;
    page.read_until("import-summary", "5").await;
    page.choose("import-credential", "ops (user name and password)").await;
    page.picture("targets-import-1280").await;
    page.click("import-apply").await;
    page.gone("import-apply").await;

    let first = &fleet.machines[0];
    page.click_saying("target-name", &first.name).await;
    page.click("test-target").await;
    page.read_until("presented-fingerprint", &first.sshd.host_keys()[0].fingerprint()).await;
    page.picture("targets-host-key-1280").await;
    page.click("accept-host-key").await;
    page.read_until("latency", "ms").await;
    page.see("target-facts").await;
    page.picture("targets-1280").await;
    // The others' keys are accepted in a terminal: it is the same data.
    for machine in &fleet.machines[1..] {
        let fingerprint = machine.sshd.host_keys()[0].fingerprint();
        let tested = desktop.wh(&["target", "test", &machine.name, "--accept-host-key", &fingerprint]);
        assert_eq!(tested["result"], "ok", "{tested}");
    }

    page.click("new-target").await;
    page.fill("target-name-input", "app-01").await;
    page.fill("target-addresses", "127.0.0.1").await;
    page.fill("connection-port", &first.sshd.port().to_string()).await;
    page.fill("connection-user", first.account.name()).await;
    page.choose("connection-credential", "ops (user name and password)").await;
    page.click("save-target").await;
    page.read_until("table-targets", "app-01").await;
    page.click("new-group").await;
    page.fill("group-name", "app servers").await;
    page.fill("group-members", "app-01").await;
    page.press(&['\u{e007}']).await;
    page.click("save-group").await;
    page.read_until("groups", "app servers").await;
}

async fn a_plan_says_everything_before_anything_runs(desktop: &Desktop, page: &Page) {
    page.click("go-chat").await;
    page.click("new-conversation").await;
    page.fill("chat-input", "restart nginx on web servers except web-05").await;
    page.read_until("live-reading", "4 hosts").await;
    page.click("send").await;
    let plan = page.read_until("plan-card", "web-04").await;
    assert!(plan.contains("medium risk") && plan.contains("plan "), "{plan}");
    page.picture("chat-plan-1280").await;
    page.click("show-script").await;
    page.read_until("scripts", "nginx").await;
    page.picture("chat-script-1280").await;
    page.click("reject").await;
    page.gone("approve").await;
    assert_eq!(desktop.wh(&["job", "list"]).as_array().unwrap().len(), 1, "a rejected plan is no job");
}

async fn an_approved_plan_changes_what_it_said(desktop: &Desktop, page: &Page, fleet: &Fleet) {
    let there = fleet.machines[0].account.home().join("app.conf");
    let here = desktop.data().join("app.conf");
    fs::write(&here, "answer = 42\n").unwrap();
    page.click("new-conversation").await;
    page.say(&format!("copy {} to {} on app servers", here.display(), there.display())).await;
    page.click("approve").await;
    page.read_until("result-sentence", "1 changed").await;
    assert_eq!(fs::read_to_string(&there).unwrap(), "answer = 42\n");
    page.picture("chat-result-1280").await;
}

async fn a_running_job_shows_every_state(page: &Page, fleet: &Fleet) {
    page.click("new-conversation").await;
    page.say("run \"sh work.sh\" on web servers").await;
    page.see("approve").await;
    page.click("approve").await;
    page.read_until("target-grid", "failed").await;
    page.read_until("target-grid", "unreachable").await;
    page.read_until("target-grid", "running").await;
    page.picture("chat-job-1280").await;
    page.click("go-jobs").await;
    page.read_until("table-jobs", "running").await;
    page.picture("jobs-1280").await;
    page.click("go-chat").await;
    fleet.release();
    let said = page.read_until("result-sentence", "1 unreachable").await;
    assert!(said.contains("1 failed") && said.contains("3 changed"), "{said}");
    page.picture("chat-mixed-result-1280").await;
}

async fn the_history_has_everything(desktop: &Desktop, page: &Page) {
    page.click("open-job").await;
    page.see("matrix").await;
    page.read_until("matrix", "web-02").await;
    page.picture("job-1280").await;
    page.click("go-settings").await;
    page.click("audit-verify").await;
    page.read_until("audit-result", "record").await;
    page.script("document.querySelector('[data-test=audit-result]').scrollIntoView({ block: 'center' });", Vec::new())
        .await;
    page.picture("settings-1280").await;
    assert!(desktop.wh(&["audit", "verify"])["broken_at"].is_null());
}

async fn what_happened_is_in_the_notifications(page: &Page) {
    page.click("go-notifications").await;
    page.read_until("screen-notifications", "Action required").await;
    page.picture("notifications-1280").await;
}

async fn the_loop_is_on_the_plot(page: &Page) {
    page.click("go-telemetry").await;
    page.see("plot").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    page.picture("telemetry-1280").await;
}

async fn every_screen_in_the_dark(page: &Page) {
    page.click("go-settings").await;
    page.click("theme-dark").await;
    page.click("go-vault").await;
    page.fill("vault-passphrase", PASSPHRASE).await;
    page.click("vault-unlock").await;
    page.see("table-credentials").await;
    for screen in ["chat", "jobs", "targets", "telemetry", "notifications", "vault", "settings"] {
        page.click(&format!("go-{screen}")).await;
        page.see(&format!("screen-{screen}")).await;
        page.picture(&format!("{screen}-dark-1920")).await;
    }
}
