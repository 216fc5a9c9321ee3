package dev.flotilla.router.store;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.postgres.Transaction;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Schema {@code router} of PostgreSQL, if this installation has one. Without it, and while it is
 * away, the router starts and answers; only what must outlive it says 503. Thread-safe.
 */
public final class Store implements AutoCloseable {
  private static final Duration COME_AGAIN = Duration.ofSeconds(5);

  private final @Nullable Database database;

  private Store(@Nullable Database database) {
    this.database = database;
  }

  /** Opens the database that {@code flotilla.postgres.url} names; none when that is not set. */
  public static Store open(Settings settings) {
    return settings.optional("flotilla.postgres.url").isPresent()
        ? of(DatabaseConfig.from(settings, "router"))
        : none();
  }

  public static Store of(DatabaseConfig config) {
    return new Store(Database.open(config));
  }

  /** There is no database. */
  public static Store none() {
    return new Store(null);
  }

  public Optional<Database> database() {
    return Optional.ofNullable(database);
  }

  /** Whether it is known if there is a database that answers. */
  boolean settled() {
    return database == null || database.settled();
  }

  /**
   * Runs work in a transaction, as {@link Database#inTransaction} does.
   *
   * @throws NoStore when there is no database, or it is away
   */
  public <T> T inTransaction(Transaction<T> work) {
    return asked(there -> there.inTransaction(work));
  }

  /** The same for work that is one statement, as {@link Database#inOneStatement} does it. */
  public <T> T inOneStatement(Transaction<T> work) {
    return asked(there -> there.inOneStatement(work));
  }

  /** What one row becomes. */
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /**
   * A page of rows, in the order of the question.
   *
   * @param sql with two places for each filter, whether it is null and what it must be, and at its
   *     end one for how many rows at most
   * @param filters null where everything passes
   * @throws NoStore when there is no database, or it is away
   */
  public <T> List<T> page(String sql, Row<T> row, int most, @Nullable String... filters) {
    return inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int place = 1;
            for (String filter : filters) {
              statement.setString(place++, filter);
              statement.setString(place++, filter);
            }
            statement.setInt(place, most);
            try (ResultSet rows = statement.executeQuery()) {
              var page = new ArrayList<T>();
              while (rows.next()) {
                page.add(row.of(rows));
              }
              return List.copyOf(page);
            }
          }
        });
  }

  private <T> T asked(Function<Database, T> question) {
    if (database == null) {
      throw new NoStore(notSet());
    }
    try {
      return question.apply(database);
    } catch (DatabaseAwayException e) {
      throw new NoStore(away());
    }
  }

  /** The same handler, for what needs the database: without it a visitor hears why. */
  public DoorHandler guarding(DoorHandler handler) {
    return visit -> {
      try {
        handler.answer(visit);
      } catch (NoStore e) {
        refuse(e.error(), visit);
      }
    };
  }

  private static void refuse(ApiError error, Visit visit) {
    if (error.code().equals("database_away")) {
      visit.comeAgain(COME_AGAIN);
    }
    visit.send(error);
  }

  private static ApiError notSet() {
    return new ApiError(
        503,
        "server_error",
        "database_not_configured",
        "Runs and batches are kept in PostgreSQL, and this router has none; set FLOTILLA_POSTGRES_URL"
            + " (jdbc:postgresql://host:5432/database), FLOTILLA_POSTGRES_USER and FLOTILLA_POSTGRES_PASSWORD.",
        null,
        "router");
  }

  private static ApiError away() {
    return new ApiError(
        503,
        "server_error",
        "database_away",
        "PostgreSQL, which keeps runs and batches, does not answer now. Nothing is lost: send the request again.",
        null,
        "router");
  }

  @Override
  public void close() {
    if (database != null) {
      database.close();
    }
  }
}
