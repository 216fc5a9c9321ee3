package dev.flotilla.router.chat;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The projects each team has spent for through this router since its start, and no more of them
 * than reports can sum up: a name per request would make a row of sums per request. Thread-safe.
 */
final class KnownProjects {
  /** Of one team. As many as values of a tag are summed up. */
  static final int MOST = 1_000;

  private final Map<String, Set<String>> byTeam = new ConcurrentHashMap<>();

  /** Whether the team may spend for it; a team's first ones always. */
  boolean admits(String team, String project) {
    Set<String> known = byTeam.computeIfAbsent(team, t -> ConcurrentHashMap.newKeySet());
    if (known.contains(project)) {
      return true;
    }
    // Two new ones at once must not both be the last.
    synchronized (known) {
      return known.contains(project) || (known.size() < MOST && known.add(project));
    }
  }
}
