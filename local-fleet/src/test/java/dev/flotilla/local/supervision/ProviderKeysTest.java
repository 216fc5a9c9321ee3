package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.flotilla.catalog.Catalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** With the shipped catalogue. */
class ProviderKeysTest {
  @Test
  void without_a_key_the_simulator_answers() {
    List<String> simulator = List.of("sim-north", "sim-south", "sim-east");
    assertEquals(simulator, keys(Map.of()).enabled());
    assertEquals(simulator, keys(Map.of("OPENAI_API_KEY", " ")).enabled());
  }

  @Test
  void each_key_brings_its_provider() {
    assertEquals(
        List.of("deepseek", "openai"),
        keys(Map.of("OPENAI_API_KEY", "k", "DEEPSEEK_API_KEY", "k")).enabled());
    assertEquals(List.of("mistral"), keys(Map.of("MISTRAL_API_KEY", "k")).enabled());
  }

  @Test
  void a_server_that_speaks_openais_dialect_needs_no_key() {
    assertEquals(
        List.of("openai"), keys(Map.of("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")).enabled());
  }

  @Test
  void names_are_told_and_values_are_not() {
    ProviderKeys keys = keys(Map.of("GROQ_API_KEY", "hush", "PATH", "/bin"));
    assertEquals(List.of("GROQ_API_KEY"), keys.present());
    assertFalse(keys.toString().contains("hush"));
  }

  private static ProviderKeys keys(Map<String, String> environment) {
    return new ProviderKeys(
        List.copyOf(Catalog.readAll(Path.of("..", "config", "catalog")).providers()), environment);
  }
}
