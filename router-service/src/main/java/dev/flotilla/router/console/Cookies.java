package dev.flotilla.router.console;

import dev.flotilla.router.door.Visit;
import java.util.Optional;

/** What browsers keep for the console, one thing an answer. None of it is for scripts. */
final class Cookies {
  private Cookies() {}

  static Optional<String> find(Visit visit, String name) {
    for (String line : visit.headers("cookie")) {
      for (String one : line.split(";")) {
        String pair = one.strip();
        if (pair.startsWith(name + "=")) {
          return Optional.of(pair.substring(name.length() + 1));
        }
      }
    }
    return Optional.empty();
  }

  /** Shown by our own pages only, and kept until the browser is closed. */
  static void keep(Visit visit, String name, String value) {
    set(visit, name, value, ConsoleRoute.PATH, "Strict", "");
  }

  /**
   * The same, shown also when another site sends the visitor here by a link.
   *
   * @param path below which it is shown
   * @param seconds how long it is kept
   */
  static void lend(Visit visit, String name, String value, String path, long seconds) {
    set(visit, name, value, path, "Lax", "; Max-Age=" + seconds);
  }

  static void forget(Visit visit, String name) {
    set(visit, name, "", ConsoleRoute.PATH, "Strict", "; Max-Age=0");
  }

  private static void set(
      Visit visit, String name, String value, String path, String site, String more) {
    boolean encrypted = visit.header("x-forwarded-proto").map("https"::equals).orElse(false);
    visit.setHeader(
        "set-cookie",
        name
            + "="
            + value
            + "; Path="
            + path
            + "; HttpOnly; SameSite="
            + site
            + more
            + (encrypted ? "; Secure" : ""));
  }
}
