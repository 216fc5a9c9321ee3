package dev.flotilla.judgement.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.judgement.finding.Severity;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.JsonLines;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Findings on record with what judges said of them, and what people found.
 *
 * @param judges in the order of their names
 * @param reviewers in the order of their names
 * @param requests each pull request once for each judge
 */
record Recorded(List<String> judges, List<String> reviewers, List<PullRequest> requests) {
  private static final String GOLDEN = "golden.jsonl";
  private static final String FINDINGS = "findings.jsonl";

  private record Golden(String repository, Set<Integer> issues) {}

  private record Line(String judge, String request, RecordedFinding finding) {}

  Recorded {
    judges = List.copyOf(judges);
    reviewers = List.copyOf(reviewers);
    requests = List.copyOf(requests);
  }

  /**
   * Reads {@code golden.jsonl} and {@code findings.jsonl} of a folder.
   *
   * @throws BadData naming the file, the line and what to write instead
   */
  static Recorded read(Path folder) throws IOException, BadData {
    Map<String, Golden> golden = golden(readable(folder, GOLDEN));
    List<Line> lines = JsonLines.read(readable(folder, FINDINGS), json -> line(json, golden));
    Set<String> judges = new TreeSet<>(lines.stream().map(Line::judge).toList());
    Set<String> reviewers =
        new TreeSet<>(lines.stream().map(line -> line.finding().reviewer()).toList());
    var requests = new ArrayList<PullRequest>();
    Set<String> repositories =
        new TreeSet<>(golden.values().stream().map(Golden::repository).toList());
    for (String judge : judges) {
      for (var request : golden.entrySet()) {
        requests.add(
            new PullRequest(
                judge,
                request.getKey(),
                origin(request.getValue().repository(), repositories),
                request.getValue().issues(),
                lines.stream()
                    .filter(line -> line.judge().equals(judge))
                    .filter(line -> line.request().equals(request.getKey()))
                    .map(Line::finding)
                    .toList()));
      }
    }
    return new Recorded(List.copyOf(judges), List.copyOf(reviewers), requests);
  }

  /** Of the repositories that a name continues after a hyphen, the shortest; else itself. */
  private static String origin(String repository, Set<String> all) {
    return all.stream()
        .filter(other -> repository.startsWith(other + "-"))
        .min(Comparator.comparingInt(String::length))
        .orElse(repository);
  }

  private static Path readable(Path folder, String name) throws BadData {
    Path file = folder.resolve(name);
    if (!Files.isReadable(file)) {
      throw new BadData(
          file
              + " cannot be read; name a folder with "
              + GOLDEN
              + " and "
              + FINDINGS
              + ", as docs/reference/review-evaluation.md describes them");
    }
    return file;
  }

  private static Map<String, Golden> golden(Path file) throws IOException, BadData {
    var golden = new TreeMap<String, Golden>();
    JsonLines.read(
        file,
        json -> {
          String request = JsonLines.text(json, "pr");
          if (golden.containsKey(request)) {
            throw new BadData("'pr' is \"" + request + "\" a second time; write one line for each");
          }
          var read = new Golden(JsonLines.text(json, "repo"), issues(json));
          golden.put(request, read);
          return read;
        });
    return golden;
  }

  private static Set<Integer> issues(JsonNode json) throws BadData {
    if (!json.path("golden").isArray()) {
      throw new BadData("'golden' must be an array such as [{\"id\": 0, \"text\": \"…\"}], or []");
    }
    Set<Integer> issues = new TreeSet<>();
    for (JsonNode issue : json.path("golden")) {
      if (!issue.path("id").isInt() || !issues.add(issue.path("id").intValue())) {
        throw new BadData("'golden' must have whole numbers as 'id', each once");
      }
    }
    return issues;
  }

  private static Line line(JsonNode json, Map<String, Golden> golden) throws BadData {
    String request = JsonLines.text(json, "pr");
    Golden known = golden.get(request);
    if (known == null) {
      throw new BadData("'pr' is \"" + request + "\", which " + GOLDEN + " does not have");
    }
    String label = JsonLines.text(json, "label");
    if (!Set.of("tp", "fp", "dup").contains(label)) {
      throw new BadData("'label' is \"" + label + "\"; write tp, fp or dup");
    }
    Set<Integer> issues = named(json.path("golden"), known.issues());
    if ((label.equals("tp") && issues.isEmpty()) || (label.equals("fp") && !issues.isEmpty())) {
      throw new BadData(
          "'label' is "
              + label
              + " and 'golden' has "
              + issues.size()
              + " ids; write those of the issues that a tp names, and none for an fp");
    }
    JsonNode text = json.path("text");
    if (!text.isTextual()) {
      throw new BadData("'text' must be a string");
    }
    var finding =
        new Finding(
            // What is recorded does not say.
            Severity.MAJOR, null, path(json), number(json), text.textValue(), "", null);
    return new Line(
        JsonLines.text(json, "judge"),
        request,
        new RecordedFinding(
            JsonLines.text(json, "tool"),
            finding,
            !label.equals("fp"),
            // A repeat names nothing that was not named.
            label.equals("dup") ? Set.of() : issues,
            cost(json)));
  }

  private static Set<Integer> named(JsonNode ids, Set<Integer> known) throws BadData {
    if (!ids.isArray()) {
      throw new BadData("'golden' must be an array of the ids of issues, such as [0], or []");
    }
    Set<Integer> named = new TreeSet<>();
    for (JsonNode id : ids) {
      if (!id.isInt() || !known.contains(id.intValue())) {
        throw new BadData("'golden' has " + id + ", which is no issue of this pull request");
      }
      named.add(id.intValue());
    }
    return named;
  }

  private static @Nullable String path(JsonNode json) throws BadData {
    JsonNode path = json.path("path");
    if (path.isMissingNode() || path.isNull()) {
      return null;
    }
    if (!path.isTextual()) {
      throw new BadData("'path' must be a string, or null");
    }
    return path.textValue().isBlank() ? null : path.textValue();
  }

  private static @Nullable Integer number(JsonNode json) throws BadData {
    JsonNode line = json.path("line");
    if (line.isMissingNode() || line.isNull()) {
      return null;
    }
    if (!line.isInt() || line.intValue() < 0) {
      throw new BadData("'line' must be a whole number, or null");
    }
    return line.intValue();
  }

  private static @Nullable BigDecimal cost(JsonNode json) throws BadData {
    JsonNode cost = json.path("cost_usd");
    if (cost.isMissingNode() || cost.isNull()) {
      return null;
    }
    if (!cost.isNumber() || cost.decimalValue().signum() < 0) {
      throw new BadData("'cost_usd' must be a number, 0 or more");
    }
    return cost.decimalValue();
  }
}
