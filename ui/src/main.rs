//! The window's page: everything an operator sees and touches.
//!
//! It knows the words (`protocol`) and reads along with the operator (`planner`), nothing else of ours.
//! `pure` needs no browser and is tested on the host; the rest exists in a web view only. The page
//! reaches the program through `api` alone, keeps what it knows in `state`, and is put together from
//! `components` in `shell` and `screens`.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "the page that uses it exists in a browser only"))]
#![recursion_limit = "512"]

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod components;
mod pure;
#[cfg(target_arch = "wasm32")]
mod screens;
#[cfg(target_arch = "wasm32")]
mod shell;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(target_arch = "wasm32")]
fn main() {
    shell::fatal::on_panic();
    leptos::mount::mount_to_body(app::app);
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("The page exists in the Wheelhouse window only: cargo xtask run");
}
