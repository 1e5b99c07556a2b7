//! Writes every page, made from the tests' values, into a directory, to be looked at:
//! `cargo run -p seaworthy-portal --example render -- DIR`.

mod controls;
mod data;
mod downtime;
mod incidents;
mod me;
mod probed;
mod readiness;
mod rota;
mod shown;
mod watched;
mod week;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let dir = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    for asset in seaworthy_portal::assets() {
        let file = dir.join(asset.path().trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().expect("an asset has a folder"))?;
        std::fs::write(file, asset.bytes)?;
    }
    for (name, html) in shown::pages() {
        std::fs::write(dir.join(format!("{name}.html")), html)?;
    }
    println!("{}", dir.display());
    Ok(())
}
