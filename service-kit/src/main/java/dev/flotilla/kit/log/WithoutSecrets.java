package dev.flotilla.kit.log;

import dev.flotilla.kit.secret.SecretForms;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A text in which nothing looks like a secret. Nobody here writes one into a log; a library that
 * puts an address or a header into its exception might.
 */
final class WithoutSecrets {
  private static final String HIDDEN = "***";

  private static final List<Pattern> FORMS = forms();

  private WithoutSecrets() {}

  static String of(String text) {
    String left = text;
    for (Pattern form : FORMS) {
      left = form.matcher(left).replaceAll(HIDDEN);
    }
    return left;
  }

  private static List<Pattern> forms() {
    var forms = new ArrayList<>(SecretForms.ALL.values());
    // The fleet's own token has no form; where it stands gives it away.
    forms.add(Pattern.compile("(?i)\\b(?:Bearer|Basic) {1,3}[A-Za-z0-9._~+/=-]{16,}"));
    return List.copyOf(forms);
  }
}
