package dev.flotilla.router.door;

import dev.flotilla.kit.http.ApiError;
import java.time.Duration;

/** What everybody is told for whom there is no room just now. */
public final class Overload {
  /** Soon, because whoever is inside may leave at any moment. */
  public static final Duration COME_AGAIN = Duration.ofSeconds(1);

  public static final ApiError ERROR =
      new ApiError(
          503,
          "server_error",
          "overloaded",
          "This router answers as many requests as it can hold; nothing was spent on this one, send"
              + " it again after retry-after.",
          null,
          "router");

  private Overload() {}
}
