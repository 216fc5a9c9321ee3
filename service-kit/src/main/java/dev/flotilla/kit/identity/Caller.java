package dev.flotilla.kit.identity;

import dev.flotilla.contracts.call.FleetHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as the router's door established it.
 *
 * @param team whose money it is
 * @param key id of the API key, never the key
 * @param project null when the key belongs to none
 * @param roles e.g. {@code caller}, {@code admin}
 * @param models patterns of the models this caller may use; {@code *} stands for any run of
 *     characters
 */
public record Caller(
    String team, String key, @Nullable String project, Set<String> roles, List<String> models) {
  public Caller {
    roles = Set.copyOf(roles);
    models = List.copyOf(models);
  }

  public boolean has(String role) {
    return roles.contains(role);
  }

  /** The same caller, spending for another project. */
  public Caller in(String otherProject) {
    return new Caller(team, key, otherProject, roles, models);
  }

  public boolean mayUse(String model) {
    return models.stream().anyMatch(pattern -> matches(pattern, model));
  }

  /**
   * Writes this identity for the next service; only beside the service token will it be believed.
   */
  public void send(BiConsumer<String, String> header) {
    header.accept(FleetHeaders.TEAM, team);
    header.accept(FleetHeaders.KEY, key);
    if (project != null) {
      header.accept(FleetHeaders.PROJECT, project);
    }
    header.accept(FleetHeaders.ROLES, String.join(",", roles));
    header.accept(FleetHeaders.MODELS, String.join(",", models));
  }

  /**
   * The identity that came with a trusted request; null when team or key is missing. The operator
   * gives a header's value, or null.
   */
  public static @Nullable Caller received(UnaryOperator<@Nullable String> header) {
    String team = header.apply(FleetHeaders.TEAM);
    String key = header.apply(FleetHeaders.KEY);
    if (team == null || key == null) {
      return null;
    }
    return new Caller(
        team,
        key,
        header.apply(FleetHeaders.PROJECT),
        list(header.apply(FleetHeaders.ROLES)).stream().collect(Collectors.toUnmodifiableSet()),
        list(header.apply(FleetHeaders.MODELS)));
  }

  private static List<String> list(@Nullable String commaSeparated) {
    if (commaSeparated == null || commaSeparated.isBlank()) {
      return List.of();
    }
    return Arrays.stream(commaSeparated.split(",")).map(String::strip).distinct().toList();
  }

  private static boolean matches(String pattern, String model) {
    if (pattern.equals("*")) {
      return true;
    }
    String[] parts = pattern.split("\\*", -1);
    if (parts.length == 1) {
      return pattern.equals(model);
    }
    if (!model.startsWith(parts[0])) {
      return false;
    }
    int at = parts[0].length();
    for (int i = 1; i < parts.length - 1; i++) {
      int found = model.indexOf(parts[i], at);
      if (found < 0) {
        return false;
      }
      at = found + parts[i].length();
    }
    String last = parts[parts.length - 1];
    return model.length() - at >= last.length() && model.endsWith(last);
  }
}
