package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import dev.flotilla.review.door.StrictBody;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.policy.Risk;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.verification.BadVerifier;
import dev.flotilla.review.verification.Verifiers;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/reviews} strictly: what it does not understand it refuses. */
final class RequestReader {
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "artifact",
              "author_models",
              "deadline",
              "metadata",
              "plan",
              "policy",
              "reviewers",
              "risk",
              "task",
              "verify"));
  private static final Set<String> TYPES = new TreeSet<>(Set.of("text", "json", "diff", "code"));
  private static final int MOST_CRITERIA = 50;
  private static final int MOST_MODELS = 20;
  private static final int MOST_METADATA_CHARS = 4_000;

  private final Policies policies;
  private final Verifiers verifiers;
  private final ReviewConfig config;

  RequestReader(Policies policies, Verifiers verifiers, ReviewConfig config) {
    this.policies = policies;
    this.verifiers = verifiers;
    this.config = config;
  }

  ReviewRequest read(byte[] bytes) {
    ObjectNode body = StrictBody.read(bytes, FIELDS);
    List<String> plan = texts(body, "plan", MOST_CRITERIA);
    if (plan.isEmpty()) {
      throw invalid(
          "missing_plan",
          "plan is missing; write the criteria the artifact must meet, e.g. [\"answers the question\"].",
          "plan");
    }
    return new ReviewRequest(
        new Assignment(artifactType(body), content(body), plan, task(body)),
        texts(body, "reviewers", MOST_MODELS),
        texts(body, "author_models", MOST_MODELS),
        policy(body),
        verify(body.path("verify")),
        risk(body.path("risk")),
        patience(body.path("deadline")),
        metadata(body.path("metadata")));
  }

  private static String artifactType(ObjectNode body) {
    String type = body.path("artifact").path("type").asText("");
    if (!TYPES.contains(type)) {
      throw invalid(
          "invalid_artifact_type",
          "artifact.type is '" + type + "'; write one of " + TYPES + ".",
          "artifact.type");
    }
    return type;
  }

  private String content(ObjectNode body) {
    JsonNode content = body.path("artifact").path("content");
    if (!content.isTextual() || content.textValue().isBlank()) {
      throw invalid(
          "missing_artifact",
          "artifact.content is missing; write what is to be reviewed as a string.",
          "artifact.content");
    }
    return notTooLong(content.textValue(), "artifact.content");
  }

  private @Nullable String task(ObjectNode body) {
    JsonNode task = body.path("task");
    if (task.isMissingNode() || task.isNull()) {
      return null;
    }
    if (!task.isTextual()) {
      throw invalid("invalid_task", "task is no string; write what was to be done.", "task");
    }
    return notTooLong(task.textValue(), "task");
  }

  private String notTooLong(String text, String param) {
    if (text.length() > config.maxArtifactChars()) {
      throw new ProblemException(
          Problem.tooLarge(
              "artifact_too_large",
              param
                  + " has "
                  + text.length()
                  + " characters, and "
                  + config.maxArtifactChars()
                  + " are admitted; have it reviewed in parts.",
              param));
    }
    return text;
  }

  private Policy policy(ObjectNode body) {
    JsonNode name = body.path("policy");
    if (!name.isMissingNode() && !name.isTextual()) {
      throw invalid(
          "invalid_policy",
          "policy is no string; write the name of a policy, one of " + names() + ".",
          "policy");
    }
    String wanted = name.asText("two-of-three");
    return policies
        .named(wanted)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.unprocessable(
                        "unknown_policy",
                        "There is no policy '"
                            + wanted
                            + "'; this installation has "
                            + names()
                            + ", from review-policies/ in its configuration.",
                        Json.object())));
  }

  private ReviewRequest.Verify verify(JsonNode asked) {
    try {
      return new ReviewRequest.Verify(asked, verifiers.asked(asked));
    } catch (BadVerifier e) {
      throw invalid("invalid_verify", e.getMessage(), "verify");
    }
  }

  private static Risk risk(JsonNode written) {
    if (written.isMissingNode() || written.isNull()) {
      return Risk.LOW;
    }
    return Risk.of(written.asText(""))
        .orElseThrow(() -> invalid("invalid_risk", "risk is neither low nor high.", "risk"));
  }

  private List<String> names() {
    return policies.all().stream().map(Policy::name).toList();
  }

  private Duration patience(JsonNode written) {
    if (written.isMissingNode() || written.isNull()) {
      return config.usualDeadline();
    }
    Duration patience = Duration.ZERO;
    if (written.isIntegralNumber() && written.canConvertToLong()) {
      patience = Duration.ofMillis(written.longValue());
    } else if (written.isTextual()) {
      try {
        patience = Duration.parse(written.textValue());
      } catch (DateTimeParseException e) {
        patience = Duration.ZERO;
      }
    }
    if (patience.isPositive() && patience.compareTo(config.longestDeadline()) <= 0) {
      return patience;
    }
    throw invalid(
        "invalid_deadline",
        "deadline is neither an ISO-8601 duration such as PT30S nor a number of milliseconds, or not between 0 and "
            + config.longestDeadline()
            + ".",
        "deadline");
  }

  private static ObjectNode metadata(JsonNode written) {
    if (written.isMissingNode() || written.isNull()) {
      return Json.object();
    }
    if (written instanceof ObjectNode object && Json.text(object).length() <= MOST_METADATA_CHARS) {
      return object;
    }
    throw invalid(
        "invalid_metadata",
        "metadata is no JSON object of at most " + MOST_METADATA_CHARS + " characters.",
        "metadata");
  }

  /** Empty when the field is absent. */
  private static List<String> texts(ObjectNode body, String field, int most) {
    JsonNode written = body.path(field);
    if (written.isMissingNode() || written.isNull()) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    written.forEach(each -> texts.add(each.asText("").strip()));
    boolean strings = written.isArray() && texts.stream().noneMatch(String::isEmpty);
    if (!strings || texts.size() > most) {
      throw invalid(
          "invalid_" + field, field + " is no list of at most " + most + " strings.", field);
    }
    return texts;
  }

  private static ProblemException invalid(String code, String detail, @Nullable String param) {
    return new ProblemException(Problem.invalid(code, detail, param));
  }
}
