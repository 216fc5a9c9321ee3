package dev.flotilla.router.pipeline.journal;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Sql;
import dev.flotilla.router.store.Store;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs from outside: admitted, looked at, woken, cancelled and told to try again. Each is one
 * transaction and may be repeated; none needs a runner in this process. Thread-safe.
 */
public final class RunBook {
  private static final int PIECE = 200;

  private final Store store;
  private final Watch watch;

  public RunBook(Store store, Watch watch) {
    this.store = store;
    this.watch = watch;
  }

  /**
   * Admits a run, unless there is one with this id or admission key; the id of the one there is.
   */
  public String admit(NewRun run) {
    boolean admitted =
        store.inOneStatement(
            connection ->
                Sql.run(
                        connection,
                        """
                        with admitted as (
                          insert into run (id, team, pipeline, version, definitions, caller, request_id, traceparent, input,
                            metadata, streams, max_cost_nanos, deadline, admission_key, webhook, status)
                          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued') on conflict do nothing returning id)
                        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                        select 'run', id, now(), false, 1 from admitted on conflict do nothing""",
                        run.id(),
                        run.owner().team(),
                        run.pipeline(),
                        run.version(),
                        run.definitions(),
                        run.caller(),
                        run.requestId(),
                        run.traceparent(),
                        run.input(),
                        run.metadata(),
                        run.streams(),
                        run.maxCostNanos(),
                        run.deadline(),
                        run.admissionKey(),
                        run.webhook())
                    == 1);
    return admitted ? run.id() : store.inOneStatement(connection -> idOf(connection, run));
  }

  private static String idOf(Connection connection, NewRun run) throws SQLException {
    return Sql.query(
        connection,
        "select id from run where id = ? or admission_key = ?",
        rows -> {
          if (!rows.next()) {
            throw new SQLException("the run that was admitted before is gone: " + run.id());
          }
          return rows.getString("id");
        },
        run.id(),
        run.admissionKey());
  }

  private static int enqueue(Connection connection, String run) throws SQLException {
    return Sql.run(
        connection,
        """
        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
        values ('run', ?, now(), false, 1) on conflict do nothing""",
        run);
  }

  /**
   * Has a run looked after at once, for something it waits for may have happened. False when there
   * is no such run, or it has ended.
   */
  public boolean wake(String run) {
    return store.inTransaction(
        connection -> {
          boolean there =
              Sql.run(
                      connection,
                      "update run set woken = true where id = ? and ended_at is null",
                      run)
                  == 1;
          return there && dueNow(connection, run) >= 0;
        });
  }

  /**
   * After a run was put to rest: whatever wanted it meanwhile could not wake it, because it was not
   * resting yet.
   */
  public void wakeIfWanted(String run) {
    store.inTransaction(
        connection -> {
          // The lock waits for whoever wakes it right now.
          boolean wanted =
              Sql.query(
                  connection,
                  "select woken or status = 'cancelling' from run where id = ? for share",
                  rows -> rows.next() && rows.getBoolean(1),
                  run);
          return wanted ? dueNow(connection, run) : 0;
        });
  }

  /**
   * Queues runs that have not ended and that nobody would ever look after: whoever did so last died
   * between two statements.
   */
  public int queueTheForgotten() {
    return store.inOneStatement(
        connection ->
            Sql.run(
                connection,
                """
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                select 'run', id, now(), false, 1 from run r
                where ended_at is null
                  and not exists (select 1 from scheduled_tasks t where t.task_name = 'run' and t.task_instance = r.id)
                on conflict do nothing"""));
  }

  /** The same for one run, after its task was taken away. */
  public void queueIfWanted(String run) {
    store.inOneStatement(
        connection ->
            Sql.run(
                connection,
                """
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                select 'run', id, now(), false, 1 from run where id = ? and ended_at is null
                on conflict do nothing""",
                run));
  }

  /** Nothing happens to one that is being looked after: it looks again when it is put to rest. */
  private static int dueNow(Connection connection, String run) throws SQLException {
    return Sql.run(
        connection,
        """
        update scheduled_tasks set execution_time = now(), version = version + 1
        where task_name = 'run' and task_instance = ? and not picked""",
        run);
  }

  /** The run ends before its next step; calls on their way end and are written down. */
  public boolean cancel(String run) {
    boolean done =
        store.inTransaction(
            connection -> {
              boolean cancelled =
                  Sql.run(
                          connection,
                          """
                          update run set status = 'cancelling', woken = true
                          where id = ? and status in ('queued', 'in_progress', 'waiting', 'cancelling')""",
                          run)
                      == 1;
              if (cancelled) {
                dueNow(connection, run);
              }
              return cancelled;
            });
    watch.settled(run);
    return done;
  }

