package dev.flotilla.router.pipeline.journal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Sql;
import dev.flotilla.router.store.NoStore;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.webhook.Announcements;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What whoever goes on with a run reads and writes. What begins is fenced by the lease, so that two
 * never go on with the same run; what ends is not, because a result that was paid for is never
 * thrown away. Thread-safe.
 */
public final class Journal {
  /** How long the result of a call waits for a database that is away; the call was paid for. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

  private static final String HELD =
      """
       from scheduled_tasks t
       where r.id = ? and t.task_name = 'run' and t.task_instance = r.id and t.picked and t.version = ?
      """;

  private final Store store;
  private final Watch watch;
  private final Announcements announcements;
  private final RunMetrics metrics;

  public Journal(Store store, Watch watch, Announcements announcements, RunMetrics metrics) {
    this.store = store;
    this.watch = watch;
    this.announcements = announcements;
    this.metrics = metrics;
  }

  /**
   * The first thing after a run was taken up: tries that earlier leases left open become unknown,
   * and everything written comes back. Empty when the run has ended.
   *
   * @throws LeaseLost when somebody else has taken it up since
   */
  public Optional<LoadedRun> load(Lease lease) {
    Optional<LoadedRun> loaded = store.inTransaction(connection -> load(connection, lease));
    watch.happened(lease.run());
    return loaded;
  }

  private static Optional<LoadedRun> load(Connection connection, Lease lease) throws SQLException {
    int held =
        Sql.run(
            connection,
            """
            update run r set
              woken = false, waiting_for = null, started_at = coalesce(r.started_at, now()),
              status = case when r.status = 'cancelling' then r.status else 'in_progress' end
            """
                + HELD
                + " and r.ended_at is null",
            lease.run(),
            lease.version());
    if (held == 0) {
      boolean ended =
          Sql.query(
              connection,
              "select ended_at is not null from run where id = ?",
              rows -> !rows.next() || rows.getBoolean(1),
              lease.run());
      if (ended) {
        return Optional.empty();
      }
      throw new LeaseLost(lease.run());
    }
    int unknown =
        Sql.run(
            connection,
            "update step_attempt set state = 'unknown', ended_at = now() where run_id = ? and state = 'started' and lease < ?",
            lease.run(),
            lease.version());
    boolean first =
        Sql.query(
            connection,
            "select not exists (select 1 from run_event where run_id = ? and type = 'run.started')",
            rows -> rows.next() && rows.getBoolean(1),
            lease.run());
    if (first) {
      event(connection, lease.run(), "run.started", Json.object());
    }
    if (unknown > 0) {
      event(connection, lease.run(), "run.resumed", Json.object().put("unknown_attempts", unknown));
    }
    List<Attempt> attempts = attempts(connection, lease.run());
    return Sql.query(
        connection,
        """
        select r.*, (select coalesce(sum(coalesce(cost_nanos, ceiling_nanos, 0)), 0)
                     from paid_call where run_id = r.id) as spent
        from run r where r.id = ?""",
        rows -> rows.next() ? Optional.of(run(rows, first, attempts)) : Optional.empty(),
        lease.run());
  }

  private static LoadedRun run(ResultSet rows, boolean first, List<Attempt> attempts)
      throws SQLException {
    return new LoadedRun(
        rows.getString("id"),
        rows.getString("pipeline"),
        rows.getString("definitions"),
        rows.getString("caller"),
        rows.getString("traceparent"),
        rows.getString("input"),
        rows.getString("metadata"),
        rows.getBoolean("streams"),
        Sql.number(rows, "max_cost_nanos"),
        Sql.instant(rows, "deadline"),
        rows.getString("status").equals("cancelling"),
        rows.getInt("round"),
        rows.getLong("spent"),
        first,
        attempts);
  }

