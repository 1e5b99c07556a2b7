//! What is around every page: masthead, flash, footer with the state it was made from.

use askama::Template;
use jiff::Timestamp;
use seaworthy_model::Position;

use crate::asset;
use crate::part::{LedgerLink, Prose, When};

/// Places of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// `/`
    Home,
    /// `/services`
    Services,
    /// `/rollouts`
    Rollouts,
    /// `/objectives`
    Objectives,
    /// `/alerts`, with rules and the weekly review
    Alerts,
    /// `/pages`
    Pages,
    /// `/rotations`
    OnCall,
    /// `/downtime`
    Downtime,
    /// `/ledger`
    Ledger,
    /// None of them.
    Other,
}

/// What a page is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The server's time.
    pub now: Timestamp,
    /// Position of the last event folded in.
    pub position: Position,
    /// Whether the store takes writes.
    pub writable: bool,
}

/// What just happened, said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Whether it is a refusal.
    pub refused: bool,
    /// The sentence.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What the reader may do on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights {
    /// The form token of their session; none without a session, and then there are no forms.
    pub csrf: Option<String>,
    /// Whether their team owns the service, or they are an admin.
    pub may_change: bool,
}

impl Rights {
    /// Returns the form token when forms may be shown.
    pub(crate) fn token(&self) -> Option<String> {
        self.csrf.clone().filter(|_| self.may_change)
    }
}

/// What is around a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chrome {
    /// What it is made from; none before sign-in, where nothing of the state is shown.
    pub state: Option<State>,
    /// The form token of the session, for signing out.
    pub csrf: Option<String>,
    /// Who reads, in a word; none before sign-in and on the page of a link.
    pub reader: Option<String>,
    /// Path and query of the page, for refreshing it in place.
    pub path: String,
    /// What just happened.
    pub flash: Option<Flash>,
}

/// A page.
pub trait PageView: Template {
    /// Its title, without the product's name.
    fn title(&self) -> String;

    /// Its place in the navigation.
    fn nav(&self) -> Nav {
        Nav::Other
    }

    /// Whether the masthead has the one box.
    fn has_box(&self) -> bool {
        true
    }
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    title: String,
    view: View<'a>,
    signed_in: bool,
    links: Vec<(&'static str, &'static str, bool)>,
    with_box: bool,
    csrf: Option<&'a str>,
    reader: Option<&'a str>,
    path: &'a str,
    flash: Option<Said<'a>>,
    css: String,
    mark: String,
    scripts: [String; 3],
}

/// A flash, ready to print.
struct Said<'a> {
    refused: bool,
    text: &'a str,
    hint: Option<Prose>,
}

fn said(flash: &Flash) -> Said<'_> {
    Said { refused: flash.refused, text: &flash.text, hint: flash.hint.as_deref().map(Prose::new) }
}

/// The part that is replaced while a page is open.
#[derive(Template)]
#[template(path = "view.html")]
struct View<'a> {
    main: &'a str,
    stopped: bool,
    state: Option<(LedgerLink, When)>,
}

impl askama::filters::HtmlSafe for View<'_> {}

/// Renders a whole document.
pub fn render(chrome: &Chrome, page: &impl PageView) -> String {
    let main = print(page);
    let place = |nav, href, name| (href, name, page.nav() == nav);
    let layout = Layout {
        title: page.title(),
        view: view(chrome, &main),
        signed_in: chrome.state.is_some(),
        links: vec![
            place(Nav::Home, "/", "Now"),
            place(Nav::Services, "/services", "Services"),
            place(Nav::Rollouts, "/rollouts", "Rollouts"),
            place(Nav::Objectives, "/objectives", "Objectives"),
            place(Nav::Alerts, "/alerts", "Alerts"),
            place(Nav::Pages, "/pages", "Pages"),
            place(Nav::OnCall, "/rotations", "On call"),
            place(Nav::Downtime, "/downtime", "Downtime"),
            place(Nav::Ledger, "/ledger", "Ledger"),
        ],
        with_box: chrome.state.is_some() && page.has_box(),
        csrf: chrome.csrf.as_deref(),
        reader: chrome.reader.as_deref(),
        path: &chrome.path,
        flash: chrome.flash.as_ref().map(said),
        css: asset::path("seaworthy.css"),
        mark: asset::path("mark.svg"),
        scripts: [asset::path("htmx.js"), asset::path("sse.js"), asset::path("portal.js")],
    };
    print(&layout)
}

/// Renders what is replaced while a page is open: the page itself and the state it was made from.
pub fn render_part(chrome: &Chrome, page: &impl PageView) -> String {
    print(&view(chrome, &print(page)))
}

fn view<'a>(chrome: &Chrome, main: &'a str) -> View<'a> {
    View {
        main,
        stopped: chrome.state.is_some_and(|state| !state.writable),
        state: chrome.state.map(|state| (LedgerLink::new(state.position), When::clock(state.now))),
    }
}

fn print(template: &impl Template) -> String {
    template.render().expect("templates print to a string, which takes everything")
}