  /**
   * Goes on with a run that has ended otherwise than well. Tries are counted anew; what is done
   * stays done.
   *
   * @param again steps, by path, that are made again although they are done
   * @param deadline of the run from now on; null for none
   */
  public boolean retry(String run, Predicate<String> again, @Nullable Instant deadline) {
    return store.inTransaction(
        connection -> {
          boolean ended =
              Sql.run(
                      connection,
                      """
                      update run set status = 'queued', round = round + 1, ended_at = null, output = null, error = null,
                        waiting_for = null, deadline = ?
                      where id = ? and ended_at is not null""",
                      deadline,
                      run)
                  == 1;
          if (!ended) {
            return false;
          }
          for (String step : steps(connection, run)) {
            if (again.test(step)) {
              Sql.run(
                  connection,
                  "update step_attempt set state = 'superseded' where run_id = ? and step = ?",
                  run,
                  step);
            }
          }
          Journal.event(connection, run, "run.retried", Json.object());
          // Whoever ended it may not have taken its task away yet, and looks again when it has.
          enqueue(connection, run);
          return true;
        });
  }

  private static List<String> steps(Connection connection, String run) throws SQLException {
    return Sql.query(
        connection,
        "select distinct step from step_attempt where run_id = ?",
        rows -> {
          var steps = new ArrayList<String>();
          while (rows.next()) {
            steps.add(rows.getString(1));
          }
          return steps;
        },
        run);
  }

