//! Conversations: what was said, what came of it, and what is being typed.

use super::load::{Load, Remote};
use crate::pure::decision::{self, waits};
use crate::state::stores;
use crate::{api, web};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wheelhouse_protocol::chat::{
    ClearConversation, Content, Conversation, ConversationSummary, GetConversation, ListConversations, Message,
    SearchChat, SendMessage, StartConversation,
};
use wheelhouse_protocol::{ConversationId, MessageId, PlanId, Problem};

const CURRENT: &str = "conversation";
const DRAFT: &str = "draft";

/// Chat.
pub(crate) struct Chat {
    /// Newest first.
    pub(crate) list: Remote<Vec<ConversationSummary>>,
    /// What the list is searched for.
    pub(crate) search: RwSignal<String>,
    /// The one on show.
    pub(crate) current: RwSignal<Load<Conversation>>,
    /// Which that is.
    pub(crate) id: RwSignal<Option<ConversationId>>,
    /// What is being typed.
    pub(crate) draft: RwSignal<String>,
    /// What was sent and has no reply yet.
    pub(crate) sending: RwSignal<Option<String>>,
    /// Why it could not be sent.
    pub(crate) problem: RwSignal<Option<Problem>>,
    /// Asks for the conversation anew, one question at a time.
    asking: RwSignal<(bool, bool)>,
}

impl Chat {
    /// As it was left.
    pub(crate) fn recalled() -> Self {
        Self {
            list: Remote::default(),
            search: RwSignal::new(String::new()),
            current: RwSignal::new(Load::Waiting),
            id: RwSignal::new(web::recall(CURRENT)),
            draft: RwSignal::new(web::recall(DRAFT).unwrap_or_default()),
            sending: RwSignal::new(None),
            problem: RwSignal::new(None),
            asking: RwSignal::new((false, false)),
        }
    }

    /// Asks for the list and the conversation on show.
    pub(crate) fn refresh(&'static self) {
        self.refresh_list();
        self.refresh_current();
    }

    /// Asks for the list, as searched.
    pub(crate) fn refresh_list(&'static self) {
        let text = self.search.get_untracked().trim().to_owned();
        if text.is_empty() {
            self.list.ask(ListConversations::default);
        } else {
            self.list.ask(move || SearchChat { text: text.clone() });
        }
    }

    fn refresh_current(&'static self) {
        let (busy, _) = self.asking.get_untracked();
        if busy {
            self.asking.set((true, true));
            return;
        }
        self.asking.set((true, false));
        spawn_local(async move {
            loop {
                let id = self.id.get_untracked();
                let mut answer = api::call(GetConversation { id }).await;
                if id.is_some() && answer.as_ref().is_err_and(|p| p.code == wheelhouse_protocol::ProblemCode::NotFound)
                {
                    // It was cleared elsewhere: the newest takes its place.
                    answer = api::call(GetConversation { id: None }).await;
                }
                // Somebody went elsewhere meanwhile.
                if self.id.get_untracked() == id {
                    match answer {
                        Ok(conversation) => self.show(conversation),
                        Err(problem) => self.current.set(Load::Failed(problem)),
                    }
                }
                if !self.asking.get_untracked().1 {
                    break;
                }
                self.asking.set((true, false));
            }
            self.asking.set((false, false));
        });
    }

    fn show(&self, conversation: Conversation) {
        self.id.set(Some(conversation.id));
        web::remember(CURRENT, &Some(conversation.id));
        if self.current.with_untracked(|c| c.ready() != Some(&conversation)) {
            self.current.set(Load::Ready(conversation));
        }
    }

    /// A conversation has something new.
    pub(crate) fn changed(&'static self, id: ConversationId) {
        self.refresh_list();
        if self.id.get_untracked() == Some(id) {
            self.refresh_current();
        }
    }

    /// Opens a conversation.
    pub(crate) fn open(&'static self, id: ConversationId) {
        if self.id.get_untracked() != Some(id) {
            self.id.set(Some(id));
            self.current.set(Load::Waiting);
            self.problem.set(None);
            self.refresh_current();
        }
    }

