package dev.flotilla.catalog;

/**
 * Something about a price that somebody should look at.
 *
 * @param subject whose price it is, usually the id of a model
 * @param message what was found, with its figures
 */
public record PriceFinding(String subject, Kind kind, String message) {
  /** What can be the matter. */
  public enum Kind {
    /** No such model was ever sold at this price: most likely another unit was meant. */
    IMPLAUSIBLE_UNIT(true),

    /** A figure is finer than a pico-dollar, which hints at noise of a division. */
    TOO_FINE(true),

    /** Reading from a cache costs more than reading afresh, which nobody would do. */
    CACHE_READ_ABOVE_INPUT(true),

    /** A long prompt costs less than a short one. */
    TIER_NOT_DEARER(true),

    /** Two prices begin on one day. */
    SAME_DAY(true),

    /** Writing to a cache costs less than reading afresh. */
    CACHE_WRITE_BELOW_INPUT(false),

    /** Listening costs less than reading. */
    AUDIO_BELOW_INPUT(false),

    /** A public list knows the model and not what it costs. */
    NO_PRICE(false),

    /** A public list says that it caches and not at what price. */
    NO_CACHE_PRICE(false),

    /** Two public lists differ. */
    SOURCES_DIFFER(false),

    /** Its provider said that it would be gone by now. */
    DISCONTINUED(false),

    /** A date that is none, or that cannot be true. */
    ODD_DATE(false),

    /** What we ship is not what the public list says. */
    NOT_AS_LISTED(false);

    private final boolean wrong;

    Kind(boolean wrong) {
      this.wrong = wrong;
    }

    /** Whether a catalogue with it is refused; the others may well be true. */
    public boolean wrong() {
      return wrong;
    }
  }
}
