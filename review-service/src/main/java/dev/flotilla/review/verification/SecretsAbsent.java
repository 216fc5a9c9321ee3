package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
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

  /** None of them can try more than a few ways at any place. */
  private static final Map<String, Pattern> KINDS = new LinkedHashMap<>();

  static {
    kind("private key", "-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----");
    kind("Anthropic key", "\\bsk-ant-[A-Za-z0-9_-]{20,}");
    kind("key of an LLM provider", "\\bsk-(?:proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,}");
    kind("Google key", "\\bAIza[A-Za-z0-9_-]{35}");
    kind("AWS access key", "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b");
    kind("GitHub token", "\\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})");
    kind("GitLab token", "\\bglpat-[A-Za-z0-9_-]{20,}");
    kind("Slack token", "\\bxox[abeoprs]-[A-Za-z0-9-]{10,}");
    kind("Stripe key", "\\b[rs]k_live_[A-Za-z0-9]{16,}");
    kind("npm token", "\\bnpm_[A-Za-z0-9]{36}");
    kind("Hugging Face token", "\\bhf_[A-Za-z0-9]{30,}");
    kind("Groq key", "\\bgsk_[A-Za-z0-9]{40,}");
    kind("xAI key", "\\bxai-[A-Za-z0-9]{40,}");
    kind("webhook secret", "\\bwhsec_[A-Za-z0-9+/=]{20,}");
    kind("JWT", "\\beyJ[A-Za-z0-9_-]{8,200}\\.eyJ[A-Za-z0-9_-]{8,4000}\\.[A-Za-z0-9_-]{16,}");
    kind(
        "password in an address", "\\b[a-z][a-z0-9+.-]{1,20}://[^\\s:/@]{1,100}:[^\\s:/@]{3,100}@");
    kind(
        "assigned secret",
        "(?i)(?:password|passwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token)[\"']?\\s{0,5}[:=]\\s{0,5}[\"']([^\"'\\s]{8,200})[\"']");
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

  private static void kind(String name, String form) {
    KINDS.put(name, Pattern.compile(form));
  }
}
