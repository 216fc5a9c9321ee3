package dev.flotilla.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtlpReceiverTest {
  @Test
  void a_span_is_kept_with_its_parent_its_service_and_its_attributes() throws Exception {
    try (var receiver = OtlpReceiver.start();
        var client = HttpClient.newHttpClient()) {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create(receiver.url() + "/v1/traces"))
                  .POST(HttpRequest.BodyPublishers.ofByteArray(oneSpan().toByteArray()))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      assertEquals(200, response.statusCode());
      var span = receiver.awaitSpans(spans -> spans.size() == 1, Duration.ofSeconds(2)).getFirst();
      assertEquals(
          new OtlpReceiver.ReceivedSpan(
              "000102030405060708090a0b0c0d0e0f",
              "0001020304050607",
              "0706050403020100",
              "ledger settle",
              "CONSUMER",
              "cost-service",
              Map.of("flotilla.cost.nanos", "21300")),
          span);
    }
  }

  @Test
  void waiting_in_vain_says_what_did_arrive() {
    try (var receiver = OtlpReceiver.start()) {
      assertThrows(
          AssertionError.class,
          () -> receiver.awaitSpans(spans -> !spans.isEmpty(), Duration.ofMillis(50)));
    }
  }

  private static ExportTraceServiceRequest oneSpan() {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(
                    Resource.newBuilder().addAttributes(text("service.name", "cost-service")))
                .addScopeSpans(
                    ScopeSpans.newBuilder()
                        .addSpans(
                            Span.newBuilder()
                                .setTraceId(hex("000102030405060708090a0b0c0d0e0f"))
                                .setSpanId(hex("0001020304050607"))
                                .setParentSpanId(hex("0706050403020100"))
                                .setName("ledger settle")
                                .setKind(Span.SpanKind.SPAN_KIND_CONSUMER)
                                .addAttributes(
                                    KeyValue.newBuilder()
                                        .setKey("flotilla.cost.nanos")
                                        .setValue(AnyValue.newBuilder().setIntValue(21_300))))))
        .build();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static ByteString hex(String digits) {
    return ByteString.copyFrom(HexFormat.of().parseHex(digits));
  }
}
