//! Conversations.

use crate::{App, Caller, Handle};
use uuid::Uuid;
use wheelhouse_protocol::chat::{
    ClearConversation, Conversation, ConversationSummary, GetConversation, ListConversations, SearchChat, SendMessage,
    StartConversation,
};
use wheelhouse_protocol::plan::RejectPlan;
use wheelhouse_protocol::reading::Intent;
use wheelhouse_protocol::{ConversationId, Event, MessageId, Problem, Timestamp};

/// The most of a request that is kept in the thread.
const KEEP: usize = 16 * 1024;

impl App {
    async fn conversation(&self, id: ConversationId) -> Result<Conversation, Problem> {
        let messages = self.store.messages(id).await?;
        Ok(Conversation { id, messages, suggestions: self.planner().await?.suggestions() })
    }

    async fn new_conversation(&self) -> Result<ConversationId, Problem> {
        let id = ConversationId(Uuid::now_v7());
        self.store.start_conversation(id, Timestamp::now()).await?;
        Ok(id)
    }
}

impl Handle<ListConversations> for App {
    async fn handle(&self, _: &Caller, _: ListConversations) -> Result<Vec<ConversationSummary>, Problem> {
        Ok(self.store.conversations("").await?)
    }
}

impl Handle<SearchChat> for App {
    async fn handle(&self, _: &Caller, command: SearchChat) -> Result<Vec<ConversationSummary>, Problem> {
        Ok(self.store.conversations(command.text.trim()).await?)
    }
}

impl Handle<StartConversation> for App {
    async fn handle(&self, _: &Caller, _: StartConversation) -> Result<Conversation, Problem> {
        // An empty one that is there already is as good as a new one.
        let newest = self.store.conversations("").await?.into_iter().next();
        let id = match newest.filter(|c| c.messages == 0) {
            Some(empty) => empty.id,
            None => self.new_conversation().await?,
        };
        self.conversation(id).await
    }
}

impl Handle<GetConversation> for App {
    async fn handle(&self, _: &Caller, command: GetConversation) -> Result<Conversation, Problem> {
        let id = match command.id {
            Some(id) => id,
            None => match self.store.conversations("").await?.into_iter().next() {
                Some(newest) => newest.id,
                None => self.new_conversation().await?,
            },
        };
        self.conversation(id).await
    }
}

impl Handle<ClearConversation> for App {
    async fn handle(&self, _: &Caller, command: ClearConversation) -> Result<(), Problem> {
        Ok(self.store.clear_conversations(command.id).await?)
    }
}

impl Handle<SendMessage> for App {
    async fn handle(&self, caller: &Caller, command: SendMessage) -> Result<Conversation, Problem> {
        let id = match command.conversation {
            Some(id) => id,
            None => self.new_conversation().await?,
        };
        let context = self.context(id).await?;
        let proposal = self.propose_in(&command.text, context).await?;
        // "no", "never mind": what waited is dropped. "yes" shows it again, to be approved by its button.
        let settles = matches!(proposal.reading.intent, Intent::Cancel | Intent::Confirm);
        let waited = if settles { self.waiting(id).await? } else { None };
        let mut kept: String = command.text.chars().take(KEEP).collect();
        if kept.len() < command.text.len() {
            kept.push('…');
        }
        let (request, reply) = (MessageId(Uuid::now_v7()), MessageId(Uuid::now_v7()));
        self.store.add_exchange(id, (request, &kept), reply, &proposal).await?;
        match waited {
            // A yes rejects nothing: the same plan stands below, anew.
            Some(waited) if proposal.reading.intent == Intent::Confirm => self.store.set_aside_proposal(waited).await?,
            Some(waited) => self.handle(caller, RejectPlan { id: waited }).await?,
            None => {}
        }
        self.bus.publish(Event::Chat(id));
        self.conversation(id).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]
    use super::*;
    use crate::Door;
    use crate::testing::app;
    use wheelhouse_protocol::chat::Content;
    use wheelhouse_protocol::plan::ProposalState;

    async fn say(app: &App, conversation: Option<ConversationId>, text: &str) -> (ConversationId, Vec<ProposalState>) {
        let command = SendMessage { conversation, text: text.to_owned() };
        let answer = app.call(&Caller::operator(), command).await.unwrap();
        let states = answer.messages.iter().filter_map(|message| match &message.content {
            Content::Proposal { proposal } if proposal.plan.is_some() => Some(proposal.state),
            _ => None,
        });
        (answer.id, states.collect())
    }

    #[tokio::test]
    async fn a_yes_shows_the_plan_again_and_a_no_drops_it() {
        use ProposalState::{Open, Rejected, Superseded};
        let home = tempfile::tempdir().unwrap();
        let app = app(home.path(), Door::Terminal).await;
        let (id, states) = say(&app, None, "run \"true\" on localhost").await;
        assert_eq!(states, [Open]);
        let (_, states) = say(&app, Some(id), "yes").await;
        assert_eq!(states, [Superseded, Open], "one plan waits, and nothing ran by a word");
        let (_, states) = say(&app, Some(id), "never mind").await;
        assert_eq!(states, [Superseded, Rejected]);
        let rejections = app.store.audit(100, None, "plan.rejected").await.unwrap();
        assert_eq!(rejections.len(), 1, "a yes is no rejection in the chain: {rejections:?}");
    }
}
