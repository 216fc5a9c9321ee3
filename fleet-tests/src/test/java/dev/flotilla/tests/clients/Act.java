package dev.flotilla.tests.clients;

/** What a {@link Program} does with a model. */
public enum Act {
  /** Asks and waits for the whole answer. */
  ASK,
  /** Asks for an answer of two tokens at most. */
  ASK_BRIEFLY,
  /** Asks for a stream and reads it to its end. */
  STREAM,
  /**
   * Offers the tool {@code weather}, which takes a {@code city}; answers each call with a text that
   * names the city, and asks again with the whole conversation.
   */
  CALL_TOOLS,
  /** The same, with both answers as streams. */
  STREAM_TOOLS,
  /** Asks for JSON by a schema: an object of {@code name}, a text, and {@code seats}, a number. */
  ASK_FOR_JSON,
  /** Shows {@link Program#PICTURE} and asks what it is. */
  SHOW_PICTURE,
  /**
   * Goes on in the middle of a conversation, as agents do: with instructions, a call of {@code
   * weather} whose id is {@link Program#CALL}, a thought before it where the dialect has a place
   * for one, and {@link Program#PICTURE} with the result or after it. The answer is a stream.
   */
  GO_ON
}
