package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.secret.SecretForms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Nothing in it looks like a secret: keys whose makers gave them a form, private keys, tokens,
 * passwords in addresses and in assignments. What it finds it names by kind and line, and never
 * quotes.
 */
record SecretsAbsent() implements Verifier {
  private static final int MOST_NAMED = 10;

  private static final Map<String, Pattern> KINDS = new LinkedHashMap<>(SecretForms.ALL);

  static {
    KINDS.put(
        "assigned secret",
        Pattern.compile(
            "(?i)(?:password|passwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token)[\"']?\\s{0,5}[:=]\\s{0,5}[\"']([^\"'\\s]{8,200})[\"']"));
  }

  /** What people write where a secret is to be put. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(?i)\\$\\{.*|\\$[A-Z_]+|<.*>|\\{\\{.*|x{4,}|\\*{4,}|\\.{3,}|(?:your|my|the|change|replace|example|dummy|placeholder)[_-].*|change-?me.*");

  @Override
  public String name() {
    return "secrets-absent";
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    String text = artifact.content();
    var found = new ArrayList<String>();
    // The first kind that knows a place names it: some forms are special cases of others.
    List<int[]> places = new ArrayList<>();
    for (var kind : KINDS.entrySet()) {
      Matcher matcher = kind.getValue().matcher(text);
      while (matcher.find() && found.size() < MOST_NAMED) {
        int start = matcher.start();
        int end = matcher.end();
        boolean placeholder =
            matcher.groupCount() > 0 && PLACEHOLDER.matcher(matcher.group(1)).matches();
        boolean named = places.stream().anyMatch(place -> place[0] < end && start < place[1]);
        if (!placeholder && !named) {
          places.add(new int[] {start, end});
          found.add(kind.getKey() + " in line " + Lines.of(text, start));
        }
      }
    }
    return found.isEmpty()
        ? passed("nothing looks like a secret")
        : failed(String.join("; ", found));
  }
}
