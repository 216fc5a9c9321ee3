package dev.flotilla.cost.pricing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Every price list this service has run with, kept beside the ledger from its start on. Several
 * instances may keep the same one at once. Thread-safe.
 */
@ApplicationScoped
class PriceVersions {
  private static final System.Logger LOG = System.getLogger(PriceVersions.class.getName());
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Database database;
  private final Catalog catalog;
  private volatile boolean ended;

  @Inject
  PriceVersions(Database database, Catalog catalog) {
    this.database = database;
    this.catalog = catalog;
  }

  /**
   * One of them.
   *
   * @param current whether attempts are priced again by it now
   */
  record Version(String version, Instant firstSeenAt, boolean current) {}

  void begin(@Observes @Initialized(ApplicationScoped.class) Object start) {
    Thread.ofVirtual().name("price-versions").start(this::keepSoon);
  }

  @PreDestroy
  void end() {
    ended = true;
  }

  /** A database that is away at the start does not stop it; the list is kept when it is back. */
  private void keepSoon() {
    while (!ended) {
      try {
        if (database.awaitMigrated(BETWEEN_LOOKS)) {
          keep();
          return;
        }
      } catch (DatabaseAwayException e) {
        LOG.log(Level.DEBUG, "the price list is not kept yet", e);
      }
    }
  }

  /** The catalogue this service runs with. */
  void keep() {
    String prices = PlainJson.text(PriceTable.of(catalog, null));
    database.inTransaction(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into price_version (version, prices) values (?, ?::json) on conflict do nothing")) {
            insert.setString(1, catalog.version());
            insert.setString(2, prices);
            return insert.executeUpdate();
          }
        });
  }

  /** Latest first. */
  List<Version> all() {
    return database.inTransaction(
        connection -> {
          List<Version> versions = new ArrayList<>();
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "select version, first_seen_at from price_version order by first_seen_at desc, version");
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              String version = rows.getString(1);
              versions.add(
                  new Version(
                      version,
                      rows.getObject(2, OffsetDateTime.class).toInstant(),
                      version.equals(catalog.version())));
            }
          }
          return List.copyOf(versions);
        });
  }

  /** As it was told when it held; empty when this service never ran with it. */
  Optional<ObjectNode> prices(String version) {
    return database.inTransaction(connection -> prices(connection, version));
  }

  private static Optional<ObjectNode> prices(Connection connection, String version)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select prices::text from price_version where version = ?")) {
      select.setString(1, version);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(Json.parseObject(rows.getString(1).getBytes(StandardCharsets.UTF_8)))
            : Optional.empty();
      }
    } catch (NotJson e) {
      throw new IllegalStateException("the database keeps only JSON in this column", e);
    }
  }
}
