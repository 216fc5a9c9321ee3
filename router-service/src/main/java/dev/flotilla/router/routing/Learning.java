package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.learning.shadow.Rules;
import dev.flotilla.router.exchange.TaskType;
import java.util.List;
import java.util.Map;

/**
 * How the router finds out which cheaper models are good enough.
 *
 * @param share of requests that two models answer, above 0, at most 1
 * @param dayNanos most that all routers together spend on second answers and their judges in a UTC
 *     day, nano-dollars
 * @param rules when a model counts as good enough
 * @param judge who says how good an answer is
 * @param cheaper for each task type that is learned about, the models that may turn out to be good
 *     enough, the one to be preferred first; at least one
 * @param audits whether what compared answers show of themselves is kept, to calibrate from
 */
public record Learning(
    double share,
    long dayNanos,
    Rules rules,
    Judge judge,
    Map<TaskType, List<Model>> cheaper,
    boolean audits) {
  public Learning {
    cheaper = Map.copyOf(cheaper);
  }

  /** Who says how good an answer is. */
  public enum Judge {
    /** What requests and task types demand: an answer is right or it is not. */
    VALIDATORS,
    /** Models that did not write it, by review-service: a score from 0 to 1. */
    REVIEW,
    /**
     * Callers. Nobody is asked twice: the other model answers the share of requests, and of the
     * scores that callers give each to one is laid beside one to the other.
     */
    FEEDBACK
  }
}
