package dev.flotilla.kit.http;

import java.io.IOException;

/** Proved: no byte of the request has left. The cause says why there was no connection. */
public final class NotConnected extends IOException {
  private static final long serialVersionUID = 1;

  NotConnected(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
