package dev.flotilla.kit.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Work on one connection, all or nothing. It may be run more than once, so it changes nothing but
 * the database.
 */
@FunctionalInterface
public interface Transaction<T> {
  T run(Connection connection) throws SQLException;
}
