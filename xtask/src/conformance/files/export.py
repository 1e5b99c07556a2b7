"""Sends ten orders, of which two failed, as any program does that uses OpenTelemetry."""

import sys

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

portal, token = sys.argv[1], open(sys.argv[2]).read()
exporter = OTLPMetricExporter(endpoint=f"{portal}/v1/metrics", headers={"authorization": f"Bearer {token}"})
provider = MeterProvider(
    metric_readers=[PeriodicExportingMetricReader(exporter)],
    resource=Resource({"service.name": "shop", "service.instance.id": "one"}),
)
orders = provider.get_meter("shop").create_counter("orders")
for number in range(10):
    orders.add(1, {"http.response.status_code": 500 if number < 2 else 200})
assert provider.force_flush(), "the export failed"
# The same counts once more, as each interval sends them: nothing is added.
assert provider.force_flush(), "the second export failed"
provider.shutdown()
