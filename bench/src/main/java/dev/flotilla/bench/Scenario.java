package dev.flotilla.bench;

import dev.flotilla.bench.load.Workload;
import dev.flotilla.bench.upstream.Pace;
import java.util.List;

/**
 * One kind of load.
 *
 * @param promptBytes about the size of a prompt
 * @param repeat the same request again and again, which a cache may answer
 * @param warm CPU seconds each target burns in advance under this load, so that what is measured is
 *     compiled code
 */
record Scenario(
    String name,
    String says,
    int promptBytes,
    boolean repeat,
    Pace pace,
    Workload workload,
    int warm) {

  /** All of them, in the order they are run. */
  static final List<Scenario> ALL =
      List.of(
          new Scenario(
              "small",
              "16 callers, each asking again at once; small prompts, no two the same",
              200,
              false,
              Pace.AT_ONCE,
              new Workload.ClosedLoop(16, 0),
              45),
          new Scenario(
              "cached",
              "16 callers, the same small prompt again and again",
              200,
              true,
              Pace.AT_ONCE,
              new Workload.ClosedLoop(16, 0),
              15),
          new Scenario(
              "64k",
              "16 callers, each asking again at once; prompts of 64 KiB, no two the same",
              65_536,
              false,
              Pace.AT_ONCE,
              new Workload.ClosedLoop(16, 0),
              20),
          new Scenario(
              "rate",
              "200 small prompts a second, whether or not earlier ones are answered; the upstream"
                  + " answers after 60 ms",
              200,
              false,
              new Pace(60, 10, 0),
              new Workload.OpenLoop(200),
              10),
          new Scenario(
              "streams-100",
              "100 streams at once of 50 chunks, one every 20 ms, the first after 20 ms",
              200,
              false,
              new Pace(20, 50, 20),
              new Workload.Streams(100, 50, 0),
              25),
          new Scenario(
              "streams-1000",
              "1,000 streams at once of 30 chunks, one a second",
              200,
              false,
              new Pace(20, 30, 1_000),
              new Workload.Streams(1_000, 30, 30_000),
              0));
}
