package dev.flotilla.router.keys;

import dev.flotilla.kit.http.ApiError;

/** What was asked for cannot be issued. */
final class BadDraft extends Exception {
  private static final long serialVersionUID = 1;

  private final String field;

  /**
   * @param field the one that is wrong
   * @param message one sentence that says what to write instead
   */
  BadDraft(String field, String message) {
    super(message);
    this.field = field;
  }

  ApiError error() {
    return ApiError.invalid("invalid_key_request", String.valueOf(getMessage()), field);
  }
}
