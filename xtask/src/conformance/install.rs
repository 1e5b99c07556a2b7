//! Debian's packages, unpacked below the target directory: nothing is installed, nobody needs to be root.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Outcome, command, run, target};

/// Where Debian's Alertmanager looks for its templates, whatever it is told.
const TEMPLATES: &str = "/usr/share/prometheus/alertmanager/default.tmpl";

/// Shows a program another `/usr/share` than everybody else sees, and becomes it.
const ELSEWHERE: &str = "mount --bind \"$0\" /usr/share && exec \"$@\"";

/// What is run.
pub(crate) struct Programs {
    pub(crate) prometheus: PathBuf,
    pub(crate) promtool: PathBuf,
    pub(crate) victoria: PathBuf,
    pub(crate) chasquid: PathBuf,
    pub(crate) chasquid_util: PathBuf,
    alertmanager: PathBuf,
    share: PathBuf,
}

impl Programs {
    /// A command that runs Alertmanager: in a mount namespace of its own where its package is not installed.
    pub(crate) fn alertmanager(&self) -> Command {
        if Path::new(TEMPLATES).is_file() {
            return command(&self.alertmanager);
        }
        let mut unshare = command("unshare");
        unshare.args(["--map-root-user", "--mount", "sh", "-c", ELSEWHERE]).arg(&self.share).arg(&self.alertmanager);
        unshare
    }
}

/// Returns the programs, fetched and unpacked where they are missing.
///
/// # Errors
/// When apt-get cannot fetch them or dpkg cannot unpack them.
pub(crate) fn programs() -> Outcome<Programs> {
    let folder = target().join("conformance/debian");
    std::fs::create_dir_all(&folder).map_err(|error| format!("could not make \"{}\": {error}", folder.display()))?;
    let bin = folder.join("x/usr/bin");
    let program = |package: &str, name: &str| -> Outcome<PathBuf> {
        let path = bin.join(name);
        if !path.is_file() {
            unpack(&folder, package)?;
        }
        if path.is_file() {
            Ok(path)
        } else {
            Err(format!("the Debian package \"{package}\" has no program \"{name}\""))
        }
    };
    Ok(Programs {
        prometheus: program("prometheus", "prometheus")?,
        promtool: program("prometheus", "promtool")?,
        victoria: program("victoria-metrics", "victoria-metrics")?,
        chasquid: program("chasquid", "chasquid")?,
        chasquid_util: program("chasquid", "chasquid-util")?,
        alertmanager: program("prometheus-alertmanager", "prometheus-alertmanager")?,
        share: folder.join("x/usr/share"),
    })
}

fn unpack(folder: &Path, package: &str) -> Outcome {
    if file(folder, package).is_none() {
        let fetched = run(command("apt-get").args(["download", "--quiet", package]).current_dir(folder));
        fetched.map_err(|error| format!("{error}\nhint: this needs Debian; as root: apt-get update"))?;
    }
    let file = file(folder, package).ok_or_else(|| format!("apt-get fetched no file of \"{package}\""))?;
    run(command("dpkg").arg("-x").arg(file).arg(folder.join("x")))
}

/// The package's file, if it was fetched before.
fn file(folder: &Path, package: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    files.into_iter().find(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with(&format!("{package}_")) && name.ends_with(".deb")
    })
}
