package dev.flotilla.local.demo;

import org.jspecify.annotations.Nullable;

/**
 * One thing the demo claims.
 *
 * @param held absent when it could not be tried here
 */
record Check(String claim, @Nullable Boolean held, String detail) {
  boolean failed() {
    return held != null && !held;
  }
}
