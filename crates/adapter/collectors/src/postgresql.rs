//! PostgreSQL itself: which roles connect and may write in which database, asked by the user's own `psql`.
//!
//! Two fixed statements, each in a read-only session with a time limit; no driver, no password of ours. Names of
//! databases leave, names of roles do not: a role may be somebody's own.
//!
//! Source: PostgreSQL 17, chapters 9.27 (access privilege functions) and 27.2 (`pg_stat_activity`).

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Command, Stdio};

use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "postgresql",
    reads: "a server of PostgreSQL by its connection string, such as postgresql://host/ or service=NAME, through psql",
    collect,
};

/// Most that psql may print.
const OUTPUT_BYTES_MAX: u64 = 8 << 20;
/// Most databases that are asked, each by a connection of its own.
const DATABASES_MAX: usize = 200;

/// Databases; roles that connect now; roles with login; of these, those that may do anything; where this is.
const OF_THE_INSTANCE: &str = "\
SELECT 'd', datname FROM pg_database WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres'
UNION ALL SELECT 'c', usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND usename IS NOT NULL
UNION ALL SELECT 'l', rolname FROM pg_roles WHERE rolcanlogin
UNION ALL SELECT 's', rolname FROM pg_roles WHERE rolcanlogin AND rolsuper
UNION ALL SELECT 'p', current_setting('port')";

/// Roles with login that may write in this database: own it, may make schemas or tables, or may change a table. Roles
/// that may do anything are counted apart. The last row says whether every role may; `pg_settings`, which every role may
/// write on a fresh server, is nobody's data.
const OF_A_DATABASE: &str = "\
SELECT 'w', r.rolname FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper
 AND has_database_privilege(r.oid, current_database(), 'CONNECT') AND (
  has_database_privilege(r.oid, current_database(), 'CREATE')
  OR EXISTS (SELECT 1 FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
   AND has_schema_privilege(r.oid, n.oid, 'CREATE'))
  OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
   AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND has_schema_privilege(r.oid, n.oid, 'USAGE')
   AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')))
UNION ALL SELECT 'a', 'all' WHERE EXISTS (SELECT 1 FROM pg_namespace n, aclexplode(n.nspacl) a
  WHERE a.grantee = 0 AND a.privilege_type = 'CREATE' AND n.nspname NOT LIKE 'pg\\_%')
 OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
  WHERE a.grantee = 0 AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema')";

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let connection = asked.path.to_string_lossy();
    let refused = |why: &str| CollectError::Program { program: "psql", why: why.to_owned() };
    if holds_password(&connection) {
        return Err(refused("the connection holds a password, which every user of this machine could read"));
    }
    let instance = rows(&connection, None, OF_THE_INSTANCE)?;
    let of = |kind: &str| -> Vec<&String> {
        let mut names: Vec<&String> = instance.iter().filter(|(own, _)| own == kind).map(|(_, name)| name).collect();
        names.sort();
        names.dedup();
        names
    };
    let databases = of("d");
    if databases.len() > DATABASES_MAX {
        return Err(refused(&format!("{} databases are over {DATABASES_MAX}", databases.len())));
    }
    let mut writers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut by_all = Vec::new();
    for database in &databases {
        for (kind, name) in rows(&connection, Some(database), OF_A_DATABASE)? {
            match kind.as_str() {
                "w" => writers.entry(database.as_str()).or_default().push(name),
                _ => by_all.push((*database).clone()),
            }
        }
    }
    let mut facts = Facts::of(source(&connection, of("p").first().map_or("5432", |port| port.as_str())));
    facts.count("database.all", databases.len());
    facts.count("database.roles_connected", of("c").len());
    facts.count("database.roles_with_login", of("l").len());
    facts.count("database.superusers", of("s").len());
    facts.list(
        "database.shared",
        writers.iter().filter(|(_, roles)| roles.len() > 1).map(|(name, _)| (*name).to_owned()),
    );
    facts.count("database.consumers_most", writers.values().map(Vec::len).max().unwrap_or(0));
    facts.list("database.writable_by_all", by_all);
    let mut anywhere: Vec<&String> = writers.values().flatten().collect();
    anywhere.sort();
    anywhere.dedup();
    facts.count("database.consumers_of_instance", anywhere.len());
    Ok(facts)
}

/// Returns whether a connection string holds a password, in a URL or by keyword.
fn holds_password(connection: &str) -> bool {
    let in_url = connection.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    in_url || connection.contains("password=")
}

/// Returns the server's name and port, without user and database.
fn source(connection: &str, port: &str) -> String {
    let host = match connection.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?']).next().unwrap_or_default().rsplit('@').next().unwrap_or_default(),
        None => connection.split_whitespace().find_map(|part| part.strip_prefix("host=")).unwrap_or_default(),
    };
    let host = host.split(':').next().filter(|host| !host.is_empty() && !host.starts_with('/')).unwrap_or("local");
    format!("{host}:{port}")
}

/// Runs one statement, and returns its rows of two columns.
fn rows(connection: &str, database: Option<&str>, statement: &str) -> Result<Vec<(String, String)>, CollectError> {
    let failed = |why: String| CollectError::Program { program: "psql", why };
    let mut command = Command::new("psql");
    // No file of the user's is run, nothing is asked, and the first mistake ends it.
    command.args([
        "--no-psqlrc",
        "--no-password",
        "--tuples-only",
        "--no-align",
        "--field-separator=\t",
        "--set=ON_ERROR_STOP=1",
    ]);
    command.args(["--command", statement, "--dbname", connection]);
    command.env("PGOPTIONS", "-c default_transaction_read_only=on -c statement_timeout=10s");
    command.env("PGCONNECT_TIMEOUT", "10");
    if let Some(database) = database {
        command.env("PGDATABASE", database);
        if !connection.is_empty() {
            command.args(["--dbname", &in_database(connection, database)]);
        }
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("it could not be started: {error}")))?;
    let mut out = String::new();
    let stdout = child.stdout.take().expect("stdout is piped");
    let read = stdout.take(OUTPUT_BYTES_MAX).read_to_string(&mut out);
    let ended = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if !ended.status.success() || read.is_err() {
        let said = String::from_utf8_lossy(&ended.stderr);
        return Err(failed(said.lines().next().unwrap_or("it gave no reason").trim_start_matches("psql: ").to_owned()));
    }
    Ok(out
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(kind, name)| (kind.to_owned(), name.to_owned()))
        .collect())
}

/// Returns the same connection to another database.
fn in_database(connection: &str, database: &str) -> String {
    let Some((scheme, rest)) = connection.split_once("://") else {
        let quoted = database.replace('\\', "\\\\").replace('\'', "\\'");
        return format!("{connection} dbname='{quoted}'");
    };
    let (address, parameters) = rest.split_once('?').map_or((rest, None), |(address, rest)| (address, Some(rest)));
    let authority = address.split('/').next().unwrap_or_default();
    let escaped: String = database
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let parameters = parameters.map(|rest| format!("?{rest}")).unwrap_or_default();
    format!("{scheme}://{authority}/{escaped}{parameters}")
}
