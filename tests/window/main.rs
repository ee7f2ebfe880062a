//! The real window, used as a newcomer uses it, on real machines.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

mod desktop;
mod page;

use desktop::{Desktop, skip};
use page::Page;

#[tokio::test]
async fn first() {
    if skip() {
        return;
    }
    let desktop = Desktop::start("1280x800");
    let page = Page::new(desktop.open().await).await;
    page.say("check disk usage on localhost").await;
    page.see("plan-card").await;
    desktop.picture("first");
    println!("{}", page.everything().await);
    page.close().await;
}
