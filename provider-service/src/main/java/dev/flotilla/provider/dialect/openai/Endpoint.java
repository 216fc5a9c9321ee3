package dev.flotilla.provider.dialect.openai;

import dev.flotilla.catalog.Provider;
import dev.flotilla.provider.dialect.Access;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider's chat path is and what opens it.
 *
 * @param authorization value of the header; null sends none
 */
public record Endpoint(URI chat, @Nullable String authorization) {

  /**
   * @param environment gives a variable's value, or null
   * @throws dev.flotilla.kit.settings.ConfigurationException when the address cannot be used
   */
  public static Endpoint of(Provider provider, UnaryOperator<@Nullable String> environment) {
    Access access = Access.of(provider, environment);
    return new Endpoint(
        access.at("/chat/completions"), access.key() == null ? null : "Bearer " + access.key());
  }

  /** Where it makes vectors: beside the chat path. */
  URI embeddings() {
    return chat.resolve("../embeddings");
  }

  /** Without the key. */
  @Override
  public String toString() {
    return chat.toString();
  }
}