  private static List<Attempt> attempts(Connection connection, String run) throws SQLException {
    return Sql.query(
        connection,
        "select * from step_attempt where run_id = ? order by step_key, attempt",
        rows -> {
          var attempts = new ArrayList<Attempt>();
          while (rows.next()) {
            attempts.add(
                new Attempt(
                    rows.getString("step_key"),
                    rows.getInt("attempt"),
                    rows.getInt("round"),
                    AttemptState.of(rows.getString("state")),
                    rows.getString("model"),
                    rows.getString("output"),
                    rows.getString("error"),
                    rows.getTimestamp("started_at").toInstant()));
          }
          return attempts;
        },
        run);
  }

  /**
   * Before a try is made.
   *
   * @throws LeaseLost when somebody else goes on with the run
   * @throws RunCancelled when the run is to end
   */
  public void begin(Lease lease, NewAttempt attempt) {
    ObjectNode data = about(attempt.key(), attempt.step()).put("attempt", attempt.number());
    write(lease, attempt, "started", null, "step.started", data);
  }

  /**
   * A try that needs no call: written when it has ended.
   *
   * @throws LeaseLost when somebody else goes on with the run
   * @throws RunCancelled when the run is to end
   */
  public void settle(Lease lease, NewAttempt attempt, Ended ended) {
    ObjectNode data = about(attempt.key(), attempt.step()).put("attempt", attempt.number());
    String type =
        switch (ended.state()) {
          case SKIPPED -> "step.skipped";
          case DONE -> "step.completed";
          case STARTED, FAILED, UNKNOWN, WAITING, PARKED, SUPERSEDED -> "step.failed";
        };
    if (ended.error() != null) {
      data.set("error", ended.error());
    }
    write(lease, attempt, ended.state().word(), ended, type, data);
  }

  /**
   * A person is asked; the same as {@link #begin} for what may take days.
   *
   * @param waitingFor what the run waits for, as callers are told
   */
  public void waits(Lease lease, NewAttempt attempt, String waitingFor) {
    ObjectNode data = about(attempt.key(), attempt.step()).put("waiting_for", waitingFor);
    write(lease, attempt, "waiting", null, "run.waiting", data);
  }

  private void write(
      Lease lease,
      NewAttempt attempt,
      String state,
      @Nullable Ended ended,
      String event,
      ObjectNode data) {
    boolean written =
        store.inOneStatement(
            connection ->
                Sql.run(
                        connection,
                        "with held as (update run r set events = r.events + 1"
                            + HELD
                            + """
                             and r.status = 'in_progress' returning r.id, r.events, r.round),
                            tried as (insert into step_attempt
                              (run_id, step_key, attempt, step, kind, round, lease, state, request_id, prompt_hash, output, error, ended_at)
                              select id, ?, ?, ?, ?, round, ?, ?, ?, ?, ?, ?, case when ? then now() end from held
                              on conflict (run_id, step_key, attempt) do update set state = excluded.state, lease = excluded.lease,
                                request_id = excluded.request_id, output = excluded.output, error = excluded.error,
                                started_at = now(), ended_at = excluded.ended_at
                              where step_attempt.state = 'parked')
                            insert into run_event (run_id, seq, type, data) select id, events, ?, ? from held""",
                        lease.run(),
                        lease.version(),
                        attempt.key(),
                        attempt.number(),
                        attempt.step(),
                        attempt.kind(),
                        lease.version(),
                        state,
                        attempt.requestId(),
                        attempt.promptHash(),
                        ended == null || ended.output() == null ? null : Json.text(ended.output()),
                        ended == null || ended.error() == null ? null : Json.text(ended.error()),
                        ended != null,
                        event,
                        Json.text(data))
                    == 1);
    if (!written) {
      throw lost(lease);
    }
    watch.happened(lease.run());
  }

  /**
   * After a try was made. One that stalled so long that a later one was made in its place, and ends
   * nevertheless, is superseded: of the tries of a step one is done, the last.
   */
  public void end(Lease lease, NewAttempt attempt, Ended ended) {
    ObjectNode data = about(attempt.key(), attempt.step()).put("attempt", attempt.number());
    if (ended.error() != null) {
      data.set("error", ended.error());
    }
    String type =
        switch (ended.state()) {
          case DONE -> "step.completed";
          case PARKED -> "step.parked";
          case FAILED, UNKNOWN -> "step.attempt_failed";
          case STARTED, SKIPPED, WAITING, SUPERSEDED ->
              throw new IllegalArgumentException("a try does not end so: " + ended.state());
        };
    patiently(() -> store.inOneStatement(on -> end(on, lease, attempt, ended, type, data)));
    watch.happened(lease.run());
  }