  /**
   * A run.
   *
   * @param team who asks; null for whoever may see all
   */
  public Optional<RunRow> find(@Nullable String team, String id) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                SHOWN + " where r.id = ? and (?::text is null or r.team = ?)",
                rows -> rows.next() ? Optional.of(run(rows)) : Optional.empty(),
                id,
                team,
                team));
  }

  /** Runs, newest first. */
  public List<RunRow> list(Selection selection) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                SHOWN
                    + """
                     where (?::text is null or r.team = ?) and (?::text is null or r.pipeline = ?)
                       and (?::text is null or r.status = ?) and (?::timestamptz is null or r.created_at >= ?)
                       and (?::text is null or r.id < ?)
                    order by r.id desc limit ?""",
                rows -> {
                  var runs = new ArrayList<RunRow>();
                  while (rows.next()) {
                    runs.add(run(rows));
                  }
                  return runs;
                },
                selection.team(),
                selection.team(),
                selection.pipeline(),
                selection.pipeline(),
                selection.status(),
                selection.status(),
                selection.since(),
                selection.since(),
                selection.after(),
                selection.after(),
                selection.limit()));
  }

  private static final String SHOWN =
      """
      select r.*, c.cost, c.unpriced, t.prompt, t.completion from run r
        cross join lateral (select coalesce(sum(cost_nanos), 0) as cost, count(*) filter (where cost_nanos is null) as unpriced
                            from paid_call where run_id = r.id) c
        cross join lateral (select coalesce(sum(prompt_tokens), 0) as prompt, coalesce(sum(completion_tokens), 0) as completion
                            from step_attempt where run_id = r.id and cache is distinct from 'hit') t""";

  private static RunRow run(ResultSet rows) throws SQLException {
    return new RunRow(
        rows.getString("id"),
        rows.getString("team"),
        rows.getString("pipeline"),
        rows.getString("version"),
        rows.getString("definitions"),
        rows.getString("request_id"),
        rows.getString("traceparent"),
        rows.getString("input"),
        rows.getString("metadata"),
        Sql.number(rows, "max_cost_nanos"),
        rows.getString("status"),
        rows.getString("waiting_for"),
        rows.getString("output"),
        rows.getString("error"),
        rows.getTimestamp("created_at").toInstant(),
        Sql.instant(rows, "started_at"),
        Sql.instant(rows, "ended_at"),
        rows.getLong("cost"),
        rows.getInt("unpriced"),
        rows.getLong("prompt"),
        rows.getLong("completion"));
  }

  /** All tries of a run's steps, in the order in which they began. */
  public List<StepRow> steps(String run) {
    return store.inTransaction(
        connection -> {
          Map<String, List<StepRow.Call>> calls = calls(connection, run);
          return Sql.query(
              connection,
              "select * from step_attempt where run_id = ? order by started_at, step_key, attempt",
              rows -> {
                var steps = new ArrayList<StepRow>();
                while (rows.next()) {
                  steps.add(step(rows, calls));
                }
                return steps;
              },
              run);
        });
  }

  private static Map<String, List<StepRow.Call>> calls(Connection connection, String run)
      throws SQLException {
    return Sql.query(
        connection,
        "select * from paid_call where run_id = ? order by step_key, attempt, attempt_id",
        rows -> {
          var calls = new HashMap<String, List<StepRow.Call>>();
          while (rows.next()) {
            Long status = Sql.number(rows, "status");
            calls
                .computeIfAbsent(
                    rows.getString("step_key") + "#" + rows.getInt("attempt"),
                    key -> new ArrayList<>())
                .add(
                    new StepRow.Call(
                        rows.getString("attempt_id"),
                        rows.getString("model"),
                        rows.getString("outcome"),
                        status == null ? null : status.intValue(),
                        rows.getLong("ms"),
                        Sql.number(rows, "cost_nanos")));
          }
          return calls;
        },
        run);
  }

  private static StepRow step(ResultSet rows, Map<String, List<StepRow.Call>> calls)
      throws SQLException {
    String key = rows.getString("step_key");
    int number = rows.getInt("attempt");
    Long fallbacks = Sql.number(rows, "fallback_count");
    return new StepRow(
        key,
        number,
        rows.getString("step"),
        rows.getString("kind"),
        AttemptState.of(rows.getString("state")),
        rows.getString("request_id"),
        rows.getString("prompt_hash"),
        rows.getString("task_type"),
        rows.getString("model"),
        rows.getString("cache"),
        fallbacks == null ? null : fallbacks.intValue(),
        Sql.number(rows, "prompt_tokens"),
        Sql.number(rows, "completion_tokens"),
        Sql.number(rows, "cached_tokens"),
        Sql.number(rows, "reasoning_tokens"),
        rows.getString("output"),
        rows.getString("error"),
        rows.getTimestamp("started_at").toInstant(),
        Sql.instant(rows, "ended_at"),
        calls.getOrDefault(key + "#" + number, List.of()));
  }

  /** Whether a run has ended or waits for somebody. */
  public boolean settled(String run) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                "select ended_at is not null or (status = 'waiting' and waiting_for is not null) from run where id = ?",
                rows -> !rows.next() || rows.getBoolean(1),
                run));
  }

  /** Whether a run has ended; empty when there is none. */
  public Optional<Boolean> ended(String run) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                "select ended_at is not null from run where id = ?",
                rows -> rows.next() ? Optional.of(rows.getBoolean(1)) : Optional.empty(),
                run));
  }

  /** What happened after an event, oldest first; a bounded number of events. */
  public List<RunEvent> events(String run, long after) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                "select * from run_event where run_id = ? and seq > ? order by seq limit ?",
                rows -> {
                  var events = new ArrayList<RunEvent>();
                  while (rows.next()) {
                    events.add(
                        new RunEvent(
                            rows.getLong("seq"),
                            rows.getString("type"),
                            rows.getString("data"),
                            rows.getTimestamp("at").toInstant()));
                  }
                  return events;
                },
                run,
                after,
                PIECE));
  }

  /** What one try of each step of a pipeline cost on average, nano-dollars, by path. */
  public Map<String, Long> averages(String team, String pipeline, Duration past) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                """
                select s.step, (sum(c.cost_nanos) / count(distinct (s.run_id, s.step_key)))::bigint as average
                from run r join step_attempt s on s.run_id = r.id
                  join paid_call c on c.run_id = s.run_id and c.step_key = s.step_key and c.attempt = s.attempt
                where r.team = ? and r.pipeline = ? and r.created_at > ? and c.cost_nanos is not null
                group by s.step""",
                rows -> {
                  var averages = new HashMap<String, Long>();
                  while (rows.next()) {
                    averages.put(rows.getString(1), rows.getLong(2));
                  }
                  return averages;
                },
                team,
                pipeline,
                Instant.now().minus(past)));
  }

  /** How many runs of a pipeline stand how, of those admitted since. */
  public Map<String, Long> counts(String team, String pipeline, Duration past) {
    return store.inOneStatement(
        connection ->
            Sql.query(
                connection,
                """
                select status, count(*) from run where team = ? and pipeline = ? and created_at > ?
                group by status order by status""",
                rows -> {
                  var counts = new LinkedHashMap<String, Long>();
                  while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2));
                  }
                  return counts;
                },
                team,
                pipeline,
                Instant.now().minus(past)));
  }

  /** Forgets runs that ended before; returns how many. */
  public int forget(Instant endedBefore) {
    int forgotten = 0;
    int piece;
    do {
      piece =
          store.inOneStatement(
              connection ->
                  Sql.run(
                      connection,
                      """
                      delete from run where id in (
                        select id from run where ended_at < ? order by ended_at limit ? for update skip locked)""",
                      endedBefore,
                      PIECE));
      forgotten += piece;
    } while (piece == PIECE);
    return forgotten;
  }
}
