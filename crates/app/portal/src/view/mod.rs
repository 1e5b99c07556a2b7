//! One struct a page.

mod downtime;
mod error;
mod home;
mod ledger;
mod page;
mod pages;
mod ready;
mod rollout;
mod rollouts;
mod service;
mod services;
mod sign_in;
mod who;
mod words;

pub use downtime::{DowntimeFacts, DowntimePage, days_of, month_of};
pub use error::ErrorPage;
pub use home::{HomeFacts, HomePage};
pub use ledger::LedgerView;
pub use page::{PageFacts, PagePage};
pub use pages::PagesPage;
pub use ready::ReadyPage;
pub use rollout::{RolloutFacts, RolloutPage};
pub use rollouts::RolloutsPage;
pub use service::{ServiceFacts, ServicePage};
pub use services::ServicesPage;
pub use sign_in::SignInPage;
pub use who::WhoPage;
