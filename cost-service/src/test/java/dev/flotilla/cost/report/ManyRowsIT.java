package dev.flotilla.cost.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Half a million attempts; what ten million take is measured by {@link ManyRows}' main. */
class ManyRowsIT {
  private static final int ROWS = 500_000;

  @Test
  void a_months_report_does_not_read_its_rows() throws SQLException {
    try (var month = new ManyRows(ROWS)) {
      List<Double> rates = month.load();
      List<CostResult> models = month.month("team,model");
      assertEquals(48, models.size());
      assertEquals(ROWS, models.stream().mapToLong(CostResult::attempts).sum());
      assertNull(models.getFirst().requests());
      List<CostResult> features = month.month("tag:feature");
      assertEquals(10, features.size());
      assertEquals(
          models.stream().mapToLong(CostResult::costNanos).sum(),
          features.stream().mapToLong(CostResult::costNanos).sum());
      // A thousand customers of each team by name, and all others.
      assertTrue(
          month.month("tag:customer").stream()
              .anyMatch(result -> CostSums.OTHER.equals(result.group().get("tag:customer"))));

      Duration two = month.median(() -> month.month("team,model"));
      Duration tag = month.median(() -> month.month("tag:feature"));
      String took = two + " by two, " + tag + " by a tag, ingest " + rates;
      System.out.println(took);
      // Their aims are 100 ms and 2 s on a machine that does nothing else.
      assertTrue(two.compareTo(Duration.ofMillis(500)) < 0, took);
      assertTrue(tag.compareTo(Duration.ofSeconds(4)) < 0, took);
      assertTrue(rates.getLast() > rates.getFirst() / 3, took);
    }
  }
}
