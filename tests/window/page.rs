//! The window's page as a person uses it: found by its `data-test` names, clicked, typed into, read.

use crate::desktop::{Camera, Desktop};
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long anything may take that a person would wait for.
const PATIENCE: Duration = Duration::from_secs(40);

/// The page of an open window.
pub(crate) struct Page {
    client: Client,
    camera: Camera,
}

impl Page {
    pub(crate) async fn new(desktop: &Desktop) -> Self {
        let page = Self { client: desktop.open().await, camera: desktop.camera() };
        page.see("shell").await;
        page
    }

    /// Saves what the window looks like as `artefacts/NAME.png`, with the mouse where it points at nothing.
    pub(crate) async fn picture(&self, name: &str) {
        let away = PointerAction::MoveTo { duration: None, x: 480.0, y: 792.0 };
        self.client.perform_actions(MouseActions::new("mouse".to_owned()).then(away)).await.unwrap();
        // The page says that something is there before it is painted; and a tooltip takes its time to go.
        tokio::time::sleep(Duration::from_millis(700)).await;
        self.camera.picture(name);
    }

    /// Fails with what the page says; what it looks like is in the artefacts.
    async fn fail(&self, why: &str) -> ! {
        self.camera.picture("failed");
        let page: String = self.everything().await.chars().take(4000).collect();
        panic!("{why}\nThe page:\n{page}");
    }

    /// Closes the window.
    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }

    /// Waits for the element of this name.
    pub(crate) async fn see(&self, name: &str) -> Element {
        self.see_css(&named(name)).await
    }

    /// Waits for the element.
    pub(crate) async fn see_css(&self, css: &str) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(element) = self.client.find(Locator::Css(css)).await
                && element.is_displayed().await.unwrap_or(false)
            {
                return element;
            }
            if Instant::now() > deadline {
                self.fail(&format!("there is no {css} on the page")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the element of this name says something, and answers with all it says.
    pub(crate) async fn read_until(&self, name: &str, wanted: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.text(&named(name)).await;
            if said.contains(wanted) {
                return said;
            }
            if Instant::now() > deadline {
                self.fail(&format!("{name} never says “{wanted}”, but:\n{said}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until there is no element of this name.
    pub(crate) async fn gone(&self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.count(&named(name)).await > 0 {
            if Instant::now() > deadline {
                self.fail(&format!("{name} does not go away")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn click(&self, name: &str) {
        self.click_css(&named(name)).await;
    }

    /// Clicks; what is just being drawn anew is looked for again.
    pub(crate) async fn click_css(&self, css: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.see_css(css).await.click().await {
                Ok(()) => return,
                Err(error) if Instant::now() > deadline => {
                    self.fail(&format!("{css} cannot be clicked: {error:?}")).await
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Clicks the element of this name that says something.
    pub(crate) async fn click_saying(&self, name: &str, said: &str) {
        let wanted = format!("//*[@data-test='{name}'][contains(normalize-space(.), '{said}')]");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let clicked = match self.client.find(Locator::XPath(&wanted)).await {
                Ok(element) => element.click().await.is_ok(),
                Err(_) => false,
            };
            if clicked {
                return;
            }
            if Instant::now() > deadline {
                self.fail(&format!("no {name} saying “{said}” can be clicked")).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Puts a text where another may be.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self.see(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Puts a long text into a field at once, as pasting does.
    pub(crate) async fn paste(&self, name: &str, text: &str) {
        self.see(name).await;
        let put = "const e = document.querySelector(arguments[0]); e.focus(); e.value = arguments[1]; \
                   e.dispatchEvent(new Event('input', { bubbles: true }));";
        self.script(put, vec![json!(named(name)), json!(text)]).await;
    }

    /// Chooses an option of a select by its text. The list itself is drawn by the system, out of the driver's
    /// reach; this is what it tells the page when a person has chosen.
    pub(crate) async fn choose(&self, name: &str, label: &str) {
        self.see(name).await;
        let choose = "const s = document.querySelector(arguments[0]); \
                      const o = [...s.options].find(o => o.text.trim() === arguments[1]); \
                      if (!o) return [...s.options].map(o => o.text).join(' | '); \
                      s.value = o.value; s.dispatchEvent(new Event('change', { bubbles: true })); return null;";
        let there = self.script(choose, vec![json!(named(name)), json!(label)]).await;
        assert!(there.is_null(), "{name} has no “{label}”, but {there}");
    }

    /// Presses keys, one after the other.
    pub(crate) async fn press(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keys".to_owned());
        for key in keys {
            actions = actions.then(KeyAction::Down { value: *key }).then(KeyAction::Up { value: *key });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Presses a key while another is held.
    pub(crate) async fn press_with(&self, held: char, key: char) {
        let actions = KeyActions::new("keys".to_owned())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: held });
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Keeps the mouse button down on something, as destructive buttons want.
    pub(crate) async fn hold(&self, name: &str) {
        let element = self.see(name).await;
        let actions = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Pause { duration: Duration::from_millis(1500) })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Says something in the chat.
    pub(crate) async fn say(&self, words: &str) {
        self.fill("chat-input", words).await;
        self.see("live-reading").await;
        self.click("send").await;
    }

    /// What an element says.
    pub(crate) async fn text(&self, css: &str) -> String {
        let read = "const e = document.querySelector(arguments[0]); return e ? (e.innerText || e.value || '') : '';";
        self.script(read, vec![json!(css)]).await.as_str().unwrap_or_default().to_owned()
    }

    /// How many there are.
    pub(crate) async fn count(&self, css: &str) -> u64 {
        let count = "return document.querySelectorAll(arguments[0]).length;";
        self.script(count, vec![json!(css)]).await.as_u64().unwrap_or_default()
    }

    /// Everything the page shows, as text.
    pub(crate) async fn everything(&self) -> String {
        self.script("return document.body.innerText;", vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// All markup, attributes and values of fields: where a secret could hide.
    pub(crate) async fn markup(&self) -> String {
        let all = "return document.documentElement.outerHTML + [...document.querySelectorAll('input,textarea')]\
                   .map(e => e.value).join('\\n') + JSON.stringify(localStorage);";
        self.script(all, vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn script(&self, code: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(code, arguments).await.unwrap_or_else(|e| panic!("{code}: {e}"))
    }
}

/// The selector of a `data-test` name.
pub(crate) fn named(name: &str) -> String {
    format!("[data-test=\"{name}\"]")
}
