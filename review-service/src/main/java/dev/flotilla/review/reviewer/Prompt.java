package dev.flotilla.review.reviewer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What reviewers are told, from files in {@code prompts/}. A changed text is a file with another
 * version. Thread-safe.
 */
public final class Prompt {
  /** Stands in each decision, because another text is another reviewer. */
  public static final String VERSION = "reviewer.v2";

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private final String system = resource("reviewer.v2.system.txt");
  private final String user = resource("reviewer.v2.user.txt");
  private final String repair = resource("repair.v2.user.txt");
  private final String reviser = resource("reviser.v1.system.txt");
  private final String revise = resource("reviser.v1.user.txt");
  private final JsonNode schema = json(resource("opinion.v2.schema.json"));

  /** What an answer must look like. */
  JsonNode schema() {
    return schema;
  }

  /** The first question, without the model's name. */
  ObjectNode question(Assignment assignment, Model model) {
    String mark = mark(assignment, "");
    ObjectNode question = Json.object();
    ArrayNode messages = question.putArray("messages");
    say(
        messages,
        "system",
        filled(system, Map.of("mark", mark, "schema", schema.toPrettyString())));
    say(
        messages,
        "user",
        filled(
            user,
            Map.of(
                "plan", numbered(assignment.plan()),
                "task", task(assignment, mark),
                "type", assignment.type(),
                "mark", mark,
                "artifact", assignment.artifact())));
    demandJson(question, model);
    return question;
  }

  /** Asks for the artifact in a new version. */
  ObjectNode revision(Assignment assignment, String objections) {
    // Of the objections, too: reviewers have seen the mark of what they judged.
    String mark = mark(assignment, objections);
    ObjectNode question = Json.object();
    ArrayNode messages = question.putArray("messages");
    say(messages, "system", filled(reviser, Map.of("mark", mark)));
    say(
        messages,
        "user",
        filled(
            revise,
            Map.of(
                "plan", numbered(assignment.plan()),
                "task", task(assignment, mark),
                "type", assignment.type(),
                "mark", mark,
                "artifact", assignment.artifact(),
                "objections", objections)));
    return question;
  }

  /** The question again, with the answer that does not fit and why. */
  ObjectNode repair(ObjectNode question, String answer, String error) {
    ObjectNode again = question.deepCopy();
    ArrayNode messages = again.withArray("messages");
    say(messages, "assistant", answer);
    say(messages, "user", filled(repair, Map.of("error", error)));
    return again;
  }

  /** The strictest the model understands; its answer is validated here in any case. */
  private void demandJson(ObjectNode question, Model model) {
    if (model.supports().contains("json_schema")) {
      ObjectNode format = question.putObject("response_format").put("type", "json_schema");
      ObjectNode named = format.putObject("json_schema").put("name", "opinion").put("strict", true);
      named.set("schema", schema);
    } else if (model.supports().contains("json_object")) {
      question.putObject("response_format").put("type", "json_object");
    }
  }

  /**
   * The mark of the lines around an artifact: its own hash, which it cannot contain, so it cannot
   * pretend to be over. The same artifact is asked about in the same words.
   *
   * @param more what else stands between such lines
   */
  private static String mark(Assignment assignment, String more) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(assignment.artifact().getBytes(StandardCharsets.UTF_8));
      if (assignment.task() != null) {
        digest.update(assignment.task().getBytes(StandardCharsets.UTF_8));
      }
      digest.update(more.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String task(Assignment assignment, String mark) {
    return assignment.task() == null
        ? ""
        : "--- task "
            + mark
            + " begins ---\n"
            + assignment.task()
            + "\n--- task "
            + mark
            + " ends ---\n\n";
  }

  private static String numbered(List<String> plan) {
    var lines = new StringBuilder();
    for (int i = 0; i < plan.size(); i++) {
      lines.append(i == 0 ? "" : "\n").append(i + 1).append(". ").append(plan.get(i));
    }
    return lines.toString();
  }

  /** In one pass, so that a place's name inside an artifact stays what it is. */
  private static String filled(String template, Map<String, String> values) {
    return PLACE
        .matcher(template)
        .replaceAll(
            place -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), place.group())));
  }

  private static void say(ArrayNode messages, String role, String content) {
    messages.addObject().put("role", role).put("content", content);
  }

  private static JsonNode json(String text) {
    try {
      return Json.parse(text);
    } catch (NotJson e) {
      throw new IllegalStateException("a schema of ours is no JSON", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Prompt.class.getResourceAsStream("/prompts/" + name)) {
      if (in == null) {
        throw new IllegalStateException("prompts/" + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
