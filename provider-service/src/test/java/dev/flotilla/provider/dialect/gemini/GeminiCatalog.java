package dev.flotilla.provider.dialect.gemini;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.provider.TestCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A catalogue whose provider {@code up} speaks Gemini's dialect wherever a test says. */
public final class GeminiCatalog {
  private GeminiCatalog() {}

  /** Writes {@code catalog/} below a folder, as {@code flotilla.config.dir} wants it. */
  public static void write(Path config, String baseUrl) {
    TestCatalog.write(config, baseUrl);
    try {
      Files.writeString(
          config.resolve("catalog/up.yaml"),
          """
          provider: up
          dialect: gemini
          base_url: %s
          key_env: UP_KEY
          models:
            - name: fast
              upstream: gemini-3.6-flash
              context_tokens: 100000
              max_output_tokens: 1000
              prices: [{from: 2026-01-01, source: test, input: 1, cache_read: 0.1, output: 2, reasoning: 3}]
          """
              .formatted(baseUrl));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Catalog of(Path config, String baseUrl) {
    write(config, baseUrl);
    return Catalog.read(config.resolve("catalog"), Set.of("up", "sim"));
  }
}
