package dev.flotilla.kit.postgres;

/**
 * PostgreSQL cannot be reached, is too slow, or its schema is not migrated yet: the same work may
 * succeed later.
 */
public final class DatabaseAwayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DatabaseAwayException(String message) {
    super(message);
  }

  DatabaseAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
