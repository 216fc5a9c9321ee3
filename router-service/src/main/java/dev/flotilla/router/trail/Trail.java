package dev.flotilla.router.trail;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.store.NoStore;
import dev.flotilla.router.store.Store;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingDeque;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what was done behind a door, by whom and how it ended: as a log line of the logger
 * {@code dev.flotilla.audit} at once, and in PostgreSQL. While that is away rows wait, {@value
 * #MOST_WAITING} at most; nobody is kept from administering by it. Thread-safe.
 */
public final class Trail implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.flotilla.audit");
  private static final int MOST_WAITING = 10_000;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

  private final TrailBook book;
  private final boolean hasBook;
  private final LinkedBlockingDeque<Action> waiting = new LinkedBlockingDeque<>(MOST_WAITING);
  private final Thread thread;

  private Trail(Store store) {
    this.book = new TrailBook(store);
    this.hasBook = store.database().isPresent();
    this.thread = Thread.ofVirtual().name("audit").unstarted(this::work);
  }

  public static Trail open(Store store, MetricRegistry metrics) {
    var trail = new Trail(store);
    metrics.gauge(
        Metadata.builder()
            .withName(MetricNames.TRAIL_WAITING)
            .withDescription("Audit events that are in the log and not in PostgreSQL yet")
            .build(),
        trail.waiting::size);
    trail.thread.start();
    return trail;
  }

  /** The same handler, with everything that is asked of it on record. */
  public DoorHandler recording(String action, DoorHandler handler) {
    return recording(action, false, handler);
  }

  /**
   * The same, and with the body of a request that was granted beside it: for what holds neither
   * secrets nor anybody's words.
   */
  public DoorHandler recordingAll(String action, DoorHandler handler) {
    return recording(action, true, handler);
  }

  private DoorHandler recording(String action, boolean withBody, DoorHandler handler) {
    return visit -> answer(action, withBody, handler, visit);
  }

  private void answer(String action, boolean withBody, DoorHandler handler, Visit visit)
      throws IOException {
    var witnessed =
        new Witnessed(visit.out(), seen -> record(action(action, withBody, visit, seen)));
    try {
      handler.answer(visit.answeredBy(witnessed));
    } finally {
      witnessed.end();
    }
  }

  private static Action action(String action, boolean withBody, Visit visit, Witnessed seen) {
    String location = seen.location();
    return new Action(
        "evt_" + UlidCreator.getMonotonicUlid(),
        Instant.now(),
        action,
        location == null ? visit.path() : location,
        seen.status(),
        visit.caller().key(),
        visit.caller().team(),
        visit.caller().roles(),
        visit.address(),
        visit.requestId(),
        // What was refused may hold anything, a key in the wrong field too.
        withBody && seen.status() < 400 ? text(visit.body()) : null);
  }

  private void record(Action action) {
    LOG.log(Level.INFO, "audit {0}", Json.text(line(action)));
    if (hasBook && !kept(action) && !waiting.offer(action)) {
      LOG.log(Level.ERROR, "audit event {0} is in this log only: too many wait", action.id());
    }
  }

  private boolean kept(Action action) {
    try {
      book.keep(action);
      return true;
    } catch (NoStore e) {
      return false;
    } catch (IllegalStateException e) {
      // PostgreSQL refuses it and will again.
      LOG.log(Level.ERROR, "audit event " + action.id() + " is in this log only", e);
      return true;
    }
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Action oldest = waiting.takeFirst();
        if (!kept(oldest)) {
          waiting.offerFirst(oldest);
          Thread.sleep(BETWEEN_TRIES);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Where it is read. */
  public TrailRoute route() {
    return new TrailRoute(book);
  }

  private static @Nullable String text(byte[] body) {
    // PostgreSQL keeps no zero characters, and who reads it needs none.
    return body.length == 0
        ? null
        : new String(body, StandardCharsets.UTF_8).replace("\0", "\uFFFD");
  }

  private static ObjectNode line(Action action) {
    ObjectNode line = Json.object().put("id", action.id()).put("at", action.at().toString());
    line.put("action", action.action()).put("target", action.target());
    line.put("status", action.status()).put("key", action.key()).put("team", action.team());
    ArrayNode roles = line.putArray("roles");
    action.roles().stream().sorted().forEach(roles::add);
    line.put("address", action.address()).put("request_id", action.requestId());
    return line.put("body", action.body());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
