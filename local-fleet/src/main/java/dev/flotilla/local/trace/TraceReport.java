package dev.flotilla.local.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One trace, span by span. */
public final class TraceReport {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int NANOS_DECIMALS = 9;
  private static final String COST = "flotilla.cost.nanos";

  /** What a person looks for, in this order and by these names; --json has everything. */
  private static final Map<String, String> FACTS = new LinkedHashMap<>();

  static {
    FACTS.put("gen_ai.request.model", "model");
    FACTS.put("flotilla.task_type", "task");
    FACTS.put("flotilla.cache.result", "cache");
    FACTS.put("flotilla.fallback.reason", "fallback");
    FACTS.put("error.type", "outcome");
    FACTS.put("gen_ai.usage.input_tokens", "in");
    FACTS.put("gen_ai.usage.output_tokens", "out");
    FACTS.put("flotilla.ledger.state", "ledger");
    FACTS.put(COST, "usd");
  }

  private final URI viewer;
  private final Terminal out;

  public TraceReport(URI viewer, Terminal out) {
    this.viewer = viewer;
    this.out = out;
  }

  /**
   * Returns whether the viewer knows the trace.
   *
   * @param traceId 32 hex digits
   */
  public boolean print(String traceId, boolean json) throws IOException, InterruptedException {
    var spans = new ZipkinClient(viewer).trace(traceId);
    var page = viewer.resolve("/zipkin/traces/" + traceId).toString();
    var waterfall = new Waterfall(spans);
    if (json) {
      out.line(document(traceId, page, waterfall));
    } else if (spans.isEmpty()) {
      out.line(
          out.red("The trace viewer has no trace " + traceId)
              + "; it knows what happened since ./fleet up, as far as it was recorded");
    } else {
      print(traceId, page, waterfall);
    }
    return !spans.isEmpty();
  }

  private void print(String traceId, String page, Waterfall waterfall) {
    out.line(out.bold("Trace " + traceId) + "   " + page);
    out.line("");
    var table = new Table("span", "service", ">start ms", ">took ms", "", "");
    for (var line : waterfall.lines()) {
      var span = line.span();
      table.row(
          "  ".repeat(line.depth()) + span.name(),
          span.service(),
          millis(line.offset()),
          millis(span.duration()),
          line.bar(),
          facts(span));
    }
    table.print(out);
  }

  private static String facts(TracedSpan span) {
    return FACTS.entrySet().stream()
        .filter(fact -> span.attributes().containsKey(fact.getKey()))
        .map(
            fact -> {
              var value = span.attributes().getOrDefault(fact.getKey(), "");
              return fact.getValue() + "=" + (fact.getKey().equals(COST) ? usd(value) : value);
            })
        .collect(Collectors.joining(" "));
  }

  private static String usd(String nanos) {
    var usd = new BigDecimal(nanos).movePointLeft(NANOS_DECIMALS);
    return usd.signum() == 0 ? "0" : usd.stripTrailingZeros().toPlainString();
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.1f", micros / 1000.0);
  }

  private static String document(String traceId, String page, Waterfall waterfall) {
    var document = JSON.createObjectNode().put("trace_id", traceId).put("url", page);
    var spans = document.putArray("spans");
    for (var line : waterfall.lines()) {
      var span = line.span();
      var json =
          spans
              .addObject()
              .put("name", span.name())
              .put("service", span.service())
              .put("span_id", span.id())
              .put("parent_id", span.parentId())
              .put("depth", line.depth())
              .put("offset_us", line.offset())
              .put("duration_us", span.duration());
      var attributes = json.putObject("attributes");
      span.attributes().forEach(attributes::put);
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is plain data", e);
    }
  }
}
