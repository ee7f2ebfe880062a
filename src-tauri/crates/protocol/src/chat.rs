//! Chat: conversations, their messages, and what Wheelhouse replied.

use crate::plan::Proposal;
use crate::{ConversationId, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

/// A conversation in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    /// Its id.
    pub id: ConversationId,
    /// The first thing that was said, shortened; empty for a new one.
    pub title: String,
    /// When something was last said.
    pub last_at: Timestamp,
    /// How many messages it has.
    pub messages: u32,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Content {
    /// The operator's words.
    Request {
        /// As typed.
        text: String,
    },
    /// A plan, a question, a refusal or an answer.
    Proposal {
        /// With its state as of now, not of when it was said.
        proposal: Box<Proposal>,
    },
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// When it was said.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// A conversation with its messages, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Its messages.
    pub messages: Vec<Message>,
    /// Three things to try here, from the inventory as it is.
    pub suggestions: Vec<String>,
}

/// Lists conversations, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListConversations {}
crate::command!(ListConversations, "chat.list", Viewer, false => Vec<ConversationSummary>);

/// Starts a conversation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StartConversation {}
crate::command!(StartConversation, "chat.start", Operator, true => Conversation);

/// Shows a conversation; the newest (or a new one) when none is named.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GetConversation {
    /// Which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ConversationId>,
}
crate::command!(GetConversation, "chat.get", Operator, true => Conversation);

/// Removes a conversation, or all of them. Jobs and the audit chain stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ClearConversation {
    /// Which; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ConversationId>,
}
crate::command!(ClearConversation, "chat.clear", Operator, true => ());

/// Finds messages by text, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchChat {
    /// What to look for, without regard to case.
    pub text: String,
}
crate::command!(SearchChat, "chat.search", Viewer, false => Vec<ConversationSummary>);

/// Says something; the reply is the last message of the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendMessage {
    /// Where; a new conversation when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The operator's words.
    pub text: String,
}
crate::command!(SendMessage, "chat.send", Operator, true => Conversation);
