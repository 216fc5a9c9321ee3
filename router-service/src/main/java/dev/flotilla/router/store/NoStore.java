package dev.flotilla.router.store;

import dev.flotilla.kit.http.ApiError;

/** What was asked needs the database, and there is none now. */
public final class NoStore extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient ApiError error;

  NoStore(ApiError error) {
    super(error.message());
    this.error = error;
  }

  /** What to say to whoever asked. */
  public ApiError error() {
    return error;
  }
}
