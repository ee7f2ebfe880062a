//! The client: one guarded request at a time, and everything that keeps it in bounds.

use crate::breaker::{Breaker, whole_seconds};
use crate::endpoint::address;
use crate::prompt::Request;
use crate::suggestion::Suggestion;
use crate::{LlmError, wire};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, Url, redirect, retry};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use wheelhouse_protocol::Timestamp;
use wheelhouse_protocol::llm::{BreakerState, LlmFailure, LlmSettings};
use wheelhouse_protocol::reading::Intent;
use zeroize::Zeroizing;

/// Requests that may be under way at one moment.
const AT_ONCE: usize = 4;

/// What a request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For everything, from the first byte out to the last one in.
    pub total: Duration,
    /// Bytes of an answer.
    pub answer: usize,
    /// Failures in a row after which the endpoint is left alone.
    pub failures: u32,
    /// For how long it is then.
    pub rest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            total: Duration::from_secs(30),
            answer: 64 * 1024,
            failures: 5,
            rest: Duration::from_secs(60),
        }
    }
}

/// The client. It holds no key: each request brings its own.
pub struct Client {
    limits: Limits,
    /// Made when first needed: reading the system's certificates takes a while.
    plain: Mutex<Option<reqwest::Client>>,
    secure: Mutex<Option<reqwest::Client>>,
    breaker: Mutex<Breaker>,
    slots: Semaphore,
    /// Endpoints that were seen not to know JSON schemas.
    unforced: Mutex<HashSet<String>>,
    asked: AtomicU64,
    last_failure: Mutex<Option<LlmFailure>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Client {
    /// A client within these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            plain: Mutex::new(None),
            secure: Mutex::new(None),
            breaker: Mutex::new(Breaker::new(limits.failures, limits.rest)),
            slots: Semaphore::new(AT_ONCE),
            unforced: Mutex::default(),
            asked: AtomicU64::new(0),
            last_failure: Mutex::new(None),
        }
    }

    /// Asks what a request means.
    ///
    /// # Errors
    /// [`LlmError::Out`] while the breaker is open, and whatever else keeps a suggestion from coming. Nothing
    /// the endpoint said is in an error.
    pub async fn suggest(
        &self,
        settings: &LlmSettings,
        key: Option<&SecretString>,
        request: &Request,
    ) -> Result<Suggestion, LlmError> {
        let entered = locked(&self.breaker).enter(Instant::now());
        entered.map_err(|left| LlmError::Out { seconds: whole_seconds(left) })?;
        self.counted(settings, key, request).await
    }

    /// Sends a sample request, whatever the breaker says: how long it took, and whether it was understood.
    /// How it ends counts, so a good one closes the breaker.
    ///
    /// # Errors
    /// As [`Self::suggest`], without [`LlmError::Out`].
    pub async fn test(&self, settings: &LlmSettings, key: Option<&SecretString>) -> Result<(Duration, bool), LlmError> {
        let sample = Request {
            words: "please give nginx a fresh start on the example servers".to_owned(),
            groups: vec!["example servers".to_owned()],
            services: vec!["nginx".to_owned()],
        };
        let began = Instant::now();
        let said = self.counted(settings, key, &sample).await?;
        let understood = said.intent == Intent::Restart && said.service.as_deref() == Some("nginx");
        Ok((began.elapsed(), understood))
    }

    /// How the breaker stands.
    pub fn breaker(&self) -> BreakerState {
        locked(&self.breaker).state(Instant::now())
    }

    /// How many requests were sent.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// What went wrong last.
    pub fn last_failure(&self) -> Option<LlmFailure> {
        locked(&self.last_failure).clone()
    }

    /// Forgets what was seen of an endpoint: another one was set.
    pub fn reset(&self) {
        *locked(&self.breaker) = Breaker::new(self.limits.failures, self.limits.rest);
        *locked(&self.last_failure) = None;
        locked(&self.unforced).clear();
    }

    async fn counted(
        &self,
        settings: &LlmSettings,
        key: Option<&SecretString>,
        request: &Request,
    ) -> Result<Suggestion, LlmError> {
        // Whoever gives up waiting must not leave the breaker waiting for the end of a try.
        let mut ending = Ending { breaker: &self.breaker, well: None };
        let result = self.asked_once(settings, key, request).await;
        match &result {
            Ok(_) => ending.well = Some(true),
            Err(error) => {
                ending.well = error.counts().then_some(false);
                tracing::debug!(%error, "the language model gave no suggestion");
                let failure = LlmFailure { at: Timestamp::now(), problem: error.clone().into() };
                *locked(&self.last_failure) = Some(failure);
            }
        }
        result
    }

    async fn asked_once(
        &self,
        settings: &LlmSettings,
        key: Option<&SecretString>,
        request: &Request,
    ) -> Result<Suggestion, LlmError> {
        let url = address(settings)?;
        let login = key.map(login).transpose()?;
        let _slot = self.slots.try_acquire().map_err(|_| LlmError::Busy)?;
        let http = self.http(&url)?;
        let (question, redacted) = request.question();
        let endpoint = url.origin().ascii_serialization();
        self.asked.fetch_add(1, Ordering::Relaxed);
        let exchange = async {
            let unforced = format!("{url} {}", settings.model);
            let forced = !locked(&self.unforced).contains(&unforced);
            let send = |forced| self.exchange(&http, &url, login.as_ref(), settings, &question, forced);
            match send(forced).await {
                // Servers that do not know schemas say so in these ways; the answer is checked here anyway.
                Err(LlmError::Status { status: 400 | 422 | 501, .. }) if forced => {
                    let answer = send(false).await?;
                    locked(&self.unforced).insert(unforced);
                    Ok(answer)
                }
                done => done,
            }
        };
        let timeout = || LlmError::Timeout { endpoint: endpoint.clone(), within: self.limits.total };
        let answer = tokio::time::timeout(self.limits.total, exchange).await.map_err(|_| timeout())??;
        let mut said = Suggestion::read(&wire::text(settings.kind, &answer)?)?;
        for names in [&mut said.targets, &mut said.except] {
            *names = std::mem::take(names).into_iter().map(|name| redacted.restored(name)).collect();
        }
        Ok(said)
    }

    async fn exchange(
        &self,
        http: &reqwest::Client,
        url: &Url,
        login: Option<&HeaderValue>,
        settings: &LlmSettings,
        question: &str,
        forced: bool,
    ) -> Result<Vec<u8>, LlmError> {
        let endpoint = || url.origin().ascii_serialization();
        let body = wire::body(settings.kind, settings.model.trim(), question, forced).to_string();
        let mut request = http.post(url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(login) = login {
            request = request.header(AUTHORIZATION, login.clone());
        }
        let mut answer = request.send().await.map_err(|e| match () {
            () if e.is_connect() => LlmError::Unreachable { endpoint: endpoint() },
            () => LlmError::Broken { endpoint: endpoint() },
        })?;
        // Not even the words of a refusal are read: they are a stranger's, and could repeat the key.
        if answer.status() != StatusCode::OK {
            return Err(LlmError::Status { endpoint: endpoint(), status: answer.status().as_u16() });
        }
        let limit = self.limits.answer;
        let mut read = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| LlmError::Broken { endpoint: endpoint() })? {
            if read.len() + chunk.len() > limit {
                return Err(LlmError::TooLarge { limit });
            }
            read.extend_from_slice(&chunk);
        }
        Ok(read)
    }

    fn http(&self, url: &Url) -> Result<reqwest::Client, LlmError> {
        let secure = url.scheme() == "https";
        let mut kept = locked(if secure { &self.secure } else { &self.plain });
        if let Some(http) = kept.as_ref() {
            return Ok(http.clone());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| LlmError::Tls)?;
        // A machine without certificates can still talk to a server of its own.
        let tls = if secure {
            tls.with_platform_verifier().map_err(|_| LlmError::Tls)?.with_no_client_auth()
        } else {
            tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(secure)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            // A proxy named by the environment would see what is meant for this machine only.
            .no_proxy()
            .referer(false)
            .connect_timeout(self.limits.connect)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("wheelhouse/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| LlmError::Tls)?;
        *kept = Some(http.clone());
        Ok(http)
    }
}

/// Tells the breaker how a request ended, also when whoever asked has gone.
struct Ending<'a> {
    breaker: &'a Mutex<Breaker>,
    well: Option<bool>,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        locked(self.breaker).ended(self.well, Instant::now());
    }
}

/// The header with the key, marked so that no `Debug` shows it.
fn login(key: &SecretString) -> Result<HeaderValue, LlmError> {
    let text = Zeroizing::new(format!("Bearer {}", key.expose_secret().trim()));
    let mut header = HeaderValue::from_str(&text).map_err(|_| LlmError::Key)?;
    if header.len() <= "Bearer ".len() {
        return Err(LlmError::Key);
    }
    header.set_sensitive(true);
    Ok(header)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
