package dev.flotilla.local.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpanRelayTest {
  private final BlockingQueue<JsonNode> delivered = new LinkedBlockingQueue<>();
  private final AtomicReference<Optional<URI>> viewer = new AtomicReference<>(Optional.empty());
  private final HttpClient http = HttpClient.newHttpClient();
  private final Semaphore looked = new Semaphore(0);
  private final SpanRelay relay = SpanRelay.start(this::look);
  private HttpServer zipkin;

  @BeforeEach
  void start_a_viewer_nobody_knows_of_yet() throws IOException {
    zipkin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    zipkin.createContext(
        "/api/v2/spans",
        exchange -> {
          delivered.add(new JsonMapper().readTree(exchange.getRequestBody()));
          exchange.sendResponseHeaders(202, -1);
          exchange.close();
        });
    zipkin.start();
  }

  @AfterEach
  void stop() {
    relay.close();
    zipkin.stop(0);
    http.close();
  }

  @Test
  void what_came_before_the_viewer_is_shown_by_it_too() throws Exception {
    assertEquals(200, export("before", 1));
    assertTrue(looked.tryAcquire(2, 10, TimeUnit.SECONDS), "it was looked for twice, in vain");
    viewer.set(Optional.of(URI.create("http://127.0.0.1:" + zipkin.getAddress().getPort())));
    var first = delivered.poll(10, TimeUnit.SECONDS);
    assertNotNull(first);
    assertEquals("before 0", first.path(0).path("name").asText());
    assertEquals(200, export("after", 1));
    var second = delivered.poll(10, TimeUnit.SECONDS);
    assertNotNull(second);
    assertEquals(1, second.size(), "delivered once");
    assertEquals("after 0", second.path(0).path("name").asText());
  }

  @Test
  void while_nobody_looks_the_newest_are_kept_and_the_oldest_go() throws Exception {
    export("old", 100);
    export("new", SpanRelay.KEPT);
    viewer.set(Optional.of(URI.create("http://127.0.0.1:" + zipkin.getAddress().getPort())));
    var seen = 0;
    while (seen < SpanRelay.KEPT) {
      var batch = delivered.poll(10, TimeUnit.SECONDS);
      assertNotNull(batch, seen + " spans arrived");
      batch.forEach(span -> assertFalse(span.path("name").asText().startsWith("old")));
      seen += batch.size();
    }
    assertEquals(SpanRelay.KEPT, seen);
  }

  @Test
  void a_span_keeps_its_place_its_times_and_its_attributes() throws Exception {
    export("chat", 1);
    viewer.set(Optional.of(URI.create("http://127.0.0.1:" + zipkin.getAddress().getPort())));
    var batch = delivered.poll(10, TimeUnit.SECONDS);
    assertNotNull(batch);
    assertEquals(
        new JsonMapper()
            .readTree(
                """
                {"traceId":"0af7651916cd43dd8448eb211c80319c","id":"b7ad6b7169203331","name":"chat 0","timestamp":1000000,
                 "duration":2500,"parentId":"00f067aa0ba902b7","kind":"CLIENT","localEndpoint":{"serviceName":"provider-service"},
                 "tags":{"flotilla.cost.nanos":"17","error":"too slow"}}"""),
        new JsonMapper().readTree(batch.path(0).toString()));
  }

  @Test
  void what_is_no_otlp_is_refused() throws Exception {
    assertEquals(400, post(new byte[] {1, 2, 3}));
  }

  private Optional<URI> look() {
    var found = viewer.get();
    looked.release();
    return found;
  }

  private int export(String name, int count) throws IOException, InterruptedException {
    var scope = ScopeSpans.newBuilder();
    for (var i = 0; i < count; i++) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(bytes("0af7651916cd43dd8448eb211c80319c"))
              .setSpanId(bytes("b7ad6b7169203331"))
              .setParentSpanId(bytes("00f067aa0ba902b7"))
              .setName(name + " " + i)
              .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
              .setStartTimeUnixNano(1_000_000_000)
              .setEndTimeUnixNano(1_002_500_000)
              .addAttributes(
                  KeyValue.newBuilder()
                      .setKey("flotilla.cost.nanos")
                      .setValue(AnyValue.newBuilder().setIntValue(17)))
              .setStatus(
                  Status.newBuilder()
                      .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                      .setMessage("too slow")));
    }
    var resource =
        Resource.newBuilder()
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("service.name")
                    .setValue(AnyValue.newBuilder().setStringValue("provider-service")));
    return post(
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
            .build()
            .toByteArray());
  }

  private int post(byte[] body) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(relay.url() + "/v1/traces"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }
}
