package dev.flotilla.router.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.flotilla.catalog.Catalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelNamesTest {
  @TempDir Path folder;

  @Test
  void names_without_a_provider_are_found_and_others_left_alone() throws Exception {
    provider("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929");
    provider("cloud", "claude-sonnet-4-5", "publisher.claude-sonnet-4-5");
    provider("deepseek", "deepseek-v4", "deepseek-chat");
    Files.writeString(
        folder.resolve("aliases.yaml"), "aliases: {claude-haiku-4-5: [deepseek/deepseek-v4]}\n");
    var names = new ModelNames(Catalog.read(folder, Set.of("anthropic", "cloud", "deepseek")));
    var both = List.of("anthropic/claude-sonnet-4-5", "cloud/claude-sonnet-4-5");
    assertEquals(both, names.of("claude-sonnet-4-5"));
    assertEquals(both.subList(0, 1), names.of("claude-sonnet-4-5-20250929"));
    assertEquals(both, names.of("claude-sonnet-4-5-latest"));
    assertEquals(List.of("deepseek/deepseek-v4"), names.of("deepseek-chat"));
    for (String known :
        List.of("auto", "auto/bulk", "claude-haiku-4-5", "cloud/claude-sonnet-4-5")) {
      assertEquals(List.of(known), names.of(known));
    }
    assertEquals(List.of("claude-opus-9"), names.of("claude-opus-9"));
  }

  private void provider(String id, String name, String upstream) throws Exception {
    Files.writeString(
        folder.resolve(id + ".yaml"),
        """
        provider: %s
        dialect: openai
        base_url: http://127.0.0.1:1
        key_env: KEY
        models:
          - {name: %s, upstream: %s, family: f, prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 1, output: 1}]}
        """
            .formatted(id, name, upstream));
  }
}
