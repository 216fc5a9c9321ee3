package dev.flotilla.local.supervision;

import java.util.ArrayList;
import java.util.List;

/**
 * A command that a terminal cannot end. Ctrl-C and hanging up reach every process started from a
 * terminal at once; parts must end in order instead, and a fleet must outlive the window it was
 * started in.
 */
public final class OutOfTerminal {
  private OutOfTerminal() {}

  /** Ignored signals stay ignored over {@code exec}, and the pid stays the same. */
  public static List<String> shielded(List<String> command) {
    var shielded = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"));
    shielded.addAll(command);
    return shielded;
  }
}
