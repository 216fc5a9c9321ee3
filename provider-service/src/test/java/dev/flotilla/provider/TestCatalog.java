package dev.flotilla.provider;

import dev.flotilla.catalog.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A catalogue whose provider {@code up} is wherever a test says, and one simulated provider. */
public final class TestCatalog {
  private TestCatalog() {}

  /**
   * Writes {@code catalog/} below a folder, as {@code flotilla.config.dir} wants it. The last model
   * is {@code up/fast}: some tests write more below it.
   */
  public static void write(Path config, String baseUrl) {
    try {
      Path folder = Files.createDirectories(config.resolve("catalog"));
      Files.writeString(
          folder.resolve("up.yaml"),
          """
          provider: up
          dialect: openai
          base_url: %s
          models:
            - name: counted
              upstream: up-counted-1
              context_tokens: 100000
              max_output_tokens: 1000
              tokenizer: o200k_base
              prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 0.1, output: 2}]
            - name: fast
              upstream: up-fast-1
              context_tokens: 100000
              max_output_tokens: 1000
              prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 0.1, output: 2}]
          """
              .formatted(baseUrl));
      Files.writeString(
          folder.resolve("sim.yaml"),
          """
          provider: sim
          dialect: simulator
          models:
            - name: fast
              prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 0.1, output: 2}]
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Catalog of(Path config, String baseUrl) {
    write(config, baseUrl);
    return Catalog.read(config.resolve("catalog"), Set.of("up", "sim"));
  }
}
