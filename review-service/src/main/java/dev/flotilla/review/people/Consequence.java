package dev.flotilla.review.people;

import java.sql.Connection;
import java.sql.SQLException;

/** What else happens in the transaction in which a question is answered. */
@FunctionalInterface
public interface Consequence {
  void of(Settled settled, Connection connection) throws SQLException;
}
