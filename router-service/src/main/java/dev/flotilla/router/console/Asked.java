package dev.flotilla.router.console;

import dev.flotilla.router.console.api.FleetApi;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a visitor wants of a screen.
 *
 * @param method {@code GET}, or {@code POST} for a form of this session
 * @param path below the screen's own, in parts, decoded
 * @param query each name's first value
 * @param form each name's first value; empty unless a form was sent
 * @param api with the visitor's key
 * @param origin where the visitor finds this router
 * @param target path and query as they were asked for
 * @param currency in which money is shown beside dollars
 * @param part whether a script asks for the part of the page that changes
 */
record Asked(
    String method,
    List<String> path,
    Map<String, String> query,
    Map<String, String> form,
    FleetApi api,
    String origin,
    String target,
    SecondCurrency currency,
    boolean part) {

  boolean isForm() {
    return method.equals("POST");
  }

  /** A value of the query; the default when it is missing or empty. */
  String query(String name, String otherwise) {
    String value = query.getOrDefault(name, "");
    return value.isEmpty() ? otherwise : value;
  }

  /** A field of the form; empty when it is missing. */
  String field(String name) {
    return form.getOrDefault(name, "");
  }

  /** Several questions at once, and what came of each, for a template. */
  Map<String, Object> facts(Map<String, String> questions) {
    Map<String, Object> facts = new LinkedHashMap<>();
    api.getAll(questions)
        .forEach(
            (name, answer) -> facts.put(name, Facts.of(questions.getOrDefault(name, ""), answer)));
    return facts;
  }

  /** As it stands in a path or query. */
  static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
