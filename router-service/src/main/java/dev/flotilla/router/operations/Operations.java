package dev.flotilla.router.operations;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Provider;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.upstream.ProviderRecord;
import dev.flotilla.router.upstream.ProviderReplicas;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code GET /v1/providers}, and on the management port {@code POST /admin/cache/purge} and {@code
 * POST} and {@code DELETE /admin/providers/{id}/drain}. Thread-safe.
 */
public final class Operations {
  private static final String BEFORE_ID = "/admin/providers/";
  private static final String AFTER_ID = "/drain";

  private final Catalog catalog;
  private final ProviderReplicas replicas;
  private final ProviderRecord record;
  private final Drains drains;
  private final AnswerCache cache;
  private final double threshold;
  private final InstantSource clock;

  /**
   * @param threshold share of fallbacks above which a provider is degraded, 0 to 1
   */
  public Operations(
      Catalog catalog,
      ProviderReplicas replicas,
      ProviderRecord record,
      Drains drains,
      AnswerCache cache,
      double threshold,
      InstantSource clock) {
    this.catalog = catalog;
    this.replicas = replicas;
    this.record = record;
    this.drains = drains;
    this.cache = cache;
    this.threshold = threshold;
    this.clock = clock;
  }

  /** What operators read through the public port; what they change has a port of its own. */
  public List<Door> doors(EffectiveConfig effective) {
    return List.of(
        new Door(
            "GET",
            "/v1/providers",
            Role.OPERATORS,
            0,
            "Says how each provider is, over all replicas: circuits, fallback rates, latency, limits left, last error.",
            this::providers),
        new Door(
            "GET",
            "/v1/config",
            Role.OPERATORS,
            0,
            "Shows what this router is configured with, without its secrets.",
            effective::get));
  }

  /** How each provider is, over all replicas. */
  public void providers(Visit visit) {
    ProviderReport report;
    try {
      report =
          new ProviderReport(
              replicas.ask(visit.requestId()),
              record.ask(visit.requestId()),
              threshold,
              clock.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    ObjectNode page = Json.object().put("object", "list");
    ArrayNode data = page.putArray("data");
    for (Provider provider : catalog.providers()) {
      data.add(report.of(provider.id(), provider.simulated(), drains.of(provider.id())));
    }
    page.set("first_id", data.path(0).path("id"));
    page.set("last_id", data.path(data.size() - 1).path("id"));
    page.put("has_more", false);
    page.set("fleet", report.fleet());
    page.set("sources", report.sources());
    visit.send(200, page);
  }

  /** Takes a provider out of the choice of all routers. */
  public void drain(Visit visit) {
    Optional<String> provider = named(visit);
    if (provider.isPresent()) {
      Drained drained = drains.drain(provider.get(), visit.caller().key());
      visit.send(
          200,
          Json.object()
              .put("id", drained.provider())
              .put("object", "provider.drain")
              .put("drained", true)
              .put("since", drained.since().toString())
              .put("by", drained.by()));
    }
  }

  /** Gives a provider back to the choice. */
  public void restore(Visit visit) {
    Optional<String> provider = named(visit);
    if (provider.isPresent()) {
      drains.restore(provider.get());
      visit.send(
          200,
          Json.object()
              .put("id", provider.get())
              .put("object", "provider.drain")
              .put("drained", false));
    }
  }

  /** Forgets all answers that are kept. */
  public void purge(Visit visit) {
    OptionalLong purged = cache.purge();
    if (purged.isEmpty()) {
      visit.send(
          new ApiError(
              503,
              "server_error",
              "cache_away",
              "Redis, which keeps answers, is away or too slow, and some may be left; send the request again.",
              null,
              "router"));
      return;
    }
    visit.send(200, Json.object().put("object", "cache.purge").put("purged", purged.getAsLong()));
  }

  /** The provider a path names; empty when there is none, and the visitor was told. */
  private Optional<String> named(Visit visit) {
    String path = visit.path();
    String id = path.substring(BEFORE_ID.length(), path.length() - AFTER_ID.length());
    List<String> known = catalog.providers().stream().map(Provider::id).toList();
    if (known.contains(id)) {
      return Optional.of(id);
    }
    visit.send(
        new ApiError(
            404,
            ApiError.INVALID_REQUEST,
            "provider_not_found",
            "This installation has no such provider; it has " + String.join(", ", known) + ".",
            null,
            "router"));
    return Optional.empty();
  }
}
