//! Placeholders, references, types and sentences: no credentials.

use super::told;

#[test]
fn placeholders_are_none() {
    for value in [
        "",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "$(cat /run/secrets/x)",
        "{{ .Values.password }}",
        "<token>",
        "<%= ENV['X'] %>",
        "changeme",
        "CHANGE_ME",
        "change-me-please",
        "your-password-here",
        "YOUR_API_KEY",
        "xxxxxxxx",
        "********",
        "replace-me",
        "example-password-1",
        "dummy",
        "%(password)s",
        "%PASSWORD%",
        "@PASSWORD@",
        "null",
        "none",
        "true",
        "string",
        "required",
        "REDACTED",
        "[redacted]",
        "...",
        "todo",
        "/run/secrets/db",
        "./secret.txt",
        "file:///x",
        "vault:secret/data/x#y",
        "arn:aws:secretsmanager:eu-west-1:1:secret:x",
        "op://vault/item/field",
        "ENC[AES256_GCM,data:abcd]",
        "!vault |",
        "|",
        ">-",
        "DB_PASSWORD",
        "$2y$10$abcdefghijklmnopqrstuv",
        "sha256:abcdef",
        "process.env.DB_PASSWORD",
        "os.environ['X']",
        "*default",
        "Enter your password",
        "fake-password",
        "not-a-real-password",
        "sample",
        "getenv('X')",
        "12345678901",
    ] {
        for (path, text) in [
            (".env", format!("DB_PASSWORD={value}")),
            ("a.yaml", format!("password: {value}")),
            ("a.yaml", format!("api_token: \"{value}\"")),
            ("a.py", format!("password = \"{}\"", value.replace('"', "'"))),
        ] {
            assert_eq!(told(path, &text), Vec::<String>::new(), "{path}: {text}");
        }
    }
}

#[test]
fn names_about_secrets_are_none() {
    for name in [
        "PASSWORD_FILE",
        "password_min_length",
        "tokenUrl",
        "TOKEN_EXPIRY",
        "secretName",
        "secret_id",
        "passwordField",
        "password_hash",
        "enable_password",
        "forgot_password",
        "max_token",
        "public_key",
        "key",
        "keyboard",
        "tokenizer",
        "nextToken",
        "password_policy",
        "secretKeyRef",
        "token_type",
        "authTokenHeader",
        "monkey",
        "compass",
        "bypass_list",
        "author",
        "client_id",
    ] {
        let text = format!("{name}: Zk3vQ9xT7mWp2LbR8sYd\n");
        assert_eq!(told("a.yaml", &text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn values_that_are_names_are_none() {
    for value in [
        "payments-tls",
        "my-app-token-v2",
        "com.shop.Token",
        "kv/data/shop",
        "shop-api-credentials-2024",
        "sha1",
        "cluster-admin-token-x",
        "https://shop.test/oauth/token",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "the quick brown fox jumps 1",
    ] {
        assert_eq!(told("a.yaml", &format!("secret: {value}\ntoken: {value}\n")), Vec::<String>::new(), "{value}");
    }
}

#[test]
fn code_counts_in_quotes_only() {
    for text in [
        "password = getpass()",
        "let password = config.password;",
        "fn login(password: &str, token: AccessTokenV2Response123) {}",
        "if password == \"\" {",
        "self.api_key = api_key_from_environment_1",
        "password: String,",
        "const TOKEN_KEY = \"token\";",
    ] {
        for path in ["a.rs", "a.py", "a.ts"] {
            assert_eq!(told(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }
}

#[test]
fn addresses_of_documents_are_none() {
    for text in [
        "https://user:password@example.com/",
        "postgres://user:pass@host/db",
        "https://${USER}:${PASS}@git.test/x",
        "http://host:8080/a@b",
        "https://a.test/x:y@z",
        "git@git.test:a/b.git",
        "mailto:a@b.test",
        "postgres://user:<password>@db.test/x",
        "ssh://git@git.test:22/x",
        "https://shop:sUpErCoMpLeX1@shop.example.com/",
    ] {
        assert_eq!(told("a.yaml", &format!("url: {text}\n")), Vec::<String>::new(), "{text}");
    }
}
