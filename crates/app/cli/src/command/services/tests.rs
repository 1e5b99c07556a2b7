//! What a person reads in `seaworthy services`.

use expect_test::expect;

use super::{one, table};
use crate::fixture::{from, idle_json, service, view};
use crate::view::View;

#[test]
fn each_has_owner_version_and_source() {
    let services = [service(), from(idle_json())];
    expect![[r#"
        SERVICE   TIER  OWNER  VERSION  DESCRIPTION                                   SOURCE
        checkout     1  shop   v1       Customers see their basket and place orders.  production/checkout.yaml:3
        search       1  shop   -        -                                             production/search.yaml:1"#]]
    .assert_eq(&table(&services, &view()));
    expect![[r#"
        SERVICE   TIER  OWNER  VERSION  DESCRIPTION         SOURCE
        checkout     1  shop   v1       Customers see the…  …n/checkout.yaml:3
        search       1  shop   -        -                   …ion/search.yaml:1"#]]
    .assert_eq(&table(&services, &View { columns: Some(70), ..view() }));
    expect![["no services; `seaworthy apply DIR` declares them"]].assert_eq(&table(&[], &view()));
}

#[test]
fn one_in_full() {
    expect![[r#"
        checkout v2 serves 5% of users.
        Customers see their basket and place orders.
        owner     shop, tier 1
        on call   Ines Ek (ines) for 3 days more, then tomas
        version   v1 (stable): became healthy 2 days ago, at 127.0.0.1:20001
        version   v2 (canary): went down 5 s ago, is being started again
        route     /checkout of shop.example
        route     /basket of every host
        needs     payments of money; 59,836 calls seen since the server started
        uses      mail which nobody declared; 0 calls seen since the server started
        source    production/checkout.yaml:3, read 1 h ago, ledger #9"#]]
    .assert_eq(&one(&service(), &view()));
    expect![[r#"
        search is known, but no version of it was shipped through Seaworthy.
        owner     shop, tier 1
        on call   nobody
        source    production/search.yaml:1, read 1 h ago, ledger #9"#]]
    .assert_eq(&one(&from(idle_json()), &view()));
}
