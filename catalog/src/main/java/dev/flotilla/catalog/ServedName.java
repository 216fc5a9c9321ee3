package dev.flotilla.catalog;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names by which a provider may say that it served a model. */
final class ServedName {
  /**
   * How providers end the name of a dated version: {@code -2026-01-01}, {@code -20260101}, {@code
   * -0709}, {@code -001}, {@code @20260101}; and the one that stands for the newest.
   */
  private static final Pattern VERSION =
      Pattern.compile("[-@](?:\\d{4}-\\d{2}-\\d{2}|\\d{8}|\\d{4}|\\d{3}|latest)$");

  private ServedName() {}

  /** Without what is not a part of the name; Gemini writes {@code models/} before it. */
  static String plain(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("models/") ? lower.substring("models/".length()) : lower;
  }

  /** All names of a model, plain. */
  static Set<String> of(Model model) {
    String inCatalogue = model.id().substring(model.id().indexOf('/') + 1);
    return Stream.of(
            Stream.of(model.id(), inCatalogue, model.upstream()),
            model.deployments().stream().map(Deployment::upstream),
            model.servedAs().stream())
        .flatMap(names -> names)
        .map(ServedName::plain)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * @param said plain
   */
  static boolean isVersionOf(String said, Model model) {
    String base = base(said);
    return of(model).stream().map(ServedName::base).anyMatch(base::equals);
  }

  private static String base(String name) {
    return VERSION.matcher(name).replaceFirst("");
  }
}
