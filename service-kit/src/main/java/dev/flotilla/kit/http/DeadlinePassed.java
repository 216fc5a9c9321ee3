package dev.flotilla.kit.http;

import java.io.IOException;

/** The call's deadline passed before its answer was here; the other side may have done the work. */
public final class DeadlinePassed extends IOException {
  private static final long serialVersionUID = 1;

  DeadlinePassed(IOException cause) {
    super("the deadline has passed", cause);
  }
}
