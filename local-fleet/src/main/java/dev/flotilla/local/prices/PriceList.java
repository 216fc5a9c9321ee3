package dev.flotilla.local.prices;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The price list we ship: what public lists say of the models we describe, with their days. */
final class PriceList {
  private static final String HEAD =
      """
      # Built by ./fleet prices build from public lists; build it again instead of editing it. Prices of your own go into the file
      # that describes the model, which comes before this one, or under contracts: in a file beside it.
      # USD per million tokens. A price holds from the first day on which a list had it.
      # Source of litellm-DAY: model_prices_and_context_window.json of https://github.com/BerriAI/litellm as of that day,
      # under the MIT License, Copyright (c) 2023 Berri AI.
      price_list:
      """;

  private PriceList() {}

  /**
   * The file's text; the same for the same profiles and lists.
   *
   * @param lists oldest first
   * @throws IOException naming the models no list has a price for
   */
  static String text(List<Profile> profiles, List<PublicList> lists) throws IOException {
    var text = new StringBuilder(HEAD);
    var without = new ArrayList<String>();
    for (Profile profile : profiles) {
      text.append("  ").append(profile.id()).append(":\n");
      if (!append(text, profile, lists)) {
        without.add(profile.id());
      }
    }
    if (!without.isEmpty()) {
      throw new IOException(
          "no public list has a price for "
              + without
              + "; write prices with from, source, input and output into the files that describe"
              + " them");
    }
    return text.toString();
  }

  /** False when no list has a price for it. */
  private static boolean append(StringBuilder text, Profile profile, List<PublicList> lists) {
    ObjectNode before = null;
    for (PublicList list : lists) {
      ObjectNode price =
          list.find(profile).flatMap(listing -> listing.price(profile.hears())).orElse(null);
      if (price != null && !price.equals(before)) {
        append(text, list, price);
        before = price;
      }
    }
    return before != null;
  }

  private static void append(StringBuilder text, PublicList list, ObjectNode price) {
    text.append("    - from: ").append(list.day()).append('\n');
    text.append("      source: ").append(list.source()).append('\n');
    for (var field : price.properties()) {
      text.append("      ").append(field.getKey()).append(": ");
      text.append(flow(field.getValue())).append('\n');
    }
  }

  private static String flow(JsonNode node) {
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .map(PriceList::flow)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (node.isObject()) {
      return node.properties().stream()
          .map(field -> field.getKey() + ": " + flow(field.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    BigDecimal figure = node.decimalValue();
    return figure.signum() == 0 ? "0" : figure.stripTrailingZeros().toPlainString();
  }
}
