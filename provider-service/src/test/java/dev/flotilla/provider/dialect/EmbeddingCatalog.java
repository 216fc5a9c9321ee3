package dev.flotilla.provider.dialect;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A catalogue with one model that embeds, {@code up/e}, in whatever dialect a test says. */
public final class EmbeddingCatalog {
  private EmbeddingCatalog() {}

  /** The model; it has 8 dimensions and windows of 100 tokens, and costs a dollar a million. */
  public static Model model(Path folder, String dialect, String baseUrl) {
    try {
      Path catalog = Files.createDirectories(folder.resolve("embedding"));
      Files.writeString(
          catalog.resolve("up.yaml"),
          """
          provider: up
          dialect: %s
          base_url: %s
          key_env: UP_KEY
          models:
            - name: e
              upstream: embed-1
              embedding: {space: s, dimensions: 8, shortens: true}
              context_tokens: 100
              prices: [{from: 2026-01-01, source: test, input: 1, output: 0}]
          """
              .formatted(dialect, baseUrl));
      return Catalog.read(catalog, Set.of("up")).find("up/e").orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
