package dev.flotilla.provider.dialect.openai;

import dev.flotilla.catalog.Model;
import java.util.Locale;

/**
 * What of OpenAI's dialect a model takes; the catalogue's {@code supports} names it in lower case,
 * for a model or for all of its provider's. What is not named there is not asked of it, because
 * many providers pass over what they do not know without a word.
 */
enum Feature {
  TOOLS,
  /** Can be told to call one tool at a time. */
  PARALLEL_TOOL_CALLS,
  JSON_OBJECT,
  JSON_SCHEMA,
  /** Gives several answers. */
  N,
  SEED,
  /** Takes a seed, but calls it random_seed. */
  RANDOM_SEED,
  LOGPROBS,
  LOGIT_BIAS,
  TOP_K,
  REASONING_EFFORT,
  /** Wants back, with the messages of the assistant, what it thought. */
  REASONING_CONTENT,
  /** Knows the older name of the limit; with the newer one beside it, callers choose. */
  MAX_TOKENS,
  MAX_COMPLETION_TOKENS,
  /** Ends its streams with their usage without being asked, and refuses to be asked. */
  USAGE_UNASKED;

  boolean of(Model model) {
    return model.supports().contains(word());
  }

  /** As the catalogue writes it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
