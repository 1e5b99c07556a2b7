//! `screenshot`: pictures of pages in headless Chromium, for people who review how a page looks.

use std::path::{Path, PathBuf};

use seaworthy_browser::{Page, Scheme};

use crate::args::Args;
use crate::prepare::chromium;
use crate::shell::{Outcome, root};

/// A phone and a desk, the two widths the pages are designed at.
const WIDTHS: &str = "390,1280";

/// The window's height in CSS pixels; the picture holds the whole page all the same.
const HEIGHT: u32 = 900;

/// Takes a picture of every URL at every width in every scheme.
///
/// # Errors
/// When there is no browser, a page does not load or a picture cannot be written.
pub(crate) fn run(mut args: Args) -> Outcome {
    let out = args.value("--out")?.ok_or("where to? name a folder with --out DIR")?;
    let widths = args.value("--width")?.unwrap_or_else(|| WIDTHS.into());
    let schemes = schemes(&args.value("--scheme")?.unwrap_or_else(|| "both".into()))?;
    let sign_in = args.value("--sign-in")?;
    let urls: Vec<String> = std::iter::from_fn(|| args.word()).collect();
    args.finish()?;
    if urls.is_empty() {
        return Err("which page? name at least one URL".into());
    }
    let browser = chromium().ok_or("there is no chromium here\nhint: apt-get install chromium")?;
    let mut page = Page::start(&browser).map_err(|error| error.to_string())?;
    if let Some(link) = sign_in {
        page.open(&link).map_err(|error| error.to_string())?;
    }
    let out = root().join(out);
    std::fs::create_dir_all(&out).map_err(|error| format!("could not make \"{}\": {error}", out.display()))?;
    for url in &urls {
        for width in widths.split(',') {
            let width = width.parse().map_err(|_| format!("a width is a number of pixels, found \"{width}\""))?;
            for scheme in &schemes {
                take(&mut page, url, width, *scheme, &out)?;
            }
        }
    }
    Ok(())
}

fn schemes(word: &str) -> Outcome<Vec<Scheme>> {
    match word {
        "light" => Ok(vec![Scheme::Light]),
        "dark" => Ok(vec![Scheme::Dark]),
        "both" => Ok(vec![Scheme::Light, Scheme::Dark]),
        _ => Err(format!("a scheme is light, dark or both, found \"{word}\"")),
    }
}

fn take(page: &mut Page, url: &str, width: u32, scheme: Scheme, out: &Path) -> Outcome {
    let picture = page.look(width, HEIGHT, scheme).and_then(|()| page.open(url)).and_then(|()| page.picture());
    let picture = picture.map_err(|error| error.to_string())?;
    let file = file_of(url, width, scheme, out);
    std::fs::write(&file, picture).map_err(|error| format!("could not write \"{}\": {error}", file.display()))?;
    println!("{}", file.display());
    for complaint in page.complaints() {
        eprintln!("warning: {url}: {complaint}");
    }
    Ok(())
}

/// A name made of the page's path, the width and the scheme: `rollouts-17-390-dark.png`.
fn file_of(url: &str, width: u32, scheme: Scheme, out: &Path) -> PathBuf {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let words: Vec<&str> = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = if words.is_empty() { "home".to_owned() } else { words.join("-") };
    out.join(format!("{name}-{width}-{}.png", scheme.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_pages() {
        let name = |url| file_of(url, 390, Scheme::Dark, Path::new("x")).display().to_string();
        assert_eq!(name("http://127.0.0.1:8080/"), "x/home-390-dark.png");
        assert_eq!(name("http://127.0.0.1:8080/rollouts/17?arm=both"), "x/rollouts-17-arm-both-390-dark.png");
    }
}