    /// Begins a new conversation.
    pub(crate) fn begin(&'static self) {
        spawn_local(async move {
            match api::call(StartConversation {}).await {
                Ok(conversation) => {
                    self.show(conversation);
                    self.refresh_list();
                }
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }

    /// Removes a conversation, or all.
    pub(crate) fn clear(&'static self, id: Option<ConversationId>) {
        spawn_local(async move {
            if let Err(problem) = api::call(ClearConversation { id }).await {
                self.problem.set(Some(problem));
                return;
            }
            if id.is_none() || id == self.id.get_untracked() {
                self.id.set(None);
                self.current.set(Load::Waiting);
            }
            self.refresh();
        });
    }

    /// Keeps what is being typed.
    pub(crate) fn type_draft(&self, text: String) {
        web::remember(DRAFT, &text);
        self.draft.set(text);
    }

    /// Says something.
    pub(crate) fn send(&'static self, text: String) {
        let text = text.trim().to_owned();
        if text.is_empty() || self.sending.with_untracked(Option::is_some) {
            return;
        }
        self.sending.set(Some(text.clone()));
        self.problem.set(None);
        spawn_local(async move {
            let conversation = self.id.get_untracked();
            match api::call(SendMessage { conversation, text: text.clone() }).await {
                Ok(conversation) => {
                    self.show(conversation);
                    self.refresh_list();
                }
                Err(problem) => {
                    self.problem.set(Some(problem));
                    // What was typed must not be lost.
                    if self.draft.with_untracked(String::is_empty) {
                        self.type_draft(text);
                    }
                }
            }
            self.sending.set(None);
        });
    }

    /// What the operator said in this conversation, newest first.
    pub(crate) fn said(&self) -> Vec<String> {
        self.messages_untracked(|messages| {
            let mut said: Vec<String> = messages
                .iter()
                .rev()
                .filter_map(|m| match &m.content {
                    Content::Request { text } => Some(text.clone()),
                    Content::Proposal { .. } => None,
                })
                .collect();
            said.dedup();
            said
        })
    }

    fn messages_untracked<T: Default>(&self, read: impl FnOnce(&[Message]) -> T) -> T {
        self.current.with_untracked(|c| c.ready().map(|c| read(&c.messages)).unwrap_or_default())
    }

    /// The plan a key may approve now, if there is one.
    pub(crate) fn by_key(&self) -> Option<PlanId> {
        if self.sending.with_untracked(Option::is_some) {
            return None;
        }
        let draft = self.draft.get_untracked();
        self.messages_untracked(|messages| decision::by_key(messages, &draft))
    }

    /// The request that a key means as the answer to the question that was asked last, if it is one.
    pub(crate) fn chosen_by_key(&self, key: &str) -> Option<String> {
        if self.sending.with_untracked(Option::is_some) {
            return None;
        }
        let draft = self.draft.get_untracked();
        self.messages_untracked(|messages| decision::chosen(messages, &draft, key))
    }

    /// Whether a reply is the question that waits for its answer.
    pub(crate) fn asks(&self, reply: MessageId) -> bool {
        self.sending.with(Option::is_none)
            && self.current.with(|c| c.ready().is_some_and(|c| decision::asks(&c.messages, reply)))
    }

    /// How many plans of this conversation wait for an approval.
    pub(crate) fn approvals_waiting(&self) -> usize {
        self.current.with(|c| {
            let messages = c.ready().map(|c| c.messages.as_slice()).unwrap_or_default();
            let approvals = messages.iter().filter(|m| match &m.content {
                Content::Proposal { proposal } => waits(proposal) && proposal.needs_approval(),
                Content::Request { .. } => false,
            });
            approvals.count()
        })
    }

    /// Takes what is typed elsewhere into the input.
    pub(crate) fn put_into_input(&'static self, text: String) {
        self.type_draft(text);
        stores().navigation.go(super::navigation::Screen::Chat);
        crate::screens::chat::focus_input();
    }
}
