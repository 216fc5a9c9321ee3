package dev.flotilla.local.prices;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.PriceFinding;
import dev.flotilla.catalog.PriceFinding.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Another public list, Portkey's: one file for each provider, cents per token. */
final class SecondSource {
  /** Its names of files, and our names of providers. */
  private static final Map<String, String> FILES =
      new TreeMap<>(
          Map.of(
              "anthropic", "anthropic",
              "deepseek", "deepseek",
              "google", "gemini",
              "groq", "groq",
              "mistral-ai", "mistral",
              "openai", "openai",
              "together-ai", "together",
              "x-ai", "xai"));

  private static final Map<String, String> FIGURES =
      new TreeMap<>(
          Map.of(
              "request_token", "input_cost_per_token",
              "response_token", "output_cost_per_token",
              "cache_read_input_token", "cache_read_input_token_cost"));

  /** Its figures have the noise of a division in their last digits. */
  private static final MathContext WITHOUT_NOISE = new MathContext(6, RoundingMode.HALF_EVEN);

  private SecondSource() {}

  /** Where it differs from the first in models both have. */
  static List<PriceFinding> differences(Path folder, PublicList first) throws IOException {
    var findings = new ArrayList<PriceFinding>();
    for (var file : FILES.entrySet()) {
      Path path = folder.resolve(file.getKey() + ".json");
      if (Files.exists(path)) {
        for (var model : PublicList.json(path).properties()) {
          first
              .find(file.getValue(), model.getKey())
              .filter(Listing::converses)
              .ifPresent(listing -> compare(listing, model.getValue(), findings));
        }
      }
    }
    return findings;
  }

  private static void compare(Listing listing, JsonNode second, List<PriceFinding> findings) {
    JsonNode figures = second.path("pricing_config").path("pay_as_you_go");
    for (var name : FIGURES.entrySet()) {
      BigDecimal one = rounded(listing.usd(name.getValue()));
      JsonNode price = figures.path(name.getKey()).path("price");
      BigDecimal other =
          rounded(price.isNumber() ? price.decimalValue().scaleByPowerOfTen(-2) : null);
      if (one != null && other != null && one.compareTo(other) != 0) {
        findings.add(
            new PriceFinding(
                listing.id(),
                Kind.SOURCES_DIFFER,
                name.getValue() + " is " + usd(one) + ", and elsewhere " + usd(other)));
      }
    }
  }

  private static @Nullable BigDecimal rounded(@Nullable BigDecimal figure) {
    return figure == null || figure.signum() == 0 ? null : figure.round(WITHOUT_NOISE);
  }

  private static String usd(BigDecimal perToken) {
    return perToken.scaleByPowerOfTen(6).stripTrailingZeros().toPlainString() + " USD per million";
  }
}
