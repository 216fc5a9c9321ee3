package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.OtlpReceiver.ReceivedSpan;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One request is one trace through router, provider and cost. */
@ExtendWith(SharedFleet.class)
class TraceIT {
  private final FleetUnderTest fleet;

  TraceIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void a_request_with_fallback_is_one_trace_with_a_span_per_attempt_down_to_the_ledger() {
    fleet.alpha.next(1, Behaviour.status(503));
    HttpResponse<String> answer =
        fleet.chat(
            FleetUnderTest.KEY,
            ask("auto", "trace me"),
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assertEquals(200, answer.statusCode(), answer.body());
    String trace = "0af7651916cd43dd8448eb211c80319c";
    JsonNode route = FleetUnderTest.json(answer.body()).path("route");
    assertEquals(trace, route.path("trace_id").asText());

    List<ReceivedSpan> spans =
        fleet.spans.awaitSpans(all -> complete(of(trace, all)), Duration.ofSeconds(30)).stream()
            .filter(span -> span.traceId().equals(trace))
            .toList();

    ReceivedSpan root =
        spans.stream()
            .filter(
                s ->
                    s.service().equals("router-service")
                        && s.parentSpanId().equals("b7ad6b7169203331"))
            .findFirst()
            .orElseThrow();
    assertEquals(root.spanId(), one(spans, "router-service", "cache").parentSpanId());
    assertEquals(root.spanId(), one(spans, "router-service", "classify").parentSpanId());
    for (String model : List.of("alpha/m", "beta/m")) {
      ReceivedSpan candidate = one(spans, "router-service", "candidate " + model);
      assertEquals(root.spanId(), candidate.parentSpanId());
      ReceivedSpan attempt = one(spans, "provider-service", "chat " + model);
      assertEquals(
          candidate.spanId(),
          parent(spans, parent(spans, attempt)).spanId(),
          "attempt below its candidate");
      assertEquals(model, attempt.attributes().get("gen_ai.request.model"));
      List<ReceivedSpan> settled =
          named(spans, "ledger settle").stream()
              .filter(s -> s.parentSpanId().equals(attempt.spanId()))
              .toList();
      assertEquals(1, settled.size(), "the ledger's span below the attempt");
      assertEquals("cost-service", settled.getFirst().service());
    }
    assertEquals(
        "overloaded",
        one(spans, "router-service", "candidate alpha/m")
            .attributes()
            .get("flotilla.fallback.reason"));
    assertEquals(
        2,
        spans.stream().filter(s -> s.name().startsWith("chat ")).count(),
        "one span per attempt");
    assertTrue(
        spans.stream().noneMatch(s -> s.attributes().toString().contains("trace me")),
        "no prompt in a span");
  }

  /** Each service exports in its own time; the root ends last but may arrive first. */
  private static boolean complete(List<ReceivedSpan> spans) {
    return named(spans, "ledger settle").size() == 2
        && spans.stream().filter(s -> s.name().startsWith("chat ")).count() == 2
        && spans.stream().anyMatch(s -> s.parentSpanId().equals("b7ad6b7169203331"));
  }

  private static ReceivedSpan parent(List<ReceivedSpan> spans, ReceivedSpan of) {
    return spans.stream()
        .filter(s -> s.spanId().equals(of.parentSpanId()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no parent of " + of));
  }

  private static ReceivedSpan one(List<ReceivedSpan> spans, String service, String name) {
    List<ReceivedSpan> found =
        named(spans, name).stream().filter(s -> s.service().equals(service)).toList();
    assertEquals(1, found.size(), () -> name + " in " + spans);
    return found.getFirst();
  }

  private static List<ReceivedSpan> of(String trace, List<ReceivedSpan> spans) {
    return spans.stream().filter(s -> s.traceId().equals(trace)).toList();
  }

  private static List<ReceivedSpan> named(List<ReceivedSpan> spans, String name) {
    return spans.stream().filter(s -> s.name().equals(name)).toList();
  }
}
