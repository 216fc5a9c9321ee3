package dev.flotilla.cost.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page of OpenAI's organization reports, field by field theirs.
 *
 * @param nextPage send it as {@code page} to go on; null at the end
 */
record OrganizationPage(
    String object, List<Bucket> data, boolean hasMore, @Nullable String nextPage) {

  /**
   * A span of time.
   *
   * @param startTime unix seconds
   * @param endTime unix seconds, exclusive
   */
  record Bucket(String object, long startTime, long endTime, List<?> results) {}

  /**
   * What was spent.
   *
   * @param lineItem our model id
   * @param quantity always null: amounts of different meters are in one line
   * @param explain ours: by a figure's place, the statement that recomputes it; left out unless
   *     asked for
   */
  record Cost(
      String object,
      Amount amount,
      @Nullable String lineItem,
      @Nullable String projectId,
      @Nullable String apiKeyId,
      @Nullable String organizationId,
      @Nullable BigDecimal quantity,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {}

  record Amount(BigDecimal value, String currency) {}

  /**
   * What was used.
   *
   * @param inputTokens cached ones included, as OpenAI counts
   * @param outputTokens reasoning included
   * @param numModelRequests attempts
   * @param explain as in {@link Cost}
   */
  record Completions(
      String object,
      long inputTokens,
      long outputTokens,
      long inputCachedTokens,
      long inputAudioTokens,
      long outputAudioTokens,
      long numModelRequests,
      @Nullable String projectId,
      @Nullable String userId,
      @Nullable String apiKeyId,
      @Nullable String model,
      @Nullable Boolean batch,
      @Nullable String serviceTier,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {}
}
