package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import dev.flotilla.review.door.StrictBody;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what is asked, and what is answered, strictly: what it does not understand it refuses. */
final class QuestionReader {
  private static final Set<String> ASKED =
      new TreeSet<>(
          Set.of(
              "id",
              "team",
              "queue",
              "title",
              "show",
              "decisions",
              "deadline",
              "on_timeout",
              "run_id",
              "step"));
  private static final Set<String> ANSWERED = new TreeSet<>(Set.of("decision", "comment"));

  /** Of what stands in a path or is compared. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
  private static final List<String> USUAL_DECISIONS = List.of("approve", "reject");
  private static final String USUAL_ON_TIMEOUT = "expired";
  private static final int MOST_DECISIONS = 20;
  private static final int MOST_TITLE_CHARS = 500;
  private static final int MOST_COMMENT_CHARS = 4_000;
  private static final int MOST_STEP_CHARS = 500;
  private static final int MOST_SHOWN_CHARS = 2_000_000;

  private final PeopleConfig config;

  QuestionReader(PeopleConfig config) {
    this.config = config;
  }

  Question question(byte[] bytes) {
    ObjectNode body = StrictBody.read(bytes, ASKED);
    return new Question(
        name(body, "id"),
        name(body, "team"),
        name(body, "queue"),
        text(body, "title", MOST_TITLE_CHARS),
        shown(body.path("show")),
        decisions(body.path("decisions")),
        deadline(body.path("deadline")),
        body.path("on_timeout").isMissingNode()
            ? USUAL_ON_TIMEOUT
            : word(body.path("on_timeout"), "on_timeout"),
        absent(body.path("run_id")) ? null : name(body, "run_id"),
        absent(body.path("step")) ? null : text(body, "step", MOST_STEP_CHARS),
        null);
  }

  static Answer answer(byte[] bytes) {
    ObjectNode body = StrictBody.read(bytes, ANSWERED);
    return new Answer(
        word(body.path("decision"), "decision"),
        absent(body.path("comment")) ? null : text(body, "comment", MOST_COMMENT_CHARS));
  }

  private static String name(ObjectNode body, String field) {
    String written = body.path(field).asText("");
    if (!NAME.matcher(written).matches()) {
      throw invalid(
          "invalid_" + field,
          field
              + " is missing or no name; write up to 128 letters, digits, dots, dashes and underscores.",
          field);
    }
    return written;
  }

  private static String text(ObjectNode body, String field, int most) {
    String written = body.path(field).asText("");
    if (written.isBlank() || written.length() > most || written.indexOf(0) >= 0) {
      throw invalid(
          "invalid_" + field,
          field + " is missing or no text of at most " + most + " characters.",
          field);
    }
    return written;
  }

  private static String word(JsonNode written, String field) {
    if (!WORD.matcher(written.asText("")).matches()) {
      throw invalid(
          "invalid_" + field,
          field
              + " is missing or no word; write letters, digits, dashes and underscores, e.g. approve.",
          field);
    }
    return written.textValue();
  }

  private static List<String> decisions(JsonNode written) {
    if (absent(written)) {
      return USUAL_DECISIONS;
    }
    var words = new ArrayList<String>();
    written.forEach(each -> words.add(word(each, "decisions")));
    if (!written.isArray() || words.isEmpty() || words.size() > MOST_DECISIONS) {
      throw invalid(
          "invalid_decisions",
          "decisions is no list of 1 to "
              + MOST_DECISIONS
              + " words; write what people may answer, e.g. [\"approve\", \"reject\"].",
          "decisions");
    }
    return words.stream().distinct().toList();
  }

  private Instant deadline(JsonNode written) {
    try {
      Instant deadline = Instant.parse(written.asText(""));
      if (deadline.isBefore(Instant.now().plus(config.longestWait()))
          && deadline.isAfter(Instant.EPOCH)) {
        return deadline;
      }
    } catch (DateTimeException e) {
      throw invalidDeadline();
    }
    throw invalidDeadline();
  }

  private ProblemException invalidDeadline() {
    return invalid(
        "invalid_deadline",
        "deadline is missing, no moment such as 2027-01-31T10:00:00Z, or more than "
            + config.longestWait()
            + " away.",
        "deadline");
  }

  private static ObjectNode shown(JsonNode written) {
    if (absent(written)) {
      return Json.object();
    }
    if (written instanceof ObjectNode object
        && Json.text(object).length() <= MOST_SHOWN_CHARS
        && !Json.text(object).contains("\\u0000")) {
      return object;
    }
    throw invalid(
        "invalid_show",
        "show is no JSON object of at most "
            + MOST_SHOWN_CHARS
            + " characters without U+0000; write names and what people see under them.",
        "show");
  }

  private static boolean absent(JsonNode written) {
    return written.isMissingNode() || written.isNull();
  }

  private static ProblemException invalid(String code, String detail, @Nullable String param) {
    return new ProblemException(Problem.invalid(code, detail, param));
  }
}
