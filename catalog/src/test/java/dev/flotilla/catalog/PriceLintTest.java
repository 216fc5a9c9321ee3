package dev.flotilla.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.PriceFinding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceLintTest {
  private static final Path SHIPPED = Path.of("..", "config", "catalog");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Public lists had a small model at 15,000 USD per million tokens.
        "input: 15000, output: 60000 | input costs 15000 USD per million",
        "input: 1, output: 2, flex: {input: 2000, output: 2} | flex: input costs 2000 USD",
        "input: 0.000003, output: 2 | less than any model",
        "input: 1, output: 2, image: 400 | images costs 400 USD for each",
        "input: 1, output: 2, cache_read: 1.5 | cache_read costs 1.5 USD per million, more than input",
        "input: 2, output: 3, tiers: [{above: 200000, input: 1, output: 3}] | above 200000: input costs 1 USD",
        "input: 2, output: 3, tiers: [{above: 9, input: 2, output: 4}, {above: 9, input: 2, output: 4}] | there twice",
        "input: 1, output: 2}, {from: 2026-01-01, source: t, input: 3, output: 2 | two prices begin on 2026-01-01",
      })
  void a_catalogue_with_a_price_that_cannot_be_true_is_not_loaded(String prices, String expected)
      throws IOException {
    write("{from: 2026-01-01, source: t, " + prices + "}");
    var e = assertThrows(CatalogException.class, () -> Catalog.readAll(folder));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(expected) && message.contains("a/m"), message);
  }

  @Test
  void what_may_be_true_is_only_said() throws IOException {
    write(
        "{from: 2026-01-01, source: t, input: 2, output: 3, cache_read: 1, cache_write_5m: 1, audio_in: 1}");
    List<Price> prices = Catalog.readAll(folder).find("a/m").orElseThrow().prices();
    assertEquals(
        Set.of(Kind.CACHE_WRITE_BELOW_INPUT, Kind.AUDIO_BELOW_INPUT), kinds("a/m", prices));
  }

  @Test
  void the_shipped_catalogue_has_nothing_else_to_be_said_of() {
    var findings =
        Catalog.readAll(SHIPPED).models().stream()
            .flatMap(model -> PriceLint.check(model.id(), model.prices()).stream())
            .map(finding -> finding.subject() + " " + finding.kind())
            .distinct()
            .toList();
    assertEquals(List.of("gemini/gemini-3.5-flash AUDIO_BELOW_INPUT"), findings);
  }

  private static Set<Kind> kinds(String model, List<Price> prices) {
    var kinds = EnumSet.noneOf(Kind.class);
    PriceLint.check(model, prices).forEach(finding -> kinds.add(finding.kind()));
    return kinds;
  }

  private void write(String price) throws IOException {
    Files.writeString(
        folder.resolve("a.yaml"),
        "provider: a\ndialect: openai\nbase_url: http://x\nmodels: [{name: m, prices: ["
            + price
            + "]}]\n");
  }
}