  /** The try, what was paid in it, and the news, in one way to the server. */
  private static boolean end(
      Connection connection,
      Lease lease,
      NewAttempt attempt,
      Ended ended,
      String type,
      ObjectNode data)
      throws SQLException {
    Ended.ModelAnswer answer = ended.answer();
    Sql.run(
        connection,
        """
        with ended as (
          update step_attempt mine set
            state = case when ? = 'done' and exists (
              select from step_attempt later where later.run_id = mine.run_id and later.step_key = mine.step_key
                and later.attempt > mine.attempt and later.state = 'done') then 'superseded' else ? end,
            output = ?, error = ?, task_type = ?, model = ?, cache = ?,
            fallback_count = ?, prompt_tokens = ?, completion_tokens = ?, cached_tokens = ?, reasoning_tokens = ?,
            ended_at = now()
          where run_id = ? and step_key = ? and attempt = ? and state in ('started', 'unknown', 'waiting')
          returning run_id, step_key, attempt, state),
        late as (
          update step_attempt earlier set state = 'superseded' from ended
          where earlier.run_id = ended.run_id and earlier.step_key = ended.step_key and earlier.attempt < ended.attempt
            and earlier.state = 'done' and ended.state = 'done'),
        numbered as (
          update run r set events = r.events + 1 from ended
          where r.id = ended.run_id and ended.state <> 'superseded' returning r.id, r.events),
        paid as (
          insert into paid_call (run_id, attempt_id, step_key, attempt, model, outcome, status, ms, cost_nanos, ceiling_nanos)
          select ?, attempt_id, ?, ?, model, outcome, status, ms, cost_nanos, ceiling_nanos
          from json_to_recordset(?::json) as call(
            attempt_id text, model text, outcome text, status int, ms bigint, cost_nanos bigint, ceiling_nanos bigint)
          on conflict do nothing)
        insert into run_event (run_id, seq, type, data) select id, events, ?, ? from numbered""",
        ended.state().word(),
        ended.state().word(),
        ended.output() == null ? null : Json.text(ended.output()),
        ended.error() == null ? null : Json.text(ended.error()),
        answer == null ? null : answer.taskType(),
        answer == null ? null : answer.model(),
        answer == null ? null : answer.cache(),
        answer == null ? null : answer.fallbackCount(),
        answer == null ? null : answer.promptTokens(),
        answer == null ? null : answer.completionTokens(),
        answer == null ? null : answer.cachedTokens(),
        answer == null ? null : answer.reasoningTokens(),
        lease.run(),
        attempt.key(),
        attempt.number(),
        lease.run(),
        attempt.key(),
        attempt.number(),
        Json.text(calls(ended)),
        type,
        Json.text(data));
    return true;
  }

  /** As {@code json_to_recordset} reads them. */
  private static ArrayNode calls(Ended ended) {
    ArrayNode calls = Json.object().arrayNode();
    for (AttemptReport call : ended.calls()) {
      calls
          .addObject()
          .put("attempt_id", call.attemptId())
          .put("model", call.model())
          .put("outcome", call.outcome())
          .put("status", call.status())
          .put("ms", call.ms())
          .put("cost_nanos", call.costNanos())
          .put("ceiling_nanos", call.ceilingNanos());
    }
    return calls;
  }

  /** Tells those who watch; a few words of a text that is being written, or that a step failed. */
  public void tell(Lease lease, String type, ObjectNode data) {
    store.inTransaction(connection -> event(connection, lease.run(), type, data));
    watch.happened(lease.run());
  }

