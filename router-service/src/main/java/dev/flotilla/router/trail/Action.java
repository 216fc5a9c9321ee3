package dev.flotilla.router.trail;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something somebody did, or tried to do.
 *
 * @param id {@code evt_} and a ULID
 * @param action such as {@code key.issue}
 * @param target what it was done to, as a path
 * @param status how it ended, as HTTP says it
 * @param key id of the key it was done with, never the key
 * @param address where the connection came from
 * @param body what was asked for; null where that may be somebody's words
 */
record Action(
    String id,
    Instant at,
    String action,
    String target,
    int status,
    String key,
    String team,
    Set<String> roles,
    String address,
    String requestId,
    @Nullable String body) {
  Action {
    roles = Set.copyOf(roles);
  }
}
