package dev.flotilla.router.batch;

import dev.flotilla.kit.http.ApiError;
import org.jspecify.annotations.Nullable;

/** What was handed in cannot be understood. */
final class BadBatch extends Exception {
  private static final long serialVersionUID = 1;

  private final transient ApiError error;

  BadBatch(String code, String message, @Nullable String param) {
    this(ApiError.invalid(code, message, param));
  }

  BadBatch(ApiError error) {
    super(error.message());
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
