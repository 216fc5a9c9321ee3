package dev.flotilla.router.idempotency;

/** What a request with a key finds. */
sealed interface Claim {
  /** Nobody has answered it: it is this one's to answer. */
  record Ours() implements Claim {}

  /** It was answered. */
  record Replied(StoredReply reply) implements Claim {}

  /** It is being answered, here or by another router. */
  record InFlight() implements Claim {}

  /** The key stands for another request. */
  record Another() implements Claim {}

  /** Redis does not say. */
  record Unknown() implements Claim {}
}
