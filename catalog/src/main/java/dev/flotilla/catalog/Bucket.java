package dev.flotilla.catalog;

import java.util.Locale;

/** Kinds of things an attempt consumes. They are disjoint: no token is counted in two of them. */
public enum Bucket {
  INPUT,
  CACHE_READ,
  CACHE_WRITE_5M,
  CACHE_WRITE_1H,
  OUTPUT,
  REASONING,
  AUDIO_IN,
  AUDIO_OUT,
  IMAGES,
  REQUESTS;

  /** As errors and reports name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
