//! An operator's words and an inventory become a plan, a question, a refusal or an answer. Pure.
