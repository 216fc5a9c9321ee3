package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.LeaseApi;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.kit.settings.Settings;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/**
 * cost-service over REST. After a failure calls ask no more: a thread of its own does until there
 * is an answer, so that a service that is away keeps those waiting who found it so, and nobody
 * else.
 */
@ApplicationScoped
public class RestTreasury implements Treasury {
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(250);
  private static final int SERVER_ERRORS = 500;

  private final LeaseApi leases;
  private final AtomicBoolean away = new AtomicBoolean();
  private final CountDownLatch leaving = new CountDownLatch(1);

  @Inject
  RestTreasury(Settings settings, ServiceToken token) {
    ClientRequestFilter authorize =
        request -> request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, token.header());
    leases =
        RestClientBuilder.newBuilder()
            .baseUri(settings.address("flotilla.cost.url"))
            .connectTimeout(500, TimeUnit.MILLISECONDS)
            .readTimeout(
                settings.duration("flotilla.budgets.time-box").toMillis(), TimeUnit.MILLISECONDS)
            .register(JsonbOnTheWire.class)
            .register(authorize)
            .build(LeaseApi.class);
  }

  @Override
  public Coverage coverage(Payer payer) {
    return asked(
        () -> leases.coverage(payer.team(), payer.key(), payer.project(), payer.pipeline()));
  }

  @Override
  public LeaseGrant renew(UUID lease, LeaseDemand demand) {
    return asked(() -> leases.renew(lease.toString(), demand));
  }

  @Override
  public void releaseEarlierLives(String holder, String life) {
    asked(
        () -> {
          leases.releaseEarlierLives(holder, life);
          return life;
        });
  }

  @PreDestroy
  void leave() {
    leaving.countDown();
  }

  private <T> T asked(Supplier<T> question) {
    if (away.get()) {
      throw new AwayException("cost-service did not answer a moment ago");
    }
    try {
      return question.get();
    } catch (RuntimeException e) {
      if (saysNothing(e) && away.compareAndSet(false, true)) {
        Thread.ofVirtual().name("treasury-probe").start(this::probeUntilThere);
      }
      throw new AwayException("cost-service did not answer: " + e.getMessage(), e);
    }
  }

  /** Who refuses one question, or says what nobody understands, is there for others. */
  private static boolean saysNothing(RuntimeException e) {
    if (e instanceof WebApplicationException refused) {
      return refused.getResponse().getStatus() >= SERVER_ERRORS;
    }
    Throwable cause = e;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  private void probeUntilThere() {
    try {
      while (!leaving.await(BETWEEN_PROBES.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          leases.coverage("-", "-", null, null);
          away.set(false);
          return;
        } catch (RuntimeException e) {
          if (!saysNothing(e)) {
            away.set(false);
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
