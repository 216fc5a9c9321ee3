package dev.flotilla.catalog;

/**
 * The catalogue's files cannot be used; the message names file, place, what was found and what to
 * write instead.
 */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CatalogException(String message) {
    super(message);
  }

  CatalogException(String message, Throwable cause) {
    super(message, cause);
  }
}
