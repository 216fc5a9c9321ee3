package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * None of some terms stands in it as a word of its own. Neither case nor the way a character is put
 * together makes a difference.
 */
record ForbiddenTerms(List<String> terms) implements Verifier {
  static final String NAME = "forbidden-terms";

  ForbiddenTerms {
    terms = List.copyOf(terms);
  }

  static ForbiddenTerms asked(Parameters parameters) throws BadVerifier {
    return new ForbiddenTerms(parameters.texts("terms"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    String text = plain(artifact.content());
    List<String> found = terms.stream().filter(term -> stands(plain(term), text)).toList();
    return found.isEmpty()
        ? passed("none of " + terms.size() + " terms is in it")
        : failed("it has " + String.join(", ", found));
  }

  private static boolean stands(String term, String text) {
    for (int at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
      int after = at + term.length();
      boolean begins = at == 0 || !Character.isLetterOrDigit(text.codePointBefore(at));
      boolean ends = after == text.length() || !Character.isLetterOrDigit(text.codePointAt(after));
      if (begins && ends) {
        return true;
      }
    }
    return false;
  }

  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\s+", " ")
        .strip();
  }
}
