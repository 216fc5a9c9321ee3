package dev.flotilla.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed with a provider instead of its list price, for some time.
 *
 * @param subject id of a model, or of a provider and then of all its models
 * @param from first day, UTC
 * @param until first day on which it is over; null while it has no end
 * @param source where it is written down
 * @param factor what the list price is multiplied with; null when {@code own} replaces it
 * @param own null when {@code factor} holds
 */
record Contract(
    String subject,
    LocalDate from,
    @Nullable LocalDate until,
    String source,
    @Nullable BigDecimal factor,
    @Nullable Map<ServiceTier, Schedule> own) {
  private static final BigDecimal DEAREST = BigDecimal.TEN;

  static List<Contract> read(Path file, JsonNode written) {
    var contracts = new ArrayList<Contract>();
    for (JsonNode one : written) {
      contracts.add(readOne(file + ": contracts[]", one));
    }
    return contracts;
  }

  private static Contract readOne(String at, JsonNode written) {
    PriceReader.known(
        at, written, List.of("model", "provider", "from", "until", "source", "multiply", "price"));
    if (written.has("model") == written.has("provider")) {
      throw new CatalogException(at + " needs either model or provider; write the id of one");
    }
    if (written.has("multiply") == written.has("price")) {
      throw new CatalogException(
          at + " needs either multiply, e.g. 0.85, or price with input and output");
    }
    String subject =
        PriceReader.text(at + ".model", written.path(written.has("model") ? "model" : "provider"));
    LocalDate from = PriceReader.day(at + ".from", written.path("from"));
    LocalDate until =
        written.has("until") ? PriceReader.day(at + ".until", written.path("until")) : null;
    if (until != null && !until.isAfter(from)) {
      throw new CatalogException(
          at + ".until is " + until + ", not after from; write the first day it no longer holds");
    }
    return new Contract(
        subject,
        from,
        until,
        PriceReader.text(at + ".source", written.path("source")),
        written.has("multiply") ? factor(at + ".multiply", written.path("multiply")) : null,
        written.has("price") ? PriceReader.schedules(at + ".price", written.path("price")) : null);
  }

  private static BigDecimal factor(String what, JsonNode written) {
    if (!written.isNumber()
        || written.decimalValue().signum() <= 0
        || written.decimalValue().compareTo(DEAREST) > 0) {
      throw new CatalogException(
          what + " is " + written.asText() + "; write more than 0 and at most 10, e.g. 0.85");
    }
    return written.decimalValue();
  }

  /** Whether it is about a model. */
  boolean covers(String modelId, String providerId) {
    return subject.equals(modelId) || subject.equals(providerId);
  }

  /**
   * What a model costs under contracts: a list of prices with a new one for each day on which
   * something changes. One for the model comes before one for its provider, and a later one before
   * an earlier.
   *
   * @param contracts that cover the model
   * @param list oldest first, at least one
   */
  static List<Price> agreed(List<Contract> contracts, List<Price> list) {
    if (contracts.isEmpty()) {
      return list;
    }
    var days = new TreeSet<LocalDate>();
    list.forEach(price -> days.add(price.from()));
    for (Contract contract : contracts) {
      days.add(contract.from());
      if (contract.until() != null) {
        days.add(contract.until());
      }
    }
    return days.stream().map(day -> onDay(day, contracts, list)).toList();
  }

  private static Price onDay(LocalDate day, List<Contract> contracts, List<Price> list) {
    Price listed = Price.onDay(list, day);
    Contract best = null;
    for (Contract contract : contracts) {
      boolean holds =
          !contract.from().isAfter(day)
              && (contract.until() == null || contract.until().isAfter(day));
      if (holds && (best == null || contract.comesBefore(best))) {
        best = contract;
      }
    }
    if (best == null) {
      return new Price(day, listed.source(), listed.schedules(), BigDecimal.ONE);
    }
    return best.own() != null
        ? new Price(day, best.source(), best.own(), BigDecimal.ONE)
        : new Price(
            day,
            listed.source() + "; " + best.source(),
            listed.schedules(),
            best.factor() == null ? BigDecimal.ONE : best.factor());
  }

  private boolean comesBefore(Contract other) {
    boolean closer = subject.contains("/");
    return closer == other.subject().contains("/") ? from.isAfter(other.from()) : closer;
  }
}
