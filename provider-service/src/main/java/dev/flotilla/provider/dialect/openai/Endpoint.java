package dev.flotilla.provider.dialect.openai;

import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Provider;
import dev.flotilla.provider.dialect.Access;
import java.net.URI;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Where a provider's chat path is and what opens it. */
public record Endpoint(Access access) {

  /**
   * @param environment gives a variable's value, or null
   * @throws dev.flotilla.kit.settings.ConfigurationException when the address cannot be used
   */
  public static Endpoint of(Provider provider, UnaryOperator<@Nullable String> environment) {
    return new Endpoint(Access.of(provider, environment));
  }

  /** Of some providers each model has a path of its own. */
  URI chat(Model model) {
    return access.at("/chat/completions", model.upstream());
  }

  /** Where it makes vectors: beside the chat path. */
  URI embeddings(Model model) {
    return access.at("/embeddings", model.upstream());
  }

  /** Empty without a key. */
  Map<String, String> credentials() {
    return access.credentials("authorization", "Bearer ");
  }

  /** Without the key. */
  @Override
  public String toString() {
    return access.toString();
  }
}
