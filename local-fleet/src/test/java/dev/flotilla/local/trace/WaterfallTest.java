package dev.flotilla.local.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaterfallTest {
  @Test
  void spans_stand_below_their_parent_in_the_order_they_began() {
    var waterfall =
        new Waterfall(
            List.of(
                span("c", "a", 1_600, 400),
                span("d", "b", 1_200, 100),
                span("b", "a", 1_100, 300),
                span("a", "of the caller", 1_000, 1_000)));
    assertEquals(
        List.of("0 a 0", "1 b 100", "2 d 200", "1 c 600"),
        waterfall.lines().stream()
            .map(line -> line.depth() + " " + line.span().id() + " " + line.offset())
            .toList());
  }

  @Test
  void a_bar_is_never_longer_than_the_trace_and_never_nothing() {
    var lines = new Waterfall(List.of(span("a", null, 0, 2_400), span("b", "a", 2_400, 1))).lines();
    assertEquals("█".repeat(23), lines.getFirst().bar().replace("·", ""));
    assertEquals("·".repeat(23) + "█", lines.getLast().bar());
  }

  @Test
  void no_spans_are_no_lines() {
    assertEquals(List.of(), new Waterfall(List.of()).lines());
  }

  private static TracedSpan span(String id, @Nullable String parent, long start, long duration) {
    return new TracedSpan(id, parent, id, "service", start, duration, Map.of());
  }
}
