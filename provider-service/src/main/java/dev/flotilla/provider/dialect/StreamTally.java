package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import org.jspecify.annotations.Nullable;

/** What is known of a streamed answer from the chunks seen so far. One thread at a time. */
public final class StreamTally {
  /** Beyond this the count of a stream without usage is a floor; no model writes that much. */
  private static final int MAX_TEXT = 4 << 20;

  private final Model model;
  private final StringBuilder text = new StringBuilder();
  private int chunks;
  private @Nullable String id;
  private @Nullable String servedModel;
  private @Nullable String finishReason;
  private @Nullable String serviceTier;
  private @Nullable AttemptUsage usage;
  private boolean usageRefused;
  private @Nullable AttemptUsage counted;

  public StreamTally(Model model) {
    this.model = model;
  }

  public void note(ObjectNode chunk) {
    chunks++;
    if (id == null) {
      id = chunk.path("id").textValue();
    }
    if (servedModel == null) {
      servedModel = chunk.path("model").textValue();
    }
    String tier = chunk.path("service_tier").textValue();
    if (tier != null) {
      serviceTier = tier;
    }
    for (JsonNode choice : chunk.path("choices")) {
      String finish = choice.path("finish_reason").textValue();
      if (finish != null) {
        finishReason = finish;
      }
      if (text.length() < MAX_TEXT) {
        append(text, choice.path("delta"));
      }
    }
    // Some providers send cumulative usage with every chunk: the last one counts, not the sum.
    AttemptUsage reported = OpenAiUsage.read(chunk.path("usage"), model.contextTokens());
    if (reported != null) {
      usage = reported;
    } else if (OpenAiUsage.isSomething(chunk.path("usage"))) {
      usageRefused = true;
    }
  }

  public void note(AnswerStream.Part.Counted part) {
    counted = part.soFar();
  }

  public int chunks() {
    return chunks;
  }

  public @Nullable String id() {
    return id;
  }

  public @Nullable String servedModel() {
    return servedModel;
  }

  public @Nullable String finishReason() {
    return finishReason;
  }

  /** The service it was given; null while the provider has not said. */
  public @Nullable String serviceTier() {
    return serviceTier;
  }

  /** Null while the provider has not reported any that can be true. */
  public @Nullable AttemptUsage usage() {
    return usage;
  }

  /** Whether it reported counts that cannot be true, and none that can. */
  public boolean usageRefused() {
    return usageRefused && usage == null;
  }

  /** What it counted before it wrote; null when it did not say. Only the input in it is final. */
  public @Nullable AttemptUsage counted() {
    return counted;
  }

  /** The same as {@link #text}, without a copy: it grows with the next chunk. */
  public CharSequence written() {
    return text;
  }

  /** Everything the model wrote so far. */
  public String text() {
    return text.toString();
  }

  static void append(StringBuilder text, JsonNode message) {
    text.append(message.path("content").asText(""));
    text.append(message.path("reasoning_content").asText(""));
    text.append(message.path("reasoning").asText(""));
    text.append(message.path("refusal").asText(""));
    for (JsonNode tool : message.path("tool_calls")) {
      text.append(tool.path("function").path("name").asText(""));
      text.append(tool.path("function").path("arguments").asText(""));
    }
  }
}
