package dev.flotilla.router;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.exchange.ChatRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Requests and callers for tests. */
public final class Requests {
  public static final Caller ANYBODY = caller("growth", "*");

  private Requests() {}

  public static ChatRequest of(String json) {
    var parsed = ChatRequest.parse(json.getBytes(StandardCharsets.UTF_8));
    return assertInstanceOf(ChatRequest.Parsed.Good.class, parsed).request();
  }

  public static ChatRequest asking(String text) {
    return of(
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}");
  }

  public static Caller caller(String team, String... models) {
    return new Caller(team, "k_1", null, Set.of("caller"), List.of(models));
  }
}
