package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceEnvironmentTest {
  @Test
  void without_a_key_the_simulator_answers() {
    assertEquals(
        List.of("sim-north", "sim-south", "sim-east"), ServiceEnvironment.providers(Map.of()));
    assertEquals(
        List.of("sim-north", "sim-south", "sim-east"),
        ServiceEnvironment.providers(Map.of("OPENAI_API_KEY", " ")));
  }

  @Test
  void each_key_brings_its_provider() {
    assertEquals(
        List.of("openai", "deepseek"),
        ServiceEnvironment.providers(Map.of("OPENAI_API_KEY", "k", "DEEPSEEK_API_KEY", "k")));
    assertEquals(
        List.of("deepseek"), ServiceEnvironment.providers(Map.of("DEEPSEEK_API_KEY", "k")));
    assertEquals(
        List.of("anthropic"), ServiceEnvironment.providers(Map.of("ANTHROPIC_API_KEY", "k")));
  }

  @Test
  void a_server_that_speaks_openais_dialect_needs_no_key() {
    assertEquals(
        List.of("openai"),
        ServiceEnvironment.providers(Map.of("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")));
  }
}
