package dev.flotilla.router.classification;

import dev.flotilla.router.exchange.ChatRequest;

/**
 * Says what kind of task a request is. Implementations are thread-safe and never fail: unsure is
 * {@code standard}.
 */
public interface Classifier {
  Classification classify(ChatRequest request);
}
