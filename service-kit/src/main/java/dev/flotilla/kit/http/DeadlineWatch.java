package dev.flotilla.kit.http;

import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;

/** Ends one call's connection when its deadline passes. Thread-safe. */
final class DeadlineWatch {
  private final HttpPost call;
  private final Future<?> alarm;
  private volatile boolean passed;

  DeadlineWatch(HttpPost call, Deadline deadline, ScheduledExecutorService clock) {
    this.call = call;
    alarm = clock.schedule(this::ring, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void ring() {
    passed = true;
    call.cancel();
  }

  void end() {
    alarm.cancel(false);
  }

  boolean hasPassed() {
    return passed;
  }

  void cancelCall() {
    call.cancel();
  }

  /** What a failure is to be told as: our own closing of the connection is the deadline's. */
  IOException explained(IOException failure) {
    return passed ? new DeadlinePassed(failure) : failure;
  }
}
