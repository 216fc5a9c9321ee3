package dev.flotilla.catalog;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that can be asked.
 *
 * @param id {@code provider/name}, unique in the catalogue
 * @param upstream what the provider itself calls it
 * @param family models of one family share their training; reviewers must not share it with authors
 * @param contextTokens most tokens of input and output together, at least 1
 * @param maxOutputTokens most tokens it can answer with, at least 1
 * @param inputs modalities it understands, e.g. {@code text}, {@code image}
 * @param supports features it has, e.g. {@code tools}, {@code json_schema}
 * @param prices at least one, oldest first
 * @param deployments where it is served, at least one place; the first has {@code provider} and
 *     {@code upstream} unless the catalogue lists them
 * @param balance by what one of them, or of their keys, is chosen
 * @param servedAs further names by which its provider may say that it served it
 * @param embedding null for a model that converses; the others only turn texts into vectors
 * @param tokenizer the public vocabulary that its provider counts with, such as {@code o200k_base};
 *     null when nobody but the provider can count
 */
public record Model(
    String id,
    Provider provider,
    String upstream,
    String family,
    long contextTokens,
    long maxOutputTokens,
    Set<String> inputs,
    Set<String> supports,
    List<Price> prices,
    List<Deployment> deployments,
    Balance balance,
    Set<String> servedAs,
    @Nullable Embedding embedding,
    @Nullable String tokenizer) {
  public Model {
    servedAs = Set.copyOf(servedAs);
    inputs = Set.copyOf(inputs);
    supports = Set.copyOf(supports);
    prices = List.copyOf(prices);
    deployments = List.copyOf(deployments);
  }

  /** Whether it turns texts into vectors instead of conversing. */
  public boolean embeds() {
    return embedding != null;
  }

  /**
   * The price that holds at a moment; before the first one the first holds, because a price is
   * never zero.
   */
  public Price priceAt(Instant moment) {
    return Price.onDay(prices, moment.atZone(ZoneOffset.UTC).toLocalDate());
  }

  /** The same simulated model, told to fail in a certain way: {@code sim-north/fast:500}. */
  Model failing(String how) {
    return new Model(
        id + ":" + how,
        provider,
        upstream + ":" + how,
        family,
        contextTokens,
        maxOutputTokens,
        inputs,
        supports,
        prices,
        deployments.stream().map(deployment -> deployment.failing(how)).toList(),
        balance,
        servedAs,
        embedding,
        tokenizer);
  }

  /**
   * The same model as it is asked in one place with one key.
   *
   * @param keyEnv one of the place's variables; null when it needs none
   */
  public Model at(Deployment place, @Nullable String keyEnv) {
    return new Model(
        id,
        keyEnv == null ? place.provider() : place.provider().withKey(keyEnv),
        place.upstream(),
        family,
        contextTokens,
        maxOutputTokens,
        inputs,
        supports,
        prices,
        deployments,
        balance,
        servedAs,
        embedding,
        tokenizer);
  }
}
