package dev.flotilla.router.flight;

import dev.flotilla.kit.http.Deadline;

/**
 * A request that asks for all that are the same. Whoever leads says how it ended and closes it in
 * any case, on any thread and as late as it likes; only the first word counts. Nobody waits for it
 * any more once its deadline has passed. Thread-safe.
 *
 * @param <T> an answer
 */
public final class Flight<T> implements AutoCloseable {
  private final Flights<T> flights;
  private final String key;
  private final String token;
  private final Trip<T> trip;
  private final Deadline deadline;
  private boolean finished;

  Flight(Flights<T> flights, String key, String token, Trip<T> trip, Deadline deadline) {
    this.flights = flights;
    this.key = key;
    this.token = token;
    this.trip = trip;
    this.deadline = deadline;
  }

  /**
   * There is an answer for all. Those who wait at other routers look into the answer cache, so it
   * must be there <em>before</em>.
   */
  public void landed(T answer) {
    flights.end(this, new Ending.Landed<>(answer));
  }

  /**
   * There is an answer, but it must not be given to others; each of those who wait asks for itself.
   */
  public void notShared() {
    flights.end(this, new Ending.NotShared<>());
  }

  /**
   * Every model that could have answered failed. Not for failures that are only the leader's own,
   * such as its deadline: then somebody else shall try, and {@link #close} is enough.
   *
   * @param mark what those who wait, and those who ask the same within the next moments, get; a few
   *     kilobytes at most
   */
  public void failed(String mark) {
    flights.end(this, new Ending.Failed<>(mark));
  }

  /** Without a word before, one of those who wait takes over. */
  @Override
  public void close() {
    flights.end(this, new Ending.Abandoned<>());
  }

  /** Whether this call finished it; from then on nothing runs {@link #whileFlying} any more. */
  synchronized boolean finish() {
    boolean first = !finished;
    finished = true;
    return first;
  }

  /** A lease that was given back must not be renewed: it would come back to life. */
  synchronized void whileFlying(Runnable task) {
    if (!finished) {
      task.run();
    }
  }

  String key() {
    return key;
  }

  String token() {
    return token;
  }

  Trip<T> trip() {
    return trip;
  }

  Deadline deadline() {
    return deadline;
  }
}
