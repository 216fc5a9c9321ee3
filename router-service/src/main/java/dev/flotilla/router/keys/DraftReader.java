package dev.flotilla.router.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.exchange.BadHint;
import dev.flotilla.router.exchange.HintsReader;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what an administrator asks for. Unknown fields are mistakes. */
final class DraftReader {
  /** Teams and projects travel in headers between services, and models in a list with commas. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,99}");

  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9._:/*@-]{1,200}");
  private static final int MOST_MODELS = 100;
  private static final int LONGEST_NAME = 200;
  private static final long MOST_PER_MINUTE = 1_000_000_000_000L;
  private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "team",
          "project",
          "roles",
          "models",
          "rpm",
          "tpm",
          "only_project",
          "route",
          "expires_at");

  private DraftReader() {}

  static Draft read(ObjectNode body, Instant now) throws BadDraft {
    only(body, FIELDS);
    String team = named(body, "team");
    if (team == null) {
      throw new BadDraft("team", "'team' is missing; name whose money this key spends.");
    }
    String project = named(body, "project");
    boolean onlyProject = flag(body, "only_project");
    if (onlyProject && project == null) {
      throw new BadDraft(
          "only_project", "'only_project' needs 'project', the one this key may spend for.");
    }
    return new Draft(
        text(body, "name"),
        team,
        project,
        roles(body),
        models(body),
        perMinute(body, "rpm"),
        perMinute(body, "tpm"),
        onlyProject,
        route(body),
        expires(body, now));
  }

  /** How long a key that is being replaced still opens; a day when nothing is said. */
  static Duration overlap(ObjectNode body) throws BadDraft {
    only(body, Set.of("overlap_seconds"));
    JsonNode written = body.path("overlap_seconds");
    if (written.isMissingNode()) {
      return Duration.ofDays(1);
    }
    if (!written.isIntegralNumber()
        || !written.canConvertToLong()
        || written.longValue() < 0
        || written.longValue() > LONGEST_OVERLAP.toSeconds()) {
      throw new BadDraft(
          "overlap_seconds",
          "'overlap_seconds' must be a whole number from 0 to "
              + LONGEST_OVERLAP.toSeconds()
              + ".");
    }
    return Duration.ofSeconds(written.longValue());
  }

  private static void only(ObjectNode body, Set<String> fields) throws BadDraft {
    for (var field : body.properties()) {
      if (!fields.contains(field.getKey())) {
        throw new BadDraft(
            field.getKey(),
            "'"
                + field.getKey()
                + "' is not understood here; the fields are "
                + new TreeSet<>(fields)
                + ".");
      }
    }
  }

  private static @Nullable String text(ObjectNode body, String field) throws BadDraft {
    JsonNode written = body.path(field);
    if (written.isMissingNode() || written.isNull()) {
      return null;
    }
    String text = written.asText();
    if (!written.isTextual()
        || text.isBlank()
        || text.length() > LONGEST_NAME
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new BadDraft(
          field, "'" + field + "' must be 1 to " + LONGEST_NAME + " printable characters.");
    }
    return text;
  }

  private static @Nullable String named(ObjectNode body, String field) throws BadDraft {
    String text = text(body, field);
    if (text != null && !NAME.matcher(text).matches()) {
      throw new BadDraft(
          field,
          "'"
              + field
              + "' must be 1 to 100 letters, digits, dots, dashes, underscores and @, such as growth.");
    }
    return text;
  }

  private static boolean flag(ObjectNode body, String field) throws BadDraft {
    JsonNode written = body.path(field);
    if (!written.isMissingNode() && !written.isBoolean()) {
      throw new BadDraft(field, "'" + field + "' must be true or false.");
    }
    return written.asBoolean();
  }

  private static Set<String> roles(ObjectNode body) throws BadDraft {
    List<String> roles = list(body, "roles", List.of(Role.CALLER.word()));
    if (roles.isEmpty() || !Role.WORDS.containsAll(roles)) {
      throw new BadDraft("roles", "'roles' must be a list of " + new TreeSet<>(Role.WORDS) + ".");
    }
    return Set.copyOf(roles);
  }

  private static List<String> models(ObjectNode body) throws BadDraft {
    List<String> models = list(body, "models", List.of("*"));
    if (models.isEmpty()
        || models.size() > MOST_MODELS
        || !models.stream().allMatch(model -> MODEL.matcher(model).matches())) {
      throw new BadDraft(
          "models",
          "'models' must be a list of 1 to "
              + MOST_MODELS
              + " patterns such as openai/* or *; leave it out for all models.");
    }
    return models;
  }

  private static List<String> list(ObjectNode body, String field, List<String> otherwise)
      throws BadDraft {
    JsonNode written = body.path(field);
    if (written.isMissingNode()) {
      return otherwise;
    }
    var list = new ArrayList<String>();
    for (JsonNode one : written) {
      if (!one.isTextual()) {
        throw new BadDraft(field, "'" + field + "' must be a list of words.");
      }
      list.add(one.textValue());
    }
    // Not a list: nothing in it.
    return written.isArray() ? list : List.of();
  }

  private static @Nullable Long perMinute(ObjectNode body, String field) throws BadDraft {
    JsonNode written = body.path(field);
    if (written.isMissingNode() || written.isNull()) {
      return null;
    }
    if (!written.isIntegralNumber()
        || !written.canConvertToLong()
        || written.longValue() < 1
        || written.longValue() > MOST_PER_MINUTE) {
      throw new BadDraft(
          field,
          "'"
              + field
              + "' must be a whole number from 1 to "
              + MOST_PER_MINUTE
              + "; leave it out for no limit.");
    }
    return written.longValue();
  }

  private static @Nullable String route(ObjectNode body) throws BadDraft {
    JsonNode written = body.path("route");
    if (written.isMissingNode() || written.isNull()) {
      return null;
    }
    try {
      HintsReader.route(written, "route");
    } catch (BadHint e) {
      throw new BadDraft("route", String.valueOf(e.getMessage()));
    }
    return Json.text(written);
  }

  private static @Nullable Instant expires(ObjectNode body, Instant now) throws BadDraft {
    JsonNode written = body.path("expires_at");
    if (written.isMissingNode() || written.isNull()) {
      return null;
    }
    try {
      Instant moment = Instant.parse(written.asText());
      if (moment.isAfter(now)) {
        return moment;
      }
    } catch (DateTimeException e) {
      throw badMoment();
    }
    throw badMoment();
  }

  private static BadDraft badMoment() {
    return new BadDraft(
        "expires_at", "'expires_at' must be a moment to come, such as 2027-01-31T00:00:00Z.");
  }
}
