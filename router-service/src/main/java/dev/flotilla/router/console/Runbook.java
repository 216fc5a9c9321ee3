package dev.flotilla.router.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What to do about an alert: docs/runbooks of this version, which the build puts into the jar. */
final class Runbook implements Screen {
  @Override
  public Shown show(Asked asked) {
    String name = String.join("/", asked.path());
    if (!name.matches("[a-z][a-z-]*")) {
      return new Shown.Nothing();
    }
    try (InputStream in = Runbook.class.getResourceAsStream("runbooks/" + name + ".md")) {
      if (in == null) {
        return new Shown.Nothing();
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Map<String, Object> facts = asked.facts(Map.of("key", "/v1/key"));
      int end = text.indexOf('\n');
      facts.put("title", text.substring(0, end).replaceFirst("^#+ *", ""));
      facts.put("text", text.substring(end).strip());
      return new Shown.Page("runbook", facts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
