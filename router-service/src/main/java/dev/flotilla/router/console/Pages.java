package dev.flotilla.router.console;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes pages from templates, in which everything that is not ours is text. Thread-safe. */
final class Pages {
  private final PebbleEngine engine;

  /**
   * @param traces where a trace is shown, see {@link ConsoleConfig}
   */
  Pages(Assets assets, Optional<String> traces) {
    var loader = new ClasspathLoader(Pages.class.getClassLoader());
    loader.setPrefix("dev/flotilla/router/console/pages/");
    loader.setSuffix(".html");
    engine =
        new PebbleEngine.Builder()
            .loader(loader)
            .extension(new Words(assets, traces))
            .strictVariables(false)
            .autoEscaping(true)
            .defaultLocale(Locale.ROOT)
            .build();
  }

  /**
   * @param path where the visitor is
   * @param part whether only what changes is wanted
   * @param query each name's first value
   * @param second in which money is shown as well
   */
  byte[] html(
      Shown.Page page,
      Session session,
      String path,
      boolean part,
      Map<String, String> query,
      SecondCurrency second) {
    Map<String, Object> facts = new HashMap<>(page.facts());
    facts.put("form_token", session.formToken());
    facts.put("signed_in", session.isSignedIn());
    facts.put("here", path);
    facts.put("part", part);
    facts.put("query", query);
    facts.put(Words.SECOND, second);
    var html = new StringWriter();
    try {
      engine.getTemplate(page.template()).evaluate(html, facts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return html.toString().getBytes(StandardCharsets.UTF_8);
  }
}
