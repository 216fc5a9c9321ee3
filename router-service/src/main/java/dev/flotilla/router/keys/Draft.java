package dev.flotilla.router.keys;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that is to be issued.
 *
 * @param name what people call it; null when nobody does
 * @param requestsPerMinute null is no limit
 * @param tokensPerMinute null is no limit
 * @param route hints for its requests, as JSON; null for none
 * @param expires null for never
 */
record Draft(
    @Nullable String name,
    String team,
    @Nullable String project,
    Set<String> roles,
    List<String> models,
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    boolean onlyProject,
    @Nullable String route,
    @Nullable Instant expires) {
  Draft {
    roles = Set.copyOf(roles);
    models = List.copyOf(models);
  }
}
