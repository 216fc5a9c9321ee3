package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.pipelines.schema.PatientText;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression is found somewhere in it, or nowhere. */
record HasPattern(Pattern pattern, boolean wanted) implements Verifier {
  static final String NAME = "regex";

  /** Half a second's worth: fifty looks at each character of the longest artifact. */
  private static final int LOOKS = 20_000_000;

  static HasPattern asked(Parameters parameters) throws BadVerifier {
    String written = parameters.text("pattern", "^# [A-Z]");
    boolean wanted = parameters.wordOrFirst("is", List.of("found", "absent")).equals("found");
    try {
      return new HasPattern(Pattern.compile(written, Pattern.MULTILINE), wanted);
    } catch (PatternSyntaxException e) {
      throw parameters.wrong("pattern", "is no regular expression: " + e.getDescription());
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    boolean found;
    try {
      found = pattern.matcher(new PatientText(artifact.content(), LOOKS)).find();
    } catch (PatientText.Exhausted e) {
      return failed("the pattern takes too long to decide; write one with fewer repetitions");
    } catch (StackOverflowError e) {
      return failed("the pattern needs too much to decide; write one with fewer alternatives");
    }
    String detail = found ? "the pattern is found" : "the pattern is nowhere";
    return new Verified(NAME, found == wanted, detail);
  }
}
