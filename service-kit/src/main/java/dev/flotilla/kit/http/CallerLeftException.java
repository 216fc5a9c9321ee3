package dev.flotilla.kit.http;

import java.io.IOException;

/** Whoever asked is not there any more: nobody is to be told, and nothing is wrong with us. */
public final class CallerLeftException extends IOException {
  private static final long serialVersionUID = 1;

  public CallerLeftException(Throwable cause) {
    super("the caller left", cause);
  }
}
