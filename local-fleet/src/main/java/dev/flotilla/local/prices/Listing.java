package dev.flotilla.local.prices;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a public list says of one model: USD per token, in fields whose names end in what they are
 * for.
 */
record Listing(String id, JsonNode written) {
  private static final Set<String> CONVERSE = Set.of("chat", "responses", "completion");
  private static final Pattern LONG_PROMPT =
      Pattern.compile("input_cost_per_token_above_(\\d+)k_tokens(.*)");

  /** Our words for service tiers, and how the list ends the names of their fields. */
  private static final Map<String, String> SERVICES =
      new TreeMap<>(Map.of("flex", "_flex", "priority", "_priority", "batch", "_batches"));

  String provider() {
    return written.path("litellm_provider").asText();
  }

  boolean converses() {
    return CONVERSE.contains(written.path("mode").asText());
  }

  /** The day on which it is or was switched off, as it is written; null when none is said. */
  @Nullable String goneFrom() {
    return written.path("deprecation_date").textValue();
  }

  boolean saysItCaches() {
    return written.path("supports_prompt_caching").asBoolean();
  }

  /** USD per token; null when it is not said, or free, which nothing is. */
  @Nullable BigDecimal usd(String field) {
    JsonNode figure = written.path(field);
    return figure.isNumber() && figure.decimalValue().signum() != 0 ? figure.decimalValue() : null;
  }

  /**
   * The price as our catalogue writes it, without its date; empty when input or output have none.
   *
   * @param hears whether we let the model listen; where the list has no price for that, it costs
   *     what text costs
   */
  Optional<ObjectNode> price(boolean hears) {
    ObjectNode price = figures("", "", hears);
    if (price == null) {
      return Optional.empty();
    }
    addTiers(price, "", hears);
    for (Map.Entry<String, String> service : SERVICES.entrySet()) {
      ObjectNode other = figures("", service.getValue(), hears);
      if (other != null) {
        addTiers(other, service.getValue(), hears);
        price.set(service.getKey(), other);
      }
    }
    return Optional.of(price);
  }

  private void addTiers(ObjectNode price, String service, boolean hears) {
    ArrayNode tiers = JsonNodeFactory.instance.arrayNode();
    for (long thousands : lengths(service)) {
      ObjectNode figures = figures("_above_" + thousands + "k_tokens", service, hears);
      if (figures != null) {
        ObjectNode tier = tiers.addObject().put("above", thousands * 1_000);
        tier.setAll(figures);
      }
    }
    if (!tiers.isEmpty()) {
      price.set("tiers", tiers);
    }
  }

  private Set<Long> lengths(String service) {
    var lengths = new TreeSet<Long>();
    for (var field : written.properties()) {
      Matcher matcher = LONG_PROMPT.matcher(field.getKey());
      if (matcher.matches() && matcher.group(2).equals(service)) {
        lengths.add(Long.valueOf(matcher.group(1)));
      }
    }
    return lengths;
  }

  private @Nullable ObjectNode figures(String length, String service, boolean hears) {
    String end = length + service;
    BigDecimal input = usd("input_cost_per_token" + end);
    BigDecimal output = output("output_cost_per_token" + end);
    if (input == null || output == null) {
      return null;
    }
    ObjectNode price = JsonNodeFactory.instance.objectNode();
    put(price, "input", input);
    put(price, "cache_read", usd("cache_read_input_token_cost" + end));
    put(price, "cache_write_5m", usd("cache_creation_input_token_cost" + end));
    put(price, "cache_write_1h", usd("cache_creation_input_token_cost_above_1hr" + end));
    put(price, "output", output);
    BigDecimal reasoning = usd("output_cost_per_reasoning_token" + end);
    if (reasoning != null && reasoning.compareTo(output) != 0) {
      put(price, "reasoning", reasoning);
    }
    BigDecimal sound = usd("input_cost_per_audio_token" + end);
    if (sound == null && hears && usd("input_cost_per_audio_token") == null) {
      sound = input;
    }
    put(price, "audio_in", sound);
    put(price, "audio_out", usd("output_cost_per_audio_token" + end));
    BigDecimal request = usd("input_cost_per_request" + end);
    if (request != null) {
      price.put("request", request);
    }
    return price;
  }

  /** What writes nothing has no price for it, and says so by 0. */
  private @Nullable BigDecimal output(String field) {
    JsonNode figure = written.path(field);
    boolean embeds = written.path("mode").asText().equals("embedding");
    return embeds && figure.isNumber() ? figure.decimalValue() : usd(field);
  }

  private static void put(ObjectNode price, String name, @Nullable BigDecimal usdPerToken) {
    if (usdPerToken != null) {
      price.put(name, usdPerToken.scaleByPowerOfTen(6));
    }
  }
}
