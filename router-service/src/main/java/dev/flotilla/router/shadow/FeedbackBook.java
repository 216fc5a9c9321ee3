package dev.flotilla.router.shadow;

import dev.flotilla.router.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What callers say of answers, in PostgreSQL; of several words on one the last counts. */
final class FeedbackBook {
  private static final String KEPT =
      """
      insert into feedback (team, request_id, key_id, task_type, model, score) values (?, ?, ?, ?, ?, ?)
      on conflict (team, request_id) do update set score = excluded.score, key_id = excluded.key_id, at = now()
      returning (xmax = 0) as first""";

  private static final String MEANS =
      """
      select task_type, model, count(*) as words, avg(score) as score from feedback
      group by task_type, model order by task_type nulls last, model""";

  private final Store store;

  FeedbackBook(Store store) {
    this.store = store;
  }

  /**
   * What is said of a model's answers to a kind of work.
   *
   * @param taskType null where callers named the model
   * @param score 0 to 1
   */
  record Mean(@Nullable String taskType, String model, long words, double score) {}

  /** Whether it is the first word on this request. */
  boolean keep(
      String team,
      String requestId,
      String key,
      @Nullable String taskType,
      String model,
      double score) {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(KEPT)) {
            statement.setString(1, team);
            statement.setString(2, requestId);
            statement.setString(3, key);
            statement.setString(4, taskType);
            statement.setString(5, model);
            statement.setDouble(6, score);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getBoolean("first");
            }
          }
        });
  }

  List<Mean> means() {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(MEANS);
              ResultSet rows = statement.executeQuery()) {
            var means = new ArrayList<Mean>();
            while (rows.next()) {
              means.add(
                  new Mean(
                      rows.getString("task_type"),
                      rows.getString("model"),
                      rows.getLong("words"),
                      rows.getDouble("score")));
            }
            return List.copyOf(means);
          }
        });
  }
}
