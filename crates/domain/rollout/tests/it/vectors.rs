//! Every vector of the reference: 603 values to 1e-9, 180 decisions exactly.

use seaworthy_rollout::judge::{BelowCeiling, JointShift, MetricSpec, RateRatio, Trial, TrialSpec};
use serde_json::Value;

const VECTORS: &str = include_str!("../../vectors/canary.json");

#[derive(Default)]
struct Tally {
    values: usize,
    decisions: usize,
    worst: f64,
}

impl Tally {
    fn value(&mut self, got: f64, want: &Value, at: &Value) {
        let want: f64 = want.as_str().and_then(|s| s.parse().ok()).expect("a number in quotes");
        let off = (got - want).abs() / want.abs().max(1.0);
        assert!(off <= 1e-9, "{at}: {got} instead of {want}");
        self.values += 1;
        self.worst = self.worst.max(off);
    }
}

fn real(v: &Value) -> f64 {
    v.as_f64().expect("a number")
}

fn count(v: &Value) -> u64 {
    v.as_u64().expect("a count")
}

fn list(v: &Value) -> &[Value] {
    v.as_array().expect("a list")
}

fn reals(v: &Value) -> Vec<f64> {
    list(v).iter().map(real).collect()
}

fn rate_ratio(v: &Value, tally: &mut Tally) {
    let mut e = RateRatio::new(&reals(&v["grid"]), real(&v["r0"]), real(&v["start_mass"])).expect("in range");
    for (op, want) in list(&v["ops"]).iter().zip(list(&v["log_e"])) {
        match op[0].as_str() {
            Some("r") => e.restart(real(&op[1])),
            _ => e.update(real(&op[1]), count(&op[2]), count(&op[3]), real(&v["temper"])),
        }
        tally.value(e.log_e(), want, &v["name"]);
    }
}

fn joint_shift(v: &Value, tally: &mut Tally) {
    let odds = reals(&v["odds"]).try_into().expect("four");
    let mut e = JointShift::new(real(&v["theta_b"]), odds).expect("in range");
    for (op, want) in list(&v["ops"]).iter().zip(list(&v["log_e"])) {
        let n = [&op[1], &op[2]].map(count);
        e.update(real(&op[0]), n, [&op[3], &op[4]].map(count), 1.0);
        tally.value(e.log_e(), want, &v["kind"]);
    }
}

fn below_ceiling(v: &Value, tally: &mut Tally) {
    let mut e = BelowCeiling::new(real(&v["q"])).expect("in range");
    for (op, want) in list(&v["ops"]).iter().zip(list(&v["log_e"])) {
        e.update(count(&op[0]), count(&op[1]));
        tally.value(e.log_e(), want, &v["kind"]);
    }
}

fn rollout(v: &Value, tally: &mut Tally) {
    let metric = |m: &Value| MetricSpec {
        weight: real(&m["weight"]),
        tolerance: real(&v["tolerance"]),
        margin: real(&v["margin"]),
        ceiling: m["ceiling"].as_f64(),
        start_mass: 1.0,
    };
    let metrics = list(&v["metrics"]).iter().map(metric).collect();
    let [alpha, hold, beta] = ["alpha", "hold", "beta"].map(|k| real(&v[k]));
    let mut trial = Trial::new(&TrialSpec { metrics, alpha, hold, beta, min_n: count(&v["min_n"]) }).expect("in range");
    let wants = list(&v["decisions"]).iter().zip(list(&v["log_e"]));
    for (tick, (decision, want)) in list(&v["ticks"]).iter().zip(wants) {
        let (share, n_c) = (real(&tick[0]), count(&tick[1]));
        trial.metrics_mut()[0].update(share, n_c, count(&tick[2]), count(&tick[3]), 1.0);
        trial.metrics_mut()[1].update(share, n_c, count(&tick[4]), count(&tick[5]), 1.0);
        assert_eq!(Some(trial.decide().as_str()), decision.as_str(), "{}", v["name"]);
        tally.decisions += 1;
        tally.value(trial.log_e(), want, &v["name"]);
    }
}

#[test]
fn every_vector_agrees() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
    let mut tally = Tally::default();
    for v in list(&vectors["vectors"]) {
        match v["kind"].as_str().expect("a kind") {
            "rate_ratio" => rate_ratio(v, &mut tally),
            "joint_shift" => joint_shift(v, &mut tally),
            "below_ceiling" => below_ceiling(v, &mut tally),
            "rollout" => rollout(v, &mut tally),
            other => panic!("unknown kind {other}"),
        }
    }
    assert_eq!((tally.values, tally.decisions), (603, 180));
    println!("worst difference {:e}", tally.worst);
}
