package dev.flotilla.router.batch;

/** Answers items of one kind of endpoint. Thread-safe. */
interface ItemWork {
  /**
   * What an item can cost.
   *
   * @param least without which it is not begun
   * @param most what it can use
   */
  record Price(long least, long most) {
    /** It is refused before anything is paid. */
    static final Price NOTHING = new Price(0, 0);
  }

  /** Asks nobody. */
  Price price(Batch batch, String body);

  /** Tries to answer an item. */
  ItemEnd perform(Claimed item);
}
