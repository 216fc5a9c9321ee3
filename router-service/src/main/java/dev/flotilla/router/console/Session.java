package dev.flotilla.router.console;

import java.time.Instant;

/**
 * A visitor's time at the console.
 *
 * @param key whose it is; empty for somebody who has not signed in
 * @param formToken stands in every form, so that no other site can send one
 * @param until when it ends
 */
record Session(String key, String formToken, Instant until) {
  boolean isSignedIn() {
    return !key.isEmpty();
  }

  @Override
  public String toString() {
    return "Session[until=" + until + "]";
  }
}
