"""Sends ten orders, of which two failed, and how long ten answers and ten searches took, as any program does that uses
OpenTelemetry. Answers are a histogram with bounds, searches an exponential one."""

import sys

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource

portal, token = sys.argv[1], open(sys.argv[2]).read()
exporter = OTLPMetricExporter(endpoint=f"{portal}/v1/metrics", headers={"authorization": f"Bearer {token}"})
provider = MeterProvider(
    metric_readers=[PeriodicExportingMetricReader(exporter)],
    resource=Resource({"service.name": "shop", "service.instance.id": "one"}),
    views=[View(instrument_name="search.duration", aggregation=ExponentialBucketHistogramAggregation())],
)
meter = provider.get_meter("shop")
orders = meter.create_counter("orders")
bounds = [0.1, 0.3, 1.0]
answers = meter.create_histogram("answer.duration", unit="s", explicit_bucket_boundaries_advisory=bounds)
searches = meter.create_histogram("search.duration", unit="s")
for number in range(10):
    orders.add(1, {"http.response.status_code": 500 if number < 2 else 200})
    # 10, 60, .. 460 ms: four of them above 300 ms.
    answers.record(0.01 + 0.05 * number)
    searches.record(0.01 + 0.05 * number)
assert provider.force_flush(), "the export failed"
# The same counts once more, as each interval sends them, and a search that makes the buckets coarser: it is all that is added.
searches.record(40.0)
assert provider.force_flush(), "the second export failed"
provider.shutdown()
