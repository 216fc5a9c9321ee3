package dev.flotilla.router.exchange;

import dev.flotilla.kit.http.ApiError;

/** A hint that means nothing; its message says what to write instead. */
public final class BadHint extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;
  private final String place;

  BadHint(String code, String place, String message) {
    super(message);
    this.code = code;
    this.place = place;
  }

  public ApiError error() {
    return ApiError.invalid(code, String.valueOf(getMessage()), place);
  }
}
