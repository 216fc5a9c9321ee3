package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Nothing in it has the form of what identifies a person: mail addresses, phone numbers, bank
 * accounts, cards, social security numbers. Numbers with check digits count only when those fit.
 * Names and addresses have no form and are not found. What it finds it names by kind and line, and
 * never quotes.
 */
record PersonalDataAbsent(List<String> except) implements Verifier {
  static final String NAME = "pii-absent";

  private static final int MOST_NAMED = 10;

  private record Kind(Pattern form, Predicate<String> real) {}

  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    kind(
        "email",
        "[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,5}[A-Za-z]{2,24}",
        // RFC 2606 keeps these for examples: nobody lives there.
        found ->
            !found
                .toLowerCase(Locale.ROOT)
                .matches(".*[@.](example\\.(com|net|org)|example|test|invalid)"));
    kind(
        "iban",
        "\\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\\b",
        PersonalDataAbsent::isIban);
    kind(
        "card",
        "(?<![0-9.-])[3-6][0-9](?:[ -]?[0-9]){11,17}(?![0-9.-])",
        PersonalDataAbsent::isCard);
    kind(
        "us-ssn",
        "(?<![0-9-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![0-9-])",
        found -> true);
    kind(
        "phone",
        "(?<![0-9A-Za-z+])(?:\\+|00)[1-9][0-9]{0,2}[ ./-]?(?:\\(0?[0-9]{0,4}\\)[ ./-]?)?[0-9]{2,4}(?:[ ./-]?[0-9]{2,4}){1,4}(?![0-9A-Za-z])|(?<![0-9A-Za-z])\\(?[2-9][0-9]{2}\\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}(?![0-9A-Za-z])",
        found -> true);
  }

  PersonalDataAbsent {
    except = List.copyOf(except);
  }

  static PersonalDataAbsent asked(Parameters parameters) throws BadVerifier {
    return new PersonalDataAbsent(parameters.words("except", List.copyOf(KINDS.keySet())));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    String text = artifact.content();
    var found = new ArrayList<String>();
    for (var kind : KINDS.entrySet()) {
      if (!except.contains(kind.getKey())) {
        Matcher matcher = kind.getValue().form().matcher(text);
        while (matcher.find() && found.size() < MOST_NAMED) {
          if (kind.getValue().real().test(matcher.group())) {
            found.add(kind.getKey() + " in line " + Lines.of(text, matcher.start()));
          }
        }
      }
    }
    return found.isEmpty()
        ? passed("nothing has the form of personal data")
        : failed(String.join("; ", found));
  }

  /** ISO 13616: moved to its end, the first four characters make the rest 1 modulo 97. */
  private static boolean isIban(String found) {
    String plain = found.replace(" ", "");
    if (plain.length() < 15 || plain.length() > 34) {
      return false;
    }
    var digits = new StringBuilder();
    (plain.substring(4) + plain.substring(0, 4))
        .chars()
        .forEach(each -> digits.append(Character.digit(each, 36)));
    return new BigInteger(digits.toString()).mod(BigInteger.valueOf(97)).intValue() == 1;
  }

  /** ISO/IEC 7812: Luhn's sum ends in 0. */
  private static boolean isCard(String found) {
    String digits = found.replaceAll("[ -]", "");
    if (digits.length() < 13 || digits.length() > 19) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighed = i % 2 == 0 ? digit : digit * 2;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0;
  }

  private static void kind(String name, String form, Predicate<String> real) {
    KINDS.put(name, new Kind(Pattern.compile(form), real));
  }
}
