//! `wh chat`.

use super::plan::{outcome_of, proposal_for_people};
use crate::args::ChatCommand;
use crate::outcome::Outcome;
use crate::session::{Session, by_end};
use crate::show;
use wheelhouse_protocol::chat::{
    ClearConversation, Content, Conversation, GetConversation, ListConversations, SearchChat, SendMessage,
};
use wheelhouse_protocol::{ConversationId, Problem};

pub(crate) async fn chat(session: &Session, command: ChatCommand) -> Result<Outcome, Problem> {
    match command {
        ChatCommand::List { text } => {
            let list = match text.is_empty() {
                true => session.call(ListConversations {}).await?,
                false => session.call(SearchChat { text }).await?,
            };
            session.print(&list, |list| {
                let rows: Vec<Vec<String>> = list
                    .iter()
                    .map(|c| {
                        vec![c.id.short(), show::moment(c.last_at), c.messages.to_string(), show::or_dash(&c.title)]
                    })
                    .collect();
                show::table(&["id", "last said", "messages", "about"], &rows);
            });
            Ok(Outcome::Done)
        }
        ChatCommand::Show { conversation } => {
            let id = id_of(session, conversation).await?;
            let conversation = session.call(GetConversation { id }).await?;
            session.print(&conversation, shown);
            Ok(Outcome::Done)
        }
        ChatCommand::Send { text, conversation } => {
            let id = id_of(session, conversation).await?;
            let id = session.call(GetConversation { id }).await?.id;
            let conversation = session.call(SendMessage { conversation: Some(id), text: text.join(" ") }).await?;
            let outcome = match conversation.messages.last().map(|m| &m.content) {
                Some(Content::Proposal { proposal }) => {
                    session.print(proposal.as_ref(), proposal_for_people);
                    outcome_of(&proposal.reading)
                }
                _ => Outcome::Done,
            };
            Ok(outcome)
        }
        ChatCommand::Clear { conversation, all } => {
            let id = match (conversation, all) {
                (None, true) => None,
                (Some(end), false) => id_of(session, Some(end)).await?,
                _ => return Err(Problem::invalid("conversation", "Name one conversation, or give --all.")),
            };
            session.call(ClearConversation { id }).await?;
            session.print(&serde_json::json!({ "cleared": id }), |_| show::line("Cleared."));
            Ok(Outcome::Done)
        }
    }
}

async fn id_of(session: &Session, end: Option<String>) -> Result<Option<ConversationId>, Problem> {
    let Some(end) = end else { return Ok(None) };
    if let Some(id) = ConversationId::parse(&end) {
        return Ok(Some(id));
    }
    let list = session.call(ListConversations {}).await?;
    by_end(list.iter().map(|c| c.id), &end, "conversation").map(Some)
}

fn shown(conversation: &Conversation) {
    for message in &conversation.messages {
        match &message.content {
            Content::Request { text } => show::line(format!("{} > {text}", show::dim(&show::moment(message.at)))),
            Content::Proposal { proposal } => proposal_for_people(proposal),
        }
    }
    if conversation.messages.is_empty() {
        show::line("Nothing has been said yet. Try:");
        conversation.suggestions.iter().for_each(|s| show::line(format!("  {s}")));
    }
}
