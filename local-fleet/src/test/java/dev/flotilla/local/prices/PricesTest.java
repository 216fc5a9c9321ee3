package dev.flotilla.local.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.PriceFinding;
import dev.flotilla.catalog.PriceFinding.Kind;
import dev.flotilla.catalog.Usage;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against excerpts of real lists, whose mistakes are real. */
class PricesTest {
  private static final Path SHIPPED = Path.of("..", "config", "catalog");
  private static final Path EXCERPT = Path.of("src", "test", "resources", "prices");
  private static final LocalDate TODAY = LocalDate.parse("2026-08-01");

  @TempDir Path temporary;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path catalog;
  private Path data;
  private Prices prices;

  @BeforeEach
  void copy() throws IOException {
    catalog = copy(SHIPPED, temporary.resolve("catalog"));
    data = copy(EXCERPT, temporary.resolve("data"));
    copy(EXCERPT.resolve("second-source"), data.resolve("second-source"));
    prices =
        new Prices(
            catalog,
            data,
            new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false));
  }

  @Test
  void the_shipped_list_is_what_the_command_builds_and_again_it_changes_nothing()
      throws IOException {
    Path list = catalog.resolve("prices.yaml");
    String shipped = Files.readString(list);
    Files.writeString(list, "price_list: {}\n");
    assertTrue(prices.build());
    assertEquals(shipped, Files.readString(list));
    said.reset();
    assertTrue(prices.build());
    assertTrue(text().startsWith("Nothing changed"), text());
    assertEquals(shipped, Files.readString(list));
  }

  @Test
  void a_price_that_changed_between_two_lists_is_dated() {
    var luna = Catalog.readAll(catalog).find("openai/gpt-5.6-luna").orElseThrow();
    var million = Usage.text(100_000, 0);
    assertEquals(100_000_000, luna.priceAt(Instant.parse("2026-07-31T23:59:59Z")).nanos(million));
    assertEquals(20_000_000, luna.priceAt(Instant.parse("2026-08-01T00:00:00Z")).nanos(million));
    assertEquals("litellm-2026-08-01", luna.prices().getLast().source());
  }

  @Test
  void a_model_no_list_knows_is_named_instead_of_being_free() throws IOException {
    Path xai = catalog.resolve("xai.yaml");
    Files.writeString(xai, Files.readString(xai) + "  - name: grok-99\n");
    var e = assertThrows(IOException.class, () -> prices.build());
    assertTrue(String.valueOf(e.getMessage()).contains("xai/grok-99"), e.getMessage());
  }

  @Test
  void the_known_mistakes_of_the_public_lists_are_found() throws IOException {
    List<PriceFinding> findings = prices.findings(TODAY);
    Set<String> implausible = subjects(findings, Kind.IMPLAUSIBLE_UNIT);
    assertEquals(13, implausible.stream().filter(id -> id.startsWith("wandb/")).count());
    assertFalse(implausible.contains("wandb/moonshotai/Kimi-K2.5"));
    assertTrue(implausible.contains("azure_ai/jais-30b-chat"));
    assertFalse(implausible.contains("o1-pro"), "600 USD per million was a real price");
    assertTrue(subjects(findings, Kind.NO_PRICE).contains("twelvelabs.pegasus-1-2-v1:0"));
    assertTrue(subjects(findings, Kind.NO_CACHE_PRICE).contains("amazon.nova-lite-v1:0"));
    assertTrue(subjects(findings, Kind.DISCONTINUED).contains("xai/grok-code-fast-1"));
    assertEquals(
        Set.of(
            "deepseek/deepseek-chat",
            "gpt-4.1-nano",
            "groq/gemma-7b-it",
            "mistral/codestral-latest",
            "mistral/mistral-medium-latest",
            "mistral/mistral-small-latest"),
        subjects(findings, Kind.SOURCES_DIFFER));
    assertEquals(Set.of(), subjects(findings, Kind.NOT_AS_LISTED));
  }

  @Test
  void what_is_found_is_printed_and_fails_only_when_it_is_ours_and_wrong() throws IOException {
    assertTrue(prices.lint(TODAY));
    assertTrue(text().contains("implausible unit"), text());
    assertTrue(text().contains("  * xai/grok-code-fast-1: it was to be gone by"), text());
    Path list = data.resolve("models-2026-08-01.json");
    Files.writeString(
        list,
        Files.readString(list)
            .replace("\"input_cost_per_token\": 3e-06", "\"input_cost_per_token\": 3"));
    assertFalse(prices.lint(TODAY));
  }

  @Test
  void planted_mistakes_are_found() throws IOException {
    Path list = data.resolve("models-2026-08-01.json");
    Files.writeString(
        list,
        Files.readString(list)
            .replaceFirst(
                "\\{\\s",
                """
                {
                "a": {"litellm_provider": "x", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6,
                      "cache_read_input_token_cost": 2e-6, "input_cost_per_token_above_200k_tokens": 5e-7,
                      "output_cost_per_token_above_200k_tokens": 1e-6, "deprecation_date": "soon"},
                "b": {"litellm_provider": "x", "mode": "chat", "input_cost_per_token": 2.9999900000000002e-06, "output_cost_per_token": 1},
                """));
    List<PriceFinding> findings = prices.findings(TODAY);
    for (Kind kind : List.of(Kind.CACHE_READ_ABOVE_INPUT, Kind.TIER_NOT_DEARER, Kind.ODD_DATE)) {
      assertTrue(subjects(findings, kind).contains("a"), kind + " is not found");
    }
    assertEquals(Set.of("b"), subjects(findings, Kind.TOO_FINE));
    Path ours = catalog.resolve("prices.yaml");
    Files.writeString(ours, Files.readString(ours).replace("input: 0.14\n", "input: 0.15\n"));
    assertEquals(Set.of("prices.yaml"), subjects(prices.findings(TODAY), Kind.NOT_AS_LISTED));
  }

  private static Set<String> subjects(List<PriceFinding> findings, Kind kind) {
    return findings.stream()
        .filter(finding -> finding.kind() == kind)
        .map(PriceFinding::subject)
        .collect(Collectors.toSet());
  }

  private String text() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
