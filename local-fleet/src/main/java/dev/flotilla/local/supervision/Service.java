package dev.flotilla.local.supervision;

import java.nio.file.Path;

/** One of the four services, and its place among the fleet's ports. */
public enum Service {
  ROUTER("router", 0),
  PROVIDER("provider", 1),
  COST("cost", 2),
  REVIEW("review", 3);

  private final String label;
  private final int offset;

  Service(String label, int offset) {
    this.label = label;
    this.offset = offset;
  }

  /** The short name people type: {@code router}. */
  public String label() {
    return label;
  }

  int offset() {
    return offset;
  }

  /** Its libraries lie beside it in {@code libs/}. */
  public Path jarIn(Path tree) {
    var module = label + "-service";
    return tree.resolve(module).resolve("target").resolve(module + ".jar");
  }
}
