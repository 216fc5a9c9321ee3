package dev.flotilla.kit.webhook;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * Where messages may be sent.
 *
 * @param secrets what messages are signed with, at least one; several while one is being replaced
 * @param teams whose messages it takes; {@code *} stands for all
 */
record WebhookTarget(String name, URI url, List<WebhookSecret> secrets, Set<String> teams) {
  WebhookTarget {
    secrets = List.copyOf(secrets);
    teams = Set.copyOf(teams);
  }

  boolean takesFrom(String team) {
    return teams.contains("*") || teams.contains(team);
  }
}
