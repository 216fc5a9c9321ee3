package dev.flotilla.router.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

/** What a visitor gets. */
sealed interface Shown {
  /**
   * A page.
   *
   * @param template its name
   * @param facts what the template shows
   */
  record Page(int status, String template, Map<String, Object> facts) implements Shown {
    Page(String template, Map<String, Object> facts) {
      this(200, template, facts);
    }
  }

  /** Another place to go on at, below {@code /console}. */
  record Elsewhere(String path) implements Shown {}

  /** Another site, where the visitor signs in. */
  record Outside(URI place) implements Shown {}

  /** A picture in SVG. */
  record Picture(String svg) implements Shown {}

  /** Something of the API, passed on as it comes; closed when it ends or the visitor leaves. */
  record Passed(Source source) implements Shown {}

  /** There is nothing here. */
  record Nothing() implements Shown {}

  /** Opens what is passed on. */
  interface Source {
    /**
     * @param lastEventId what the visitor saw last of a stream of events; empty for nothing
     */
    Opened open(String lastEventId) throws IOException;
  }

  /**
   * @param headers those that tell what it is
   */
  record Opened(InputStream body, Map<String, String> headers) {}
}
