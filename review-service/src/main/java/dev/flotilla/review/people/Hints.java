package dev.flotilla.review.people;

import dev.flotilla.kit.postgres.Database;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hints that were promised to runs when their questions were answered. A hint only saves time,
 * because runs look by themselves every few minutes: after an hour of trying it is given up.
 * Thread-safe.
 */
final class Hints {
  private static final int MOST_TRIES = 24;
  private static final int AT_ONCE = 50;

  // Until it is due again nobody else gives the same hint; after 1 s, 2 s, 4 s … 5 minutes.
  private static final String TAKE =
      """
      update wake set tries = tries + 1, due_at = now() + make_interval(secs => least(300, 2 ^ tries))
      where question_id in (select question_id from wake where due_at <= now() order by due_at limit ? for update skip locked)
      returning question_id, run_id, tries""";

  private static final String GIVEN = "delete from wake where question_id = ?";

  private static final String NEXT = "select min(due_at) from wake";

  private record Hint(String questionId, String runId, int tries) {}

  private final Database database;
  private final Waker waker;

  Hints(Database database, Waker waker) {
    this.database = database;
    this.waker = waker;
  }

  /**
   * Gives all that are due.
   *
   * @return when the next one is; empty when none is left
   */
  Optional<Instant> give() {
    List<Hint> due;
    do {
      due = take();
      due.forEach(this::give);
    } while (!due.isEmpty());
    return database.inTransaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(NEXT)) {
            rows.next();
            var next = rows.getTimestamp(1);
            return next == null ? Optional.empty() : Optional.of(next.toInstant());
          }
        });
  }

  private void give(Hint hint) {
    if (waker.wake(hint.runId(), hint.questionId()) || hint.tries() >= MOST_TRIES) {
      database.inTransaction(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement(GIVEN)) {
              statement.setString(1, hint.questionId());
              return statement.executeUpdate();
            }
          });
    }
  }

  private List<Hint> take() {
    return database.inTransaction(
        connection -> {
          var taken = new ArrayList<Hint>();
          try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setInt(1, AT_ONCE);
            try (var rows = statement.executeQuery()) {
              while (rows.next()) {
                taken.add(new Hint(rows.getString(1), rows.getString(2), rows.getInt(3)));
              }
            }
          }
          return taken;
        });
  }
}
