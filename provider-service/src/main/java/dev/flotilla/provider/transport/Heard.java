package dev.flotilla.provider.transport;

import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says in the headers of its answer beside the answer, whatever its dialect. Empty
 * until a status line came. One thread: whoever binds {@link #CURRENT} asks the dialect itself.
 */
public final class Heard {
  /** The one that hears the answer to what is sent within this scope; nobody when not bound. */
  public static final ScopedValue<Heard> CURRENT = ScopedValue.newInstance();

  private HttpHeaders headers = HttpHeaders.of(Map.of(), (name, value) -> true);

  static void note(HttpHeaders headers) {
    if (CURRENT.isBound()) {
      CURRENT.get().headers = headers;
    }
  }

  public HttpHeaders headers() {
    return headers;
  }

  /** The provider's {@code x-should-retry}; null when it did not say. */
  public @Nullable Boolean shouldRetry() {
    return switch (headers
        .firstValue("x-should-retry")
        .orElse("")
        .strip()
        .toLowerCase(Locale.ROOT)) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> null;
    };
  }
}
