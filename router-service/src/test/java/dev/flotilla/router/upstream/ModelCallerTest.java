package dev.flotilla.router.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.provider.ProviderAddresses;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.Operation;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.testkit.CountingUpstream;
import io.helidon.config.mp.MpConfigSources;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.Test;

class ModelCallerTest {
  private static final Model MODEL =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("sim-north"))
          .find("sim-north/fast")
          .orElseThrow();

  @Test
  void a_second_answer_of_a_candidate_is_found_by_no_key_of_the_first() {
    Purpose chat = Purpose.of(Operation.CHAT);
    try (var provider = CountingUpstream.start();
        var http = new HttpCaller(Duration.ofSeconds(2))) {
      var base = URI.create(provider.baseUrl().replace("/v1", ""));
      var caller =
          new ModelCaller(
              http, ProviderAddresses.all(base), new ServiceToken("a-token-of-the-test"));
      String first = keyOf(chat, caller, provider);
      String second = keyOf(chat.sampling(), caller, provider);
      assertEquals("k-1/0/sim-north/fast", first);
      assertNotEquals(first, second);
      assertEquals(
          second, keyOf(chat.sampling(), caller, provider), "the same when it comes again");
      assertEquals("sample", provider.lastRequest().headers().get(FleetHeaders.ORIGIN));
    }
  }

  @Test
  void a_provider_with_a_service_of_its_own_is_called_there() {
    try (var usual = CountingUpstream.start();
        var own = CountingUpstream.start();
        var http = new HttpCaller(Duration.ofSeconds(2))) {
      var addresses =
          ProviderAddresses.from(
              new Settings(
                  ConfigProviderResolver.instance()
                      .getBuilder()
                      .withSources(
                          MpConfigSources.create(
                              Map.of(
                                  "flotilla.providers.enabled",
                                  "sim-north,sim-south",
                                  "flotilla.provider.url",
                                  usual.baseUrl().replace("/v1", ""),
                                  "flotilla.provider.urls",
                                  "sim-north=" + own.baseUrl().replace("/v1", ""))))
                      .build()));
      var caller = new ModelCaller(http, addresses, new ServiceToken("a-token-of-the-test"));
      keyOf(Purpose.of(Operation.CHAT), caller, own);
      assertEquals(1, own.requests());
      assertEquals(0, usual.requests());
    }
  }

  private static String keyOf(Purpose purpose, ModelCaller caller, CountingUpstream provider) {
    var call =
        new ModelCall(
            Requests.ANYBODY,
            "r-1",
            purpose,
            null,
            Deadline.in(Duration.ofSeconds(30)),
            null,
            false,
            Map.of(),
            "k-1");
    caller.call(MODEL, 0, Requests.asking("x"), call, "00-0-0-00");
    return provider.lastRequest().headers().getOrDefault(FleetHeaders.IDEMPOTENCY, "none");
  }
}
