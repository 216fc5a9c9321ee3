package dev.flotilla.provider.lease;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose money a call costs, as budgets tell them apart. */
public record Payer(String team, String key, @Nullable String project, @Nullable String pipeline) {
  /** The ids that its budgets would have; the caller may change the set. */
  Set<String> scopes() {
    var scopes = new HashSet<String>(Set.of("team:" + team, "key:" + key));
    if (project != null) {
      scopes.add("project:" + project);
    }
    if (pipeline != null) {
      scopes.add("pipeline:" + pipeline);
    }
    return scopes;
  }
}