  /**
   * The run has ended.
   *
   * @param status {@code completed failed cancelled expired}
   * @param output JSON; null unless completed
   * @param error null when completed
   * @throws LeaseLost when somebody else goes on with it
   */
  public void finish(
      Lease lease, String status, @Nullable String output, @Nullable ObjectNode error) {
    ObjectNode data = Json.object().put("status", status);
    if (error != null) {
      data.set("error", error);
    }
    var pipeline = new AtomicReference<>("");
    boolean written =
        patiently(
            () ->
                store.inTransaction(
                    connection -> {
                      if (!ends(connection, lease, status, output, error, data)) {
                        return false;
                      }
                      pipeline.set(announce(connection, lease.run(), "run." + status, error));
                      return true;
                    }));
    announcements.wereMade();
    watch.settled(lease.run());
    if (!written) {
      throw new LeaseLost(lease.run());
    }
    metrics.ended(pipeline.get(), status);
  }

  private static boolean ends(
      Connection connection,
      Lease lease,
      String status,
      @Nullable String output,
      @Nullable ObjectNode error,
      ObjectNode data)
      throws SQLException {
    return Sql.run(
            connection,
            "with held as (update run r set status = ?, output = ?, error = ?, ended_at = now(), events = r.events + 1"
                + HELD
                + """
                             and r.ended_at is null returning r.id, r.events)
                            insert into run_event (run_id, seq, type, data) select id, events, ?, ? from held""",
            status,
            output,
            error == null ? null : Json.text(error),
            lease.run(),
            lease.version(),
            status.equals("expired") ? "run.failed" : "run." + status,
            Json.text(data))
        == 1;
  }

  /**
   * Whoever the run's owner named is told of the end in the transaction that writes it down.
   *
   * @return the run's pipeline
   */
  private String announce(
      Connection connection, String run, String type, @Nullable ObjectNode error)
      throws SQLException {
    return Sql.query(
        connection,
        "select team, pipeline, webhook, round, status from run where id = ?",
        rows -> {
          if (!rows.next()) {
            throw new SQLException("a run that has just ended is gone: " + run);
          }
          String pipeline = rows.getString("pipeline");
          ObjectNode data = Json.object().put("id", run).put("pipeline", pipeline);
          data.put("status", rows.getString("status"));
          if (error != null) {
            data.set("error", error);
          }
          int round = rows.getInt("round");
          announcements.make(
              round == 1 ? run : run + "." + round,
              rows.getString("team"),
              rows.getString("webhook"),
              type,
              data,
              connection);
          return pipeline;
        },
        run);
  }

  /** The run is left alone until somebody wakes it or its time comes. */
  public void rests(Lease lease, @Nullable String waitingFor) {
    store.inOneStatement(
        connection ->
            Sql.run(
                connection,
                "update run r set status = 'waiting', waiting_for = ?"
                    + HELD
                    + " and r.status = 'in_progress'",
                waitingFor,
                lease.run(),
                lease.version()));
    watch.settled(lease.run());
  }

  private RuntimeException lost(Lease lease) {
    boolean cancelling =
        store.inOneStatement(
            connection ->
                Sql.query(
                    connection,
                    "select status = 'cancelling' from run where id = ?",
                    rows -> rows.next() && rows.getBoolean(1),
                    lease.run()));
    return cancelling ? new RunCancelled(lease.run()) : new LeaseLost(lease.run());
  }

  static int event(Connection connection, String run, String type, ObjectNode data)
      throws SQLException {
    return Sql.run(
        connection,
        """
        with numbered as (update run set events = events + 1 where id = ? returning id, events)
        insert into run_event (run_id, seq, type, data) select id, events, ?, ? from numbered""",
        run,
        type,
        Json.text(data));
  }

  private static ObjectNode about(String key, String step) {
    return Json.object().put("step", step).put("key", key);
  }

  /** What was paid for waits for a database that is away for a moment. */
  private static boolean patiently(BooleanSupplier work) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    // Whoever is told to give up still writes down what was paid.
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return work.getAsBoolean();
        } catch (NoStore e) {
          if (System.nanoTime() > end || interrupted) {
            throw e;
          }
          LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
