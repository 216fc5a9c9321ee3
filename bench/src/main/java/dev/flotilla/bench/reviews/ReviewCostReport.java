package dev.flotilla.bench.reviews;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.util.Locale;

/** What reviews took beyond their slowest reviewers, milliseconds. */
public record ReviewCostReport(int reviews, double p50, double p90, double most) {
  /** A table. */
  public void print(Terminal out) {
    var table = new Table(reviews + " reviews by three models", ">p50", ">p90", ">most");
    table.row("beyond the slowest reviewer, ms", text(p50), text(p90), text(most));
    table.print(out);
  }

  /** One JSON object. */
  public String toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("reviews", reviews)
        .put("overhead_p50_ms", p50)
        .put("overhead_p90_ms", p90)
        .put("overhead_most_ms", most)
        .toString();
  }

  private static String text(double millis) {
    return String.format(Locale.ROOT, "%.1f", millis);
  }
}
