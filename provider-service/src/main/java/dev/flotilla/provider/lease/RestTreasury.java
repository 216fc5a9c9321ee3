package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.LeaseApi;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/**
 * cost-service over REST. After a failure nobody asks for a moment: calls that wait for a service
 * that is away wait once, not each.
 */
@ApplicationScoped
public class RestTreasury implements Treasury {
  private static final Duration LEFT_ALONE = Duration.ofSeconds(1);

  private final LeaseApi leases;
  private final AtomicLong askAgainAt = new AtomicLong(System.nanoTime());

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

  private <T> T asked(Supplier<T> question) {
    if (System.nanoTime() - askAgainAt.get() < 0) {
      throw new AwayException("cost-service did not answer a moment ago");
    }
    try {
      return question.get();
    } catch (RuntimeException e) {
      askAgainAt.set(System.nanoTime() + LEFT_ALONE.toNanos());
      throw new AwayException("cost-service did not answer: " + e.getMessage(), e);
    }
  }
}
