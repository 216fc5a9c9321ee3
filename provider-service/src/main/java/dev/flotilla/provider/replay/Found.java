package dev.flotilla.provider.replay;

/** What a call with a key finds. */
public sealed interface Found {
  /**
   * Nobody makes it: it is this one's to make, and to {@link Replays#keep} or {@link
   * Replays#release}.
   *
   * @param claim what stands in Redis meanwhile
   */
  record Ours(String claim) implements Found {}

  /** It was made, and this is its answer as it was given to {@link Replays#keep}. */
  record Kept(byte[] answer) implements Found {}

  /** It is being made, here or by another instance, or was when an instance died. */
  record Running() implements Found {}

  /** The key stands for another call. */
  record Another() implements Found {}

  /** Redis does not say; a second payment is possible. */
  record Away() implements Found {}
}
