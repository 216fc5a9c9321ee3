package dev.flotilla.cost.roi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.cost.currency.Rates;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManualWorksTest {
  private static final String HEADER = "pipeline,minutes,hourly_rate,currency\n";

  @TempDir Path folder;

  @Test
  void without_a_file_nothing_is_compared_and_with_one_what_it_says() throws IOException {
    assertTrue(new ManualWorks(folder.resolve("none.csv"), Rates.none()).of("a").isEmpty());
    ManualWork work = read(HEADER + "\n# a comment\na,20,0.10,USD\n").of("a").orElseThrow();
    // A third of a cent, rounded once.
    assertEquals(new BigDecimal("0.033333333"), work.costOf(1));
    assertEquals(new BigDecimal("0.100000000"), work.costOf(3));
  }

  @Test
  void a_mistake_is_named_with_its_line_and_what_to_write_instead() {
    assertTrue(wrong("pipeline,minutes\n").contains("the first line must be"));
    assertTrue(wrong(HEADER + "a,20,60,USD\na,30,60,USD\n").contains("line 3"));
    assertTrue(wrong(HEADER + "a,0,60,USD\n").contains("such as content,45,3500,PKR"));
    assertTrue(wrong(HEADER + "a,twenty,60,USD\n").contains("line 2"));
    assertTrue(wrong(HEADER + "a,20,60,PKR\n").contains("no rate of PKR in rates.csv"));
  }

  private String wrong(String text) {
    return String.valueOf(
        assertThrows(ConfigurationException.class, () -> read(text)).getMessage());
  }

  private ManualWorks read(String text) throws IOException {
    return new ManualWorks(
        Files.writeString(folder.resolve("manual-work.csv"), text), Rates.none());
  }
}
