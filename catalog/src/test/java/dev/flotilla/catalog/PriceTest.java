package dev.flotilla.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceTest {
  private static final Path SHIPPED = Path.of("..", "config", "catalog");
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir Path folder;

  @Test
  void beyond_a_context_tier_all_tokens_cost_what_the_tier_says() throws IOException {
    Price price =
        price(
            "{from: 2026-01-01, source: t, input: 1, cache_read: 0.1, output: 2,"
                + " tiers: [{above: 200, input: 2, cache_read: 0.2, output: 3}]}");
    // Cached tokens count for the length: 100 + 100 is not above 200, 101 + 100 is.
    assertEquals(100_000 + 10_000 + 20_000, price.nanos(new Usage(100, 100, 0, 0, 10, 0)));
    assertEquals(202_000 + 20_000 + 30_000, price.nanos(new Usage(101, 100, 0, 0, 10, 0)));
    // A month of short calls is no long prompt.
    assertEquals(1_000_000, price.nanosOfMany(Usage.text(1_000, 0)));
  }

  @Test
  void the_shipped_openai_models_cost_twice_as_much_for_long_prompts() {
    Price price =
        Catalog.read(SHIPPED, Set.of("openai")).find("openai/gpt-5.6").orElseThrow().priceAt(NOW);
    assertEquals(272_000L * 5_000, price.nanos(Usage.text(272_000, 0)));
    assertEquals(272_001L * 10_000, price.nanos(Usage.text(272_001, 0)));
    Price flex = price.under(ServiceTier.FLEX).orElseThrow();
    assertEquals(272_000L * 2_500, flex.nanos(Usage.text(272_000, 0)));
    Price batch = price.under(ServiceTier.BATCH).orElseThrow();
    assertEquals(1_000L * 2_500 + 1_000L * 15_000, batch.nanos(Usage.text(1_000, 1_000)));
  }

  @Test
  void a_long_prompt_in_a_service_that_does_not_say_what_it_costs_has_no_price()
      throws IOException {
    Price price =
        price(
            "{from: 2026-01-01, source: t, input: 1, output: 2, tiers: [{above: 200, input: 2, output:"
                + " 3}], priority: {input: 2, output: 4}}");
    Price priority = price.under(ServiceTier.PRIORITY).orElseThrow();
    assertEquals(400_000, priority.nanos(Usage.text(200, 0)));
    assertEquals(new Charge.Unpriced(402_000, Set.of()), priority.charge(Usage.text(201, 0)));
    assertTrue(price.under(ServiceTier.FLEX).isEmpty());
  }

  @Test
  void sound_and_pictures_without_a_price_are_never_free_and_never_guessed() throws IOException {
    var heard = new Usage(10, 0, 0, 0, 5, 0, 300, 0, 0, 1);
    Price without = price("{from: 2026-01-01, source: t, input: 1, output: 2}");
    assertEquals(new Charge.Unpriced(20_000, Set.of(Bucket.AUDIO_IN)), without.charge(heard));
    assertThrows(ArithmeticException.class, () -> without.nanos(heard));
    Price with =
        price(
            "{from: 2026-01-01, source: t, input: 1, output: 2, audio_in: 3, audio_out: 4, image: 0.04,"
                + " request: 0.005}");
    assertEquals(20_000 + 900_000 + 5_000_000, with.nanos(heard));
    assertEquals(40_000_000 + 4_000, with.nanos(new Usage(0, 0, 0, 0, 0, 0, 0, 1, 1, 0)));
  }

  @Test
  void a_contract_multiplies_before_the_one_rounding_and_only_while_it_holds() throws IOException {
    write(
        "contracts.yaml",
        "contracts: [{provider: a, from: 2026-03-01, until: 2026-06-01, source: C-1, multiply: 0.85}]\n");
    Model model =
        model("{from: 2026-01-01, source: list, input: 0.003625, cache_read: 0.003625, output: 2}");
    // 3,625 pico-dollars × 0.85 are 3,081.25; three of them are 9.24375 nano-dollars.
    Price agreed = model.priceAt(Instant.parse("2026-03-01T00:00:00Z"));
    assertEquals(9, agreed.nanos(Usage.text(3, 0)));
    assertEquals(3_081_250, agreed.nanos(Usage.text(1_000_000, 0)));
    assertEquals("list; C-1", agreed.source());
    assertEquals(new BigDecimal("0.85"), agreed.factor());
    assertEquals(3_625_000, at(model, "2026-02-28").nanos(Usage.text(1_000_000, 0)));
    assertEquals(3_625_000, at(model, "2026-06-01").nanos(Usage.text(1_000_000, 0)));
  }

  @Test
  void a_price_of_ones_own_comes_before_the_discount_and_before_the_list() throws IOException {
    write(
        "contracts.yaml",
        """
        contracts:
          - {provider: a, from: 2026-01-01, source: C-1, multiply: 0.5}
          - {model: a/m, from: 2026-02-01, source: C-2, price: {input: 7, output: 8}}
          - {model: a/m, from: 2026-04-01, source: C-3, price: {input: 6, output: 8}}
        """);
    Model model =
        model(
            "{from: 2026-01-01, source: t, input: 10, output: 20}, {from: 2026-03-01, source: t, input:"
                + " 12, output: 20}");
    assertEquals(5_000_000, at(model, "2026-01-31").nanos(Usage.text(1_000, 0)));
    assertEquals(7_000_000, at(model, "2026-02-01").nanos(Usage.text(1_000, 0)));
    assertEquals(7_000_000, at(model, "2026-03-31").nanos(Usage.text(1_000, 0)));
    assertEquals(6_000_000, at(model, "2026-04-01").nanos(Usage.text(1_000, 0)));
    assertEquals(List.of("C-3"), List.of(at(model, "2026-11-21").source()));
  }

  @Test
  void a_contract_changes_the_version_and_its_mistakes_are_named() throws IOException {
    String price = "{from: 2026-01-01, source: t, input: 10, output: 20}";
    model(price);
    String before = Catalog.readAll(folder).version();
    String contract = "contracts: [{provider: a, from: 2026-01-01, source: C-1, multiply: 0.5}]\n";
    write("contracts.yaml", contract);
    assertFalse(before.equals(Catalog.readAll(folder).version()));
    assertMistake(contract.replace("provider: a", "provider: b"), "'b'", "no file describes");
    assertMistake(contract.replace("0.5", "0"), "multiply is 0", "0.85");
    assertMistake(contract.replace("multiply", "times"), "times");
    assertMistake(contract.replace(", multiply: 0.5", ""), "either multiply");
    assertMistake(contract.replace("provider: a", "provider: a, model: a/m"), "either model or");
    assertMistake(
        contract.replace("source", "until: 2026-01-01, source"),
        "until is 2026-01-01",
        "first day");
  }

  @Test
  void a_price_list_is_for_models_that_do_not_bring_their_own() throws IOException {
    write(
        "list.yaml",
        "price_list: {a/m: [{from: 2026-01-01, source: list, input: 9, output: 9}], a/n: [{from:"
            + " 2026-01-01, source: list, input: 3, output: 4}]}\n");
    Model own = model("{from: 2026-01-01, source: own, input: 1, output: 2}");
    assertEquals("own", own.priceAt(NOW).source());
    Files.writeString(
        folder.resolve("b.yaml"),
        "provider: b\ndialect: openai\nbase_url: http://x\nmodels: [{name: n}]\n");
    var missing = assertThrows(CatalogException.class, () -> Catalog.readAll(folder));
    assertTrue(String.valueOf(missing.getMessage()).contains("b/n has no prices"));
    write("b.yaml", "provider: b\ndialect: openai\nbase_url: http://x\nmodels: []\n");
    write("a.yaml", "provider: a\ndialect: openai\nbase_url: http://x\nmodels: [{name: n}]\n");
    Model listed = Catalog.readAll(folder).find("a/n").orElseThrow();
    assertEquals(3_000_000, listed.priceAt(NOW).input());
  }

  @Test
  void what_is_asked_and_what_is_said_of_services_is_understood() {
    for (String word : List.of("", "auto", "default", "standard", "standard_only", "on_demand")) {
      assertEquals(ServiceTier.STANDARD, ServiceTier.of(word).orElseThrow(), word);
    }
    assertEquals(ServiceTier.FLEX, ServiceTier.of("flex").orElseThrow());
    assertTrue(ServiceTier.of("scale").isEmpty());
  }

  private static Price at(Model model, String day) {
    return model.priceAt(LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private Price price(String prices) throws IOException {
    return model(prices).priceAt(NOW);
  }

  private Model model(String prices) throws IOException {
    write(
        "a.yaml",
        "provider: a\ndialect: openai\nbase_url: http://x/v1\nmodels:\n  - {name: m, prices: ["
            + prices
            + "]}\n");
    return Catalog.readAll(folder).find("a/m").orElseThrow();
  }

  private void assertMistake(String contracts, String... expected) throws IOException {
    write("contracts.yaml", contracts);
    var e = assertThrows(CatalogException.class, () -> Catalog.readAll(folder));
    for (String part : expected) {
      assertTrue(
          String.valueOf(e.getMessage()).contains(part),
          () -> part + " is not in: " + e.getMessage());
    }
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }
}
