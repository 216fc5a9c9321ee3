package dev.flotilla.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
  private static final Path SHIPPED = Path.of("..", "config", "catalog");

  @TempDir Path folder;

  @Test
  void the_shipped_catalogue_is_read_and_its_aliases_skip_providers_that_are_off() {
    Catalog real = Catalog.read(SHIPPED, Set.of("openai", "deepseek"));
    assertEquals("deepseek/deepseek-v4-flash", real.resolve("fast").getFirst().id());
    Catalog simulated = Catalog.read(SHIPPED, Set.of("sim-north", "sim-south"));
    assertEquals(
        List.of("sim-north/fast", "sim-south/fast"),
        simulated.resolve("fast").stream().map(Model::id).toList());
    assertEquals(real.version(), simulated.version());
  }

  @Test
  void a_simulated_model_can_be_told_to_fail_and_a_real_one_cannot() {
    Catalog catalog = Catalog.read(SHIPPED, Set.of("sim-north", "openai"));
    assertEquals("fast:500", catalog.find("sim-north/fast:500").orElseThrow().upstream());
    assertTrue(catalog.find("openai/gpt-5.6:500").isEmpty());
  }

  @Test
  void a_model_that_embeds_says_in_which_space_and_how_long_its_vectors_are() {
    Catalog catalog = Catalog.read(SHIPPED, Set.of("openai", "sim-north", "sim-south", "sim-east"));
    Model small = catalog.resolve("text-embedding-3-small").getFirst();
    assertEquals(new Embedding("text-embedding-3-small", 1_536, true), small.embedding());
    // 0.02 USD per million tokens
    assertEquals(20_000, small.priceAt(Instant.parse("2026-11-21T00:00:00Z")).input());
    assertEquals(
        List.of("sim-embedding-1", "sim-embedding-1", "sim-embedding-1"),
        catalog.resolve("sim-embedding").stream().map(m -> m.embedding().space()).toList());
    assertTrue(catalog.find("sim-north/embedding:500").orElseThrow().embeds());
    assertTrue(catalog.resolve("flagship").stream().noneMatch(Model::embeds));
  }

  @Test
  void vectors_that_cannot_be_compared_have_no_name_in_common() throws IOException {
    String price = "prices: [{from: 2026-01-01, source: t, input: 1, output: 0}]";
    String models =
        "provider: a\ndialect: openai\nbase_url: http://x/v1\nmodels:\n"
            + "  - {name: m, "
            + price
            + "}\n  - {name: e, embedding: {space: one, dimensions: 8}, "
            + price
            + "}\n  - {name: f, embedding: {space: two, dimensions: 8}, "
            + price
            + "}\n";
    write("models.yaml", models);
    assertMistake("aliases: {both: [a/e, a/f]}\n", "both", "a/e", "a/f", "embedding.space");
    assertMistake("aliases: {both: [a/m, a/e]}\n", "both", "a/m", "a/e");
    write("a.yaml", "aliases: {one: [a/e]}\n");
    assertEquals(1, Catalog.read(folder, Set.of("a")).resolve("one").size());
    write("models.yaml", models.replace("space: one, ", ""));
    assertMistake("aliases: {one: [a/e]}\n", "a/e.embedding", "space and dimensions");
  }

  @Test
  void a_price_is_exact_to_the_pico_dollar_and_rounded_half_even_once() {
    Model flash =
        Catalog.read(SHIPPED, Set.of("deepseek")).find("deepseek/deepseek-v4-flash").orElseThrow();
    Price price = flash.priceAt(Instant.parse("2026-11-21T00:00:00Z"));
    assertEquals(2_800, price.cacheRead());
    // 3 cache reads are 8.4 nano-dollars; half a nano-dollar goes to the even neighbour
    assertEquals(8, price.nanos(new Usage(0, 3, 0, 0, 0, 0)));
    var half = new Price(price.from(), "test", 500, 0, 0, 0, 0, 0);
    assertEquals(0, half.nanos(Usage.text(1, 0)));
    assertEquals(2, half.nanos(Usage.text(3, 0)));
  }

  @Test
  void an_amount_that_does_not_fit_is_an_error_and_never_wraps() {
    var dear = new Price(java.time.LocalDate.EPOCH, "test", Long.MAX_VALUE, 0, 0, 0, 0, 0);
    assertThrows(ArithmeticException.class, () -> dear.nanos(Usage.text(Long.MAX_VALUE, 0)));
  }

  @Test
  void a_bucket_without_a_price_of_its_own_is_never_free() throws IOException {
    write("a.yaml", provider("{from: 2026-01-01, source: t, input: 1, output: 2}"));
    Price price =
        Catalog.read(folder, Set.of("a")).find("a/m").orElseThrow().priceAt(Instant.EPOCH);
    assertEquals(price.input(), price.cacheRead());
    assertEquals(price.output(), price.reasoning());
  }

  @Test
  void the_price_of_the_day_holds() throws IOException {
    write(
        "a.yaml",
        provider(
            "{from: 2026-08-01, source: t, input: 3, output: 2}, {from: 2026-01-01, source: t, input: 1, output: 2}"));
    Model model = Catalog.read(folder, Set.of("a")).find("a/m").orElseThrow();
    assertEquals(1_000_000, model.priceAt(Instant.parse("2026-07-31T23:59:59Z")).input());
    assertEquals(3_000_000, model.priceAt(Instant.parse("2026-08-01T00:00:00Z")).input());
  }

  @Test
  void the_version_changes_with_the_content() throws IOException {
    write("a.yaml", provider("{from: 2026-01-01, source: t, input: 1, output: 2}"));
    String before = Catalog.read(folder, Set.of("a")).version();
    write("a.yaml", provider("{from: 2026-01-01, source: t, input: 1, output: 3}"));
    assertNotEquals(before, Catalog.read(folder, Set.of("a")).version());
  }

  @Test
  void mistakes_are_named_with_file_place_and_remedy() throws IOException {
    assertMistake(provider(""), "a.yaml", "a/m", "no prices", "unpriced is not free");
    assertMistake(
        provider("{from: 2026-01-01, source: t, input: -1, output: 2}"), "a/m", "negative");
    assertMistake(
        provider("{from: 2026-01-01, source: t, input: 0.0000001, output: 2}"), "six decimals");
    assertMistake(
        provider("{from: yesterday, source: t, input: 1, output: 2}"), "yesterday", "2026-08-01");
    assertMistake(provider("{from: 2026-01-01, source: t, inptu: 1, output: 2}"), "inptu");
    assertMistake("aliases: {flagship: [x/y]}\n", "flagship", "x/y");
    assertMistake("models: []\n", "neither");
  }

  @Test
  void a_model_whose_vocabulary_is_public_says_which_it_is() throws IOException {
    Catalog shipped = Catalog.read(SHIPPED, Set.of("openai", "deepseek"));
    assertEquals("o200k_base", shipped.find("openai/gpt-5.6").orElseThrow().tokenizer());
    assertTrue(
        shipped.models().stream()
            .filter(model -> model.provider().id().equals("deepseek"))
            .allMatch(model -> model.tokenizer() == null));
    assertMistake(
        provider("{from: 2026-01-01, source: t, input: 1, output: 2}")
            .replace("prices:", "tokenizer: tiktoken, prices:"),
        "tokenizer is 'tiktoken'",
        "o200k_base");
  }

  @Test
  void an_enabled_provider_must_exist() {
    var e = assertThrows(CatalogException.class, () -> Catalog.read(SHIPPED, Set.of("opnai")));
    assertTrue(
        e.getMessage().contains("opnai") && e.getMessage().contains("openai"), e.getMessage());
  }

  @Test
  void a_wrong_name_gets_the_nearest_ones() {
    Catalog catalog = Catalog.read(SHIPPED, Set.of("openai"));
    assertEquals("openai/gpt-5.6-luna", catalog.near("openai/gpt-5.6-lunar", 3).getFirst());
  }

  private void assertMistake(String content, String... expected) throws IOException {
    write("a.yaml", content);
    var e = assertThrows(CatalogException.class, () -> Catalog.read(folder, Set.of()));
    for (String part : expected) {
      assertTrue(e.getMessage().contains(part), () -> part + " is not in: " + e.getMessage());
    }
  }

  private static String provider(String prices) {
    return "provider: a\ndialect: openai\nbase_url: http://x/v1\nmodels:\n  - {name: m, prices: ["
        + prices
        + "]}\n";
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  @Test
  void a_model_may_be_served_in_several_places_with_several_keys() throws IOException {
    Model model =
        with(
            """
            key_env: [KEY_A, KEY_B]
            models:
              - name: m
                rpm: 500
                tpm: 200000
                balance: peak_ewma
                deployments:
                  - {name: east, base_url: "http://east/v1/", upstream: m-east, key_env: KEY_E, weight: 3}
                  - {name: west, rpm: 60}
                prices: [{from: 2026-01-01, source: t, input: 1, output: 2}]
            """);
    assertEquals(Balance.PEAK_EWMA, model.balance());
    Deployment east = model.deployments().getFirst();
    Deployment west = model.deployments().getLast();
    assertEquals("http://east/v1", east.provider().baseUrl());
    assertEquals(List.of("KEY_E"), east.provider().keyEnvs());
    assertEquals(3, east.weight());
    assertEquals(new Rates(500L, 200_000L), east.rates());
    assertEquals("http://p/v1", west.provider().baseUrl());
    assertEquals(List.of("KEY_A", "KEY_B"), west.provider().keyEnvs());
    assertEquals(new Rates(60L, 200_000L), west.rates());
    Model asked = model.at(west, "KEY_B");
    assertEquals("p/m", asked.id());
    assertEquals("m", asked.upstream());
    assertEquals("KEY_B", asked.provider().keyEnv());
    assertEquals("m-east", model.at(east, "KEY_E").upstream());
  }

  @Test
  void a_model_in_one_place_says_so_itself() throws IOException {
    Model model =
        with(
            """
            key_env: KEY_A
            models:
              - {name: m, upstream: mm, prices: [{from: 2026-01-01, source: t, input: 1, output: 2}]}
            """);
    assertEquals(
        List.of(new Deployment("default", model.provider(), "mm", 1, Rates.UNKNOWN)),
        model.deployments());
    assertEquals("KEY_A", model.provider().keyEnv());
  }

  @Test
  void what_is_wrong_with_keys_places_and_rates_is_named() {
    String model =
        "models: [{name: m, %s, prices: [{from: 2026-01-01, source: t, input: 1, output: 2}]}]\n";
    for (var wrong :
        List.of(
            List.of("key_env: sk-live-123\n" + model.formatted("rpm: 1"), "never the key itself"),
            List.of("key_env: [A, A]\n" + model.formatted("rpm: 1"), "twice"),
            List.of(model.formatted("rpm: 0"), "p/m.rpm is 0; write what the provider grants"),
            List.of(model.formatted("balance: best"), "write one of [weighted, least_in_flight"),
            List.of(model.formatted("deployments: []"), "leave it out"),
            List.of(
                model.formatted("deployments: [{name: a}, {name: a}]"), "deployments.a is there"),
            List.of(model.formatted("deployments: [{name: a, weight: 0}]"), "1 to 1000"))) {
      var found = assertThrows(CatalogException.class, () -> with(wrong.getFirst()));
      assertTrue(String.valueOf(found.getMessage()).contains(wrong.getLast()), found.getMessage());
      assertTrue(!String.valueOf(found.getMessage()).contains("sk-live-123"), found.getMessage());
    }
  }

  @Test
  void how_a_provider_is_addressed_and_what_all_its_models_support_is_said_once()
      throws IOException {
    Model model =
        with(
            """
            key_header: api-key
            query: {api-version: "2024-10-21"}
            supports: [tools]
            models:
              - name: m
                supports: [seed]
                prices: [{from: 2026-01-01, source: t, input: 1, output: 2}]
                deployments:
                  - {name: here}
                  - {name: there, base_url: "http://q", key_header: x-key, query: {}}
            """);
    assertEquals(Set.of("tools", "seed"), model.supports());
    Provider here = model.deployments().getFirst().provider();
    assertEquals("api-key", here.keyHeader());
    assertEquals(Map.of("api-version", "2024-10-21"), here.query());
    Provider there = model.deployments().getLast().provider();
    assertEquals("x-key", there.keyHeader());
    assertEquals(Map.of(), there.query());
    assertEquals("api-key", model.at(model.deployments().getFirst(), "K").provider().keyHeader());
    var wrong = assertThrows(CatalogException.class, () -> with("key_header: 'a b'\nmodels: []\n"));
    assertTrue(String.valueOf(wrong.getMessage()).contains("api-key"), wrong.getMessage());
  }

  @Test
  void a_model_is_known_by_all_names_its_provider_may_give_it() throws IOException {
    String price = "prices: [{from: 2026-01-01, source: t, input: 1, output: 2}]";
    Model asked =
        with(
            """
            models:
              - {name: m, upstream: big-latest, served_as: [the-big-one], %1$s}
              - {name: big-mini, %1$s}
              - {name: dated, upstream: big-20250101, %1$s}
            """
                .formatted(price));
    Catalog catalog = Catalog.readAll(folder);
    for (String same :
        List.of(
            "m",
            "p/m",
            "big-latest",
            "Big-Latest",
            "models/big-latest",
            "the-big-one",
            "big",
            "big-2026-01-01",
            "big-20260101",
            "big-0709",
            "big-001",
            "big@20260101",
            " ",
            "m-001")) {
      assertEquals(new Served.AsAsked(), catalog.served(asked, same), same);
      assertEquals("p/m", catalog.charged(asked, same).id());
    }
    assertEquals(new Served.AsAsked(), catalog.served(asked, null));
    for (String mini : List.of("big-mini", "p/big-mini", "big-mini-2026-01-01")) {
      assertEquals("p/big-mini", catalog.charged(asked, mini).id(), mini);
    }
    // One that is described by its date is itself and no version of another.
    assertEquals("p/dated", catalog.charged(asked, "big-20250101").id());
    for (String unknown : List.of("big-max", "bigger", "big-mini-max", "big-1")) {
      assertEquals(new Served.Unknown(), catalog.served(asked, unknown), unknown);
      assertEquals("p/m", catalog.charged(asked, unknown).id(), "unknown is charged as asked");
    }
  }

  @Test
  void the_examples_are_catalogues_too() {
    Catalog examples = Catalog.readAll(Path.of("..", "examples", "catalog"));
    assertEquals(
        List.of("azure", "ollama", "vllm"),
        examples.providers().stream().map(Provider::id).toList());
  }

  private Model with(String rest) throws IOException {
    Files.writeString(
        folder.resolve("p.yaml"), "provider: p\ndialect: openai\nbase_url: http://p/v1\n" + rest);
    return Catalog.readAll(folder).find("p/m").orElseThrow();
  }
}
