//! Conversations.

use crate::row::{Columns, contains, micros};
use crate::tx::Tx;
use crate::{Result, Store, StoreError, proposals};
use sqlx::sqlite::SqliteRow;
use wheelhouse_protocol::chat::{Content, ConversationSummary, Message};
use wheelhouse_protocol::plan::Proposal;
use wheelhouse_protocol::{ConversationId, MessageId, Timestamp};

/// How much of the first request names a conversation.
const TITLE_CHARS: usize = 80;

impl Store {
    /// Conversations with at least one message that mentions `text`, newest first; all when it is empty.
    pub async fn conversations(&self, text: &str) -> Result<Vec<ConversationSummary>> {
        let rows = self
            .rows(
                sqlx::query(
                    "SELECT c.id, c.title, c.last_at, (SELECT COUNT(*) FROM messages m WHERE m.conversation = c.id) AS n
                     FROM conversations c
                     WHERE $1 = '%%' OR EXISTS
                         (SELECT 1 FROM messages m WHERE m.conversation = c.id AND m.text LIKE $1 ESCAPE '\\')
                     ORDER BY c.last_at DESC LIMIT 500",
                )
                .bind(contains(text)),
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ConversationSummary {
                    id: row.id("id")?,
                    title: row.text("title")?,
                    last_at: row.at("last_at")?,
                    messages: row.count("n")?,
                })
            })
            .collect()
    }

    /// Starts a conversation.
    pub async fn start_conversation(&self, id: ConversationId, at: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.run(
            sqlx::query("INSERT INTO conversations (id, title, created_at, last_at) VALUES ($1, '', $2, $2)")
                .bind(id.to_string())
                .bind(micros(at)),
        )
        .await?;
        tx.commit().await
    }

    /// A conversation's messages, oldest first, with the present state of their proposals.
    pub async fn messages(&self, conversation: ConversationId) -> Result<Vec<Message>> {
        let there =
            self.row(sqlx::query("SELECT 1 FROM conversations WHERE id = $1").bind(conversation.to_string())).await?;
        if there.is_none() {
            return Err(StoreError::NotFound { what: "conversation", id: conversation.to_string() });
        }
        let rows = self
            .rows(
                sqlx::query("SELECT * FROM messages WHERE conversation = $1 ORDER BY n").bind(conversation.to_string()),
            )
            .await?;
        let proposals = self
            .rows(
                sqlx::query("SELECT p.* FROM proposals p JOIN messages m ON m.plan = p.id WHERE m.conversation = $1")
                    .bind(conversation.to_string()),
            )
            .await?;
        let proposals: Vec<Proposal> = proposals.iter().map(proposals::read).collect::<Result<_>>()?;
        rows.iter().map(|row| read_message(row, &proposals)).collect()
    }

    /// Keeps a request and its reply together, or neither.
    pub async fn add_exchange(
        &self,
        conversation: ConversationId,
        request: (MessageId, &str),
        reply: MessageId,
        proposal: &Proposal,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        proposals::insert(&mut tx, proposal, Some(conversation)).await?;
        let title: String = request.1.trim().chars().take(TITLE_CHARS).collect();
        let at = proposal.made_at;
        let changed = tx
            .run(
                sqlx::query(
                    "UPDATE conversations SET last_at = $2, title = CASE WHEN title = '' THEN $3 ELSE title END
                     WHERE id = $1",
                )
                .bind(conversation.to_string())
                .bind(micros(at))
                .bind(title),
            )
            .await?;
        if changed == 0 {
            return Err(StoreError::NotFound { what: "conversation", id: conversation.to_string() });
        }
        insert_message(&mut tx, conversation, request.0, at, request.1, None).await?;
        let plan = Some(proposal.id.to_string());
        insert_message(&mut tx, conversation, reply, at, &proposal.reading.sentence, plan).await?;
        tx.commit().await
    }

    /// Adds a reply that a revision, retry or verify made without words.
    pub async fn add_proposal(&self, conversation: ConversationId, id: MessageId, proposal: &Proposal) -> Result<()> {
        let mut tx = self.begin().await?;
        proposals::insert(&mut tx, proposal, Some(conversation)).await?;
        let plan = Some(proposal.id.to_string());
        let text = &proposal.reading.sentence;
        insert_message(&mut tx, conversation, id, proposal.made_at, text, plan).await?;
        tx.commit().await
    }

    /// Removes one conversation, or all. Proposals stay: jobs and approvals refer to them.
    pub async fn clear_conversations(&self, id: Option<ConversationId>) -> Result<()> {
        let mut tx = self.begin().await?;
        let gone = tx
            .run(sqlx::query("DELETE FROM conversations WHERE $1 IS NULL OR id = $1").bind(id.map(|id| id.to_string())))
            .await?;
        if let (0, Some(id)) = (gone, id) {
            return Err(StoreError::NotFound { what: "conversation", id: id.to_string() });
        }
        tx.commit().await
    }
}

async fn insert_message(
    tx: &mut Tx<'_>,
    conversation: ConversationId,
    id: MessageId,
    at: Timestamp,
    text: &str,
    plan: Option<String>,
) -> Result<()> {
    tx.run(
        sqlx::query(
            "INSERT INTO messages (id, conversation, n, at, text, plan)
             SELECT $1, $2, COALESCE(MAX(n), 0) + 1, $3, $4, $5 FROM messages WHERE conversation = $2",
        )
        .bind(id.to_string())
        .bind(conversation.to_string())
        .bind(micros(at))
        .bind(text)
        .bind(plan),
    )
    .await?;
    Ok(())
}

fn read_message(row: &SqliteRow, proposals: &[Proposal]) -> Result<Message> {
    let content = match row.maybe_id("plan")? {
        Some(plan) => {
            let found = proposals.iter().find(|p| p.id == plan);
            let proposal = found.ok_or(StoreError::NotFound { what: "plan", id: plan.to_string() })?;
            Content::Proposal { proposal: Box::new(proposal.clone()) }
        }
        None => Content::Request { text: row.text("text")? },
    };
    Ok(Message { id: row.id("id")?, at: row.at("at")?, content })
}
