//! What pages load besides themselves: one style sheet, the vendored scripts and ours, the mark. Names carry a hash of
//! the content, so browsers keep them for ever and never an old one.

use std::sync::LazyLock;

/// A file for browsers. It holds no data of anybody, so it needs no credential: the sign-in page uses it too.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    /// File name.
    pub name: &'static str,
    /// Hash of the content, in hex: the folder in its address.
    pub hash: String,
    /// Its type, for the header.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

impl Asset {
    /// Returns where browsers find it.
    pub fn path(&self) -> String {
        format!("/static/{}/{}", self.hash, self.name)
    }
}

/// The style sheet: the same files in the same order as the layers are declared.
pub(crate) const CSS: &str = concat!(
    "@layer tokens, base, layout, components, print;\n",
    include_str!("../static/css/tokens.css"),
    include_str!("../static/css/base.css"),
    include_str!("../static/css/layout.css"),
    include_str!("../static/css/components/masthead.css"),
    include_str!("../static/css/components/button.css"),
    include_str!("../static/css/components/chip.css"),
    include_str!("../static/css/components/evidence.css"),
    include_str!("../static/css/components/figure.css"),
    include_str!("../static/css/components/chart.css"),
    include_str!("../static/css/components/burn.css"),
    include_str!("../static/css/components/ladder.css"),
    include_str!("../static/css/components/clocks.css"),
    include_str!("../static/css/components/rows.css"),
    include_str!("../static/css/components/table.css"),
    include_str!("../static/css/components/timeline.css"),
    include_str!("../static/css/components/action.css"),
    include_str!("../static/css/components/empty.css"),
    include_str!("../static/css/components/flash.css"),
    include_str!("../static/css/components/months.css"),
    include_str!("../static/css/components/rota.css"),
    include_str!("../static/css/components/week.css"),
    include_str!("../static/css/components/keys.css"),
    include_str!("../static/css/components/print.css"),
);

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    [
        asset("seaworthy.css", "text/css; charset=utf-8", CSS.as_bytes()),
        asset("htmx.js", SCRIPT, include_bytes!("../static/vendor/htmx.min.js")),
        asset("sse.js", SCRIPT, include_bytes!("../static/vendor/hx-sse.min.js")),
        asset("portal.js", SCRIPT, include_bytes!("../static/js/portal.js")),
        asset("mark.svg", "image/svg+xml", include_bytes!("../static/mark.svg")),
    ]
});

/// Returns every asset.
pub fn assets() -> &'static [Asset] {
    ASSETS.as_slice()
}

/// Returns the asset of this hash and name; an old hash finds nothing.
pub fn asset_at(hash: &str, name: &str) -> Option<&'static Asset> {
    assets().iter().find(|asset| asset.name == name && asset.hash == hash)
}

/// Returns the address of an asset that is known to be there.
pub(crate) fn path(name: &str) -> String {
    assets().iter().find(|asset| asset.name == name).map(Asset::path).unwrap_or_default()
}

fn asset(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, hash: format!("{:016x}", fnv(bytes)), content_type, bytes }
}

/// FNV-1a, 64 bits: tells versions of our own files apart; nobody's safety hangs on it.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
