package dev.flotilla.cost.budget;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Whatever happens at once, counters are what the ledger and the leases add up to. */
class BudgetCountersIT {
  private static final int THREADS = 4;
  private static final int LEASES = 4;

  private final RunningCostService service = RunningCostService.get();

  /**
   * Something that happens to a team's budgets.
   *
   * @param kind what, one of those in {@link Run#happens}
   * @param lease which of the leases, of instances that all are one holder's
   * @param nanos how much
   */
  record Event(int kind, int lease, long nanos) {}

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, LEASES - 1),
            Arbitraries.longs().between(0, 200_000))
        .as(Event::new)
        .list()
        .ofSize(32);
  }

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void counters_that_are_rebuilt_equal_the_live_ones(@ForAll("events") List<Event> events)
      throws Exception {
    var run = new Run();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var parts =
          IntStream.range(0, THREADS)
              .<Callable<Integer>>mapToObj(
                  part ->
                      () -> {
                        for (int i = part; i < events.size(); i += THREADS) {
                          run.happens(events.get(i));
                        }
                        return part;
                      })
              .toList();
      for (var part : threads.invokeAll(parts)) {
        part.get();
      }
    }
    for (String scope : run.scopes()) {
      JsonNode live = run.budget(scope);
      JsonNode rebuilt = run.rebuilt(scope);
      for (String counter : List.of("spent_usd", "leased_usd")) {
        assertEquals(live.path(counter), rebuilt.path(counter), scope + " " + counter + " " + live);
      }
    }
  }

  /** One team with a budget, and one of a key of its. */
  private final class Run {
    private final String team = "team-" + UUID.randomUUID();
    private final List<UUID> leases =
        IntStream.range(0, LEASES).mapToObj(i -> UUID.randomUUID()).toList();
    private final Map<UUID, Long> returned = new ConcurrentHashMap<>();
    private final List<ObjectNode> sent = Collections.synchronizedList(new ArrayList<>());

    Run() {
      put("team:" + team, "{\"limit_usd\":0.002}");
      put("key:k_" + team, "{\"limit_usd\":0.001,\"period\":\"day\"}");
    }

    List<String> scopes() {
      return List.of("team:" + team, "key:k_" + team);
    }

    void happens(Event event) {
      UUID lease = leases.get(event.lease());
      switch (event.kind()) {
        case 0, 1 -> renew(lease, event.nanos(), returned.getOrDefault(lease, 0L));
        case 2 -> renew(lease, 0, returned.merge(lease, event.nanos(), Long::sum));
        case 3 -> send(settled(attempt(lease), event.nanos()));
        case 4 -> send(attempt(lease));
        case 5 -> send(settled(attempt(null), event.nanos()));
        case 6 -> again(event, false);
        case 7 -> again(event, true);
        case 8 ->
            put(
                "team:" + team,
                "{\"limit_usd\":0.00%d,\"period\":\"%s\"}"
                    .formatted(1 + event.lease(), event.nanos() % 2 == 0 ? "month" : "day"));
        default -> {
          if (event.nanos() % 3 == 0) {
            ask("DELETE", "/v1/leases?holder=holder-" + team + "&life=other", "");
          } else {
            rebuilt("team:" + team);
          }
        }
      }
    }

    /** An entry comes twice, or the end of one that had none. */
    private void again(Event event, boolean ended) {
      ObjectNode before =
          sent.isEmpty() ? null : sent.get((int) (event.nanos() % Math.max(1, sent.size())));
      if (before != null) {
        boolean open = before.path("state").asText().equals("unknown");
        send(ended && open ? settled(before, Math.min(90_000, event.nanos())) : before);
      }
    }

    private ObjectNode attempt(UUID lease) {
      ObjectNode attempt = intent(team, "req_" + UUID.randomUUID(), Instant.now());
      attempt.put("key", "k_" + team);
      return lease == null ? attempt : attempt.put("lease", lease.toString());
    }

    private void send(ObjectNode entry) {
      sent.add(entry);
      assertEquals(200, service.post(List.of(entry)).statusCode());
    }

    private void renew(UUID lease, long need, long back) {
      ObjectNode demand =
          RunningCostService.JSON
              .createObjectNode()
              .put("holder", "holder-" + team)
              .put("life", "life-1")
              .put("team", team)
              .put("key", "k_" + team)
              .put("cheapest", false)
              .put("need_nanos", need)
              .put("wanted_nanos", need)
              .put("returned_nanos", back);
      ask("PUT", "/v1/leases/" + lease, demand.toString());
    }

    private void put(String scope, String terms) {
      ask("PUT", "/v1/budgets/" + scope, terms);
    }

    JsonNode budget(String scope) {
      return tree(ask("GET", "/v1/budgets/" + scope, ""));
    }

    JsonNode rebuilt(String scope) {
      return tree(ask("POST", "/v1/budgets/" + scope + "/rebuild", ""));
    }

    private HttpResponse<String> ask(String method, String path, String body) {
      HttpResponse<String> answer = service.ask(method, path, body, team, "admin");
      assertEquals(2, answer.statusCode() / 100, path + " → " + answer.body());
      return answer;
    }
  }
}
