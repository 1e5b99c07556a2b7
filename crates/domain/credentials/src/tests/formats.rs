//! The same password and the same key in every format that people keep them in.

use super::{ALNUM, encoded, made, told};

fn password() -> String {
    format!("{}!{}", made(11, 6, ALNUM), made(12, 6, ALNUM))
}

fn key() -> String {
    made(13, 40, ALNUM)
}

/// Says what is found where `{P}` is a password, `{K}` a key, `{P64}` and `{UP64}` their base64.
fn filled(path: &str, text: &str) -> Vec<String> {
    let text = text
        .replace("{P}", &password())
        .replace("{K}", &key())
        .replace("{P64}", &encoded(&password()))
        .replace("{UP64}", &encoded(&format!("deploy:{}", password())));
    told(path, &text)
}

#[test]
fn passwords_and_keys_in_every_format() {
    for (path, text, said) in [
        (".env", "A=1\nDB_PASSWORD={P}\n", "2 password unknown"),
        (".env", "export API_KEY='{K}'\n", "1 named-secret unknown"),
        (".env.production", "SECRET_KEY_BASE=x\nAPP_SECRET=\"{K}\" # rotate\n", "2 named-secret unknown"),
        ("app.yaml", "db:\n  password: {P}\n", "2 password unknown"),
        ("app.yaml", "db: { user: cart, password: \"{P}\" }\n", "1 password unknown"),
        ("app.json", "{\"db\": {\"password\": \"{P}\"}}\n", "1 password unknown"),
        ("app.json", "{\"apiKey\":\"{K}\",\"a\":1}", "1 named-secret unknown"),
        ("app.toml", "[db]\npassword = \"{P}\"\n", "2 password unknown"),
        ("app.ini", "[db]\npassword = {P}\n", "2 password unknown"),
        ("app.properties", "spring.datasource.password={P}\n", "1 password unknown"),
        ("settings.xml", "<server>\n <password>{P}</password>\n</server>", "2 password unknown"),
        ("web.config", "<add connectionString=\"Server=db;User=cart;Password={P};\" />", "1 password unknown"),
        ("run.sh", "#!/bin/sh\nexport PGPASSWORD={P}\npsql\n", "2 password unknown"),
        ("Dockerfile", "FROM x\nENV API_TOKEN={K}\n", "2 named-secret unknown"),
        ("docker-compose.yml", "services:\n db:\n  environment:\n   - POSTGRES_PASSWORD={P}\n", "4 password unknown"),
        ("deploy.yaml", "env:\n- name: DB_PASSWORD\n  value: \"{P}\"\n", "3 password unknown"),
        ("task.json", "{\"name\": \"API_TOKEN\", \"value\": \"{K}\"}", "1 named-secret unknown"),
        ("secret.yaml", "kind: Secret\ndata:\n  password: {P64}\n", "3 password unknown"),
        ("secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  password: {P}\n", "4 password unknown"),
        (".npmrc", "//registry.test/:_authToken={K}\n", "1 named-secret unknown"),
        (".npmrc", "//registry.test/:_auth={UP64}\n", "1 basic-auth workload"),
        (".pypirc", "[private]\nusername = ada@shop.test\npassword = {P}\n", "3 password person"),
        (".netrc", "machine git.test login ada@shop.test password {P}\n", "1 password person"),
        (".netrc", "machine git.test\nlogin deploy\npassword {P}\n", "3 password unknown"),
        (".pgpass", "db.test:5432:shop:svc-cart:{P}\n", "1 password workload"),
        (".git-credentials", "https://ada.lovelace:{P}@git.test\n", "1 password-in-url person"),
        ("config.json", "{\"auths\":{\"r.test\":{\"auth\":\"{UP64}\"}}}", "1 basic-auth workload"),
        ("app.py", "conn = connect(password=\"{P}\")\n", "1 password unknown"),
        ("app.py", "os.environ[\"API_KEY\"] = '{K}'\n", "1 named-secret unknown"),
        ("app.go", "\tapiKey := \"{K}\"\n", "1 named-secret unknown"),
        ("app.rb", "config = { :password => '{P}' }\n", "1 password unknown"),
        ("main.tf", "variable \"x\" {\n  default_password = \"{P}\"\n}", "2 password unknown"),
        ("a.http", "GET /\nAuthorization: Bearer {K}\n", "2 bearer-token unknown"),
        ("a.http", "GET /\nAuthorization: Basic {UP64}\n", "2 basic-auth workload"),
        ("README.md", "see postgres://svc-cart:{P}@db.shop.test/cart\n", "1 password-in-url workload"),
        ("a.txt", "DATABASE_URL=postgres://cart:{P}@10.0.0.1:5432/cart\n", "1 password-in-url unknown"),
        ("a.txt", "redis://:{P}@cache.shop.test:6379", "1 password-in-url unknown"),
    ] {
        assert_eq!(filled(path, text), [said], "{path}: {text}");
    }
}

#[test]
fn the_secret_is_the_whole_value_and_nothing_else() {
    let secret = |path: &str, text: &str| {
        let text = text.replace("{P}", &password());
        crate::find(path, &text).found.iter().map(|found| found.secret.reveal() == password()).collect::<Vec<_>>()
    };
    for (path, text) in [
        (".env", "DB_PASSWORD={P}\r\nA=1"),
        (".env", "DB_PASSWORD=\"{P}\" # old"),
        ("a.yaml", "password: {P} # old"),
        ("a.yaml", "password: '{P}'"),
        ("a.json", "{\"password\":\"{P}\",\"a\":1}"),
        ("a.xml", "<password>{P}</password>"),
        ("a.config", "x=\"Password={P};a=b\""),
        (".netrc", "machine a login b password {P}"),
        ("a.txt", "amqp://cart:{P}@mq.shop.test/x"),
    ] {
        assert_eq!(secret(path, text), [true], "{path}: {text}");
    }
}

#[test]
fn a_secret_in_a_secret_is_read() {
    let docker =
        format!("{{\"auths\":{{\"r.test\":{{\"auth\":\"{}\"}}}}}}", encoded(&format!("ada@shop.test:{}", password())));
    let text = format!("kind: Secret\nmetadata:\n  name: pull\ndata:\n  .dockerconfigjson: {}\n", encoded(&docker));
    assert_eq!(told("pull.yaml", &text), ["5 basic-auth person"]);
    let plain = format!("kind: ConfigMap\ndata:\n  password: {}\n", password());
    assert_eq!(told("map.yaml", &plain), ["3 password unknown"]);
}

#[test]
fn defaults_that_everybody_knows_are_counted_and_not_told() {
    let text = "POSTGRES_PASSWORD=postgres\nREDIS_URL=redis://:redis@cache:6379\npassword: password\nMYSQL_ROOT_PASSWORD=root\n";
    let founds = crate::find("docker.env", text);
    assert_eq!((founds.found.len(), founds.defaults), (0, 4));
}
