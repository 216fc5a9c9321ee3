package dev.flotilla.bench.load;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How callers come. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Workload.ClosedLoop.class, name = "closed"),
  @JsonSubTypes.Type(value = Workload.OpenLoop.class, name = "open"),
  @JsonSubTypes.Type(value = Workload.Streams.class, name = "streams")
})
public sealed interface Workload {
  /**
   * So many callers, each of whom asks again as soon as it was answered.
   *
   * @param most requests after which all stop; 0 for no such number
   */
  record ClosedLoop(int callers, int most) implements Workload {}

  /**
   * So many requests a second, whether or not the ones before were answered. Waiting counts from
   * the moment a request was due, so a pause of the other side is not hidden by our own.
   */
  record OpenLoop(int perSecond) implements Workload {}

  /**
   * So many streams at once, each begun anew when it has ended.
   *
   * @param chunks of each, which it must have
   * @param overMillis the first ones begin one after the other in this time; with 0 all begin in
   *     the same instant, and do so again each time they end
   */
  record Streams(int atOnce, int chunks, int overMillis) implements Workload {}
}
