package dev.flotilla.provider.dialect.simulator;

import dev.flotilla.catalog.Model;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Invents answers. The same request to the same model gets the same answer, token counts included,
 * and every text begins with {@code [simulated]}.
 */
public final class SimulatorDialect implements Dialect {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final SimulatorConfig config;
  private final InstantSource clock;

  public SimulatorDialect(SimulatorConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  @Override
  public boolean serves(Model model) {
    return Mood.of(model.upstream()) != null;
  }

  @Override
  public CallOutcome ask(Question question) {
    Mood mood = Mood.of(question.model().upstream());
    if (mood == null) {
      throw new IllegalStateException("not served: " + question.model().id());
    }
    try {
      return switch (mood) {
        case TIMEOUT -> {
          Thread.sleep(least(config.timeout(), question.deadline().remaining()));
          yield new Failure.TimedOut();
        }
        case SERVER_ERROR -> new Failure.ServerError(500);
        case RATE_LIMITED -> new Failure.Throttled(429, RETRY_AFTER);
        case BAD_JSON -> new Failure.BadAnswer(200, null);
        case CUT -> question.stream() ? stream(question, Duration.ZERO, true) : new Failure.Lost();
        case FINE -> question.stream() ? stream(question, Duration.ZERO, false) : answer(question);
        case SLOW -> {
          if (question.deadline().remaining().compareTo(config.slowness()) < 0) {
            Thread.sleep(question.deadline().remaining());
            yield new Failure.TimedOut();
          }
          Thread.sleep(config.slowness());
          yield question.stream()
              ? stream(question, config.betweenChunks(), false)
              : answer(question);
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failure.Lost();
    }
  }

  private CallOutcome answer(Question question) {
    if (question.model().embeds()) {
      return new CallOutcome.Answered(200, Completion.of(InventedVectors.of(question)));
    }
    var invented = Invention.of(question, clock.instant().getEpochSecond());
    Completion completion = Completion.of(invented.completion(), question.model());
    if (completion == null) {
      throw new IllegalStateException("an invented answer always has a choice");
    }
    return new CallOutcome.Answered(200, completion);
  }

  private CallOutcome stream(Question question, Duration between, boolean cut) {
    var chunks = Invention.of(question, clock.instant().getEpochSecond()).chunks();
    var stream =
        new InventedStream(
            chunks.subList(1, cut ? Math.max(2, chunks.size() / 2) : chunks.size()), between, cut);
    return new CallOutcome.Opened(200, chunks.getFirst(), stream);
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
