//! Where things are below the data directory, and the lock on it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use seaworthy_contract::process::Desired;
use seaworthy_model::{ServiceId, VersionId};
use seaworthy_process::{Records, write_atomically};

use crate::{ProcessName, UpError};

/// Only its owner may look into it: boot messages and the environment of versions hold secrets.
const PRIVATE: u32 = 0o700;

/// The data directory.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    data: PathBuf,
}

impl Layout {
    pub(crate) fn new(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }

    /// Makes what is not there. A relative path would mean another place to a child elsewhere.
    pub(crate) fn create(data: &Path) -> Result<Self, UpError> {
        let fail = |error| UpError::Data { path: data.to_owned(), error };
        let layout = Self { data: std::path::absolute(data).map_err(fail)? };
        for directory in [layout.data.clone(), layout.run(), layout.gateway_data()] {
            DirBuilder::new().recursive(true).mode(PRIVATE).create(&directory).map_err(fail)?;
        }
        fs::set_permissions(layout.run(), Permissions::from_mode(PRIVATE)).map_err(fail)?;
        Ok(layout)
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn gateway_data(&self) -> PathBuf {
        self.data.join("gateway")
    }

    /// The gateway's own socket for break-glass.
    pub(crate) fn gateway_control(&self) -> PathBuf {
        self.run().join("gateway-control.sock")
    }

    pub(crate) fn handover(&self, name: ProcessName) -> PathBuf {
        self.run().join(format!("{name}.sock"))
    }

    pub(crate) fn log(&self, name: ProcessName) -> PathBuf {
        self.run().join(format!("{name}.log"))
    }

    pub(crate) fn records(&self) -> Records {
        Records::new(self.run().join("versions"))
    }

    /// Where the output of a version goes, from the data directory's own name on.
    pub(crate) fn shown_log(&self, service: &ServiceId, version: &VersionId) -> PathBuf {
        let log = self.records().log(service, version);
        log.strip_prefix(self.data.parent().unwrap_or(&self.data)).unwrap_or(&log).to_owned()
    }

    /// What the server desired last; `None` when it never did, or the file is damaged.
    pub(crate) fn desired(&self) -> Option<Desired> {
        serde_json::from_slice(&fs::read(self.desired_path()).ok()?).ok()
    }

    pub(crate) fn keep_desired(&self, desired: &Desired) -> io::Result<()> {
        write_atomically(&self.desired_path(), &serde_json::to_vec(desired)?)
    }

    /// Where services reached their dependencies last time: versions that still run know no other address.
    pub(crate) fn outbound(&self) -> Option<SocketAddr> {
        fs::read_to_string(self.outbound_path()).ok()?.trim().parse().ok()
    }

    pub(crate) fn keep_outbound(&self, address: SocketAddr) -> io::Result<()> {
        write_atomically(&self.outbound_path(), format!("{address}\n").as_bytes())
    }

    /// Takes the lock, for as long as the file is open.
    pub(crate) fn lock(&self) -> Result<File, UpError> {
        let path = self.lock_path();
        let fail = |error| UpError::Data { path: path.clone(), error };
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(fail(error)),
            Err(TryLockError::WouldBlock) => {
                let holder = read_pid(&mut file).map_or("unknown".to_owned(), |pid| format!("process {pid}"));
                return Err(UpError::Locked { path: self.data.clone(), holder });
            }
        }
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        write(&mut file).map_err(fail)?;
        Ok(file)
    }

    /// Returns the process that holds the lock; `None` when nobody does.
    pub(crate) fn holder(&self) -> Option<u32> {
        let mut file = File::open(self.lock_path()).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read_pid(&mut file),
            _ => None,
        }
    }

    fn run(&self) -> PathBuf {
        self.data.join("run")
    }

    fn lock_path(&self) -> PathBuf {
        self.run().join("up.lock")
    }

    fn desired_path(&self) -> PathBuf {
        self.run().join("desired.json")
    }

    fn outbound_path(&self) -> PathBuf {
        self.run().join("outbound")
    }
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
