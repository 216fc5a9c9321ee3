package dev.flotilla.local.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where lines go, with colour only when somebody sees it. */
public record Terminal(PrintStream stream, boolean colour) {

  /** See no-color.org: any value that is not empty switches it off. */
  public static boolean wantsColour(@Nullable Console console, Map<String, String> environment) {
    return console != null
        && console.isTerminal()
        && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  public void line(String text) {
    stream.println(text);
  }

  public String bold(String text) {
    return in("1", text);
  }

  public String green(String text) {
    return in("32", text);
  }

  public String red(String text) {
    return in("31", text);
  }

  private String in(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
