package dev.flotilla.cost.currency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatesTest {
  private static final String HEADER = "date,from,to,rate,source\n";

  @Test
  void a_rate_holds_from_its_day_until_the_next_one(@TempDir Path folder) throws IOException {
    var rates =
        new Rates(
            file(
                folder,
                HEADER + "2026-11-04,USD,PKR,282,b\n2026-11-02,USD,PKR,281.35,a bank, b\n"));
    assertTrue(rates.of("PKR", LocalDate.parse("2026-11-01")).isEmpty());
    assertTrue(rates.of("EUR", LocalDate.parse("2026-11-04")).isEmpty());
    assertEquals(
        new Rate(LocalDate.parse("2026-11-02"), new BigDecimal("281.35"), "a bank, b"),
        rates.of("PKR", LocalDate.parse("2026-11-03")).orElseThrow());
    assertEquals(
        new BigDecimal("282"), rates.of("PKR", LocalDate.parse("2027-01-01")).orElseThrow().rate());
  }

  @Test
  void without_a_file_there_is_no_second_currency(@TempDir Path folder) {
    assertTrue(new Rates(folder.resolve("rates.csv")).currencies().isEmpty());
  }

  @Test
  void a_mistake_names_its_line_and_what_to_write(@TempDir Path folder) throws IOException {
    for (String line :
        List.of(
            "2026-11-02,USD,PKR,281.35",
            "2026-11-02,EUR,PKR,281.35,bank",
            "2026-11-02,USD,rupees,281.35,bank",
            "02.11.2026,USD,PKR,281.35,bank",
            "2026-11-02,USD,PKR,many,bank",
            "2026-11-02,USD,PKR,0,bank",
            "2026-11-01,USD,PKR,281,bank")) {
      Path file = file(folder, HEADER + "2026-11-01,USD,PKR,280,bank\n" + line + "\n");
      var e = assertThrows(ConfigurationException.class, () -> new Rates(file), line);
      assertTrue(String.valueOf(e.getMessage()).contains("line 3"), e.getMessage());
    }
    Path headless = file(folder, "2026-11-02,USD,PKR,281.35,bank\n");
    assertThrows(ConfigurationException.class, () -> new Rates(headless));
  }

  private static Path file(Path folder, String text) throws IOException {
    return Files.writeString(folder.resolve("rates.csv"), text);
  }
}
