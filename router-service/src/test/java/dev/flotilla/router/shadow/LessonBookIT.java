package dev.flotilla.router.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.provider.ProviderAddresses;
import dev.flotilla.learning.confidence.AuditedAnswer;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.learning.shadow.Rules;
import dev.flotilla.learning.shadow.ShadowedPair;
import dev.flotilla.learning.shadow.Standing;
import dev.flotilla.router.Porters;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.Learning;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.upstream.ModelCaller;
import dev.flotilla.router.upstream.ReviewService;
import dev.flotilla.router.validation.Validation;
import dev.flotilla.testkit.RealPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several routers learn at once, in a real database. */
class LessonBookIT {
  private static final Catalog CATALOG =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("sim-north"));
  private static final Model FAST = CATALOG.find("sim-north/fast").orElseThrow();
  private static final long A_CENT = 10_000_000;
  private static Store store;

  @BeforeAll
  static void open() {
    RealPostgres.Access access = RealPostgres.freshDatabase();
    store =
        Store.of(
            new DatabaseConfig("router", access.jdbcUrl(), access.user(), access.password(), 4));
    assertTrue(store.database().orElseThrow().awaitMigrated(Duration.ofSeconds(30)));
  }

  @AfterAll
  static void close() {
    store.close();
  }

  private static Learning learning(Learning.Judge judge) {
    return new Learning(
        0.05, A_CENT, Rules.USUAL, judge, Map.of(TaskType.BULK, List.of(FAST)), false);
  }

  private static Lesson lesson(LessonBook book, TaskType type) {
    return book.lessons().stream().filter(each -> each.type() == type).findFirst().orElseThrow();
  }

  @Test
  void routers_that_learn_at_once_lose_nothing() {
    var book = new LessonBook(store, CATALOG);
    try (var routers = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 120; i++) {
        routers.execute(
            () -> book.learn(TaskType.COMPLEX, FAST, new ShadowedPair(1, 1, 0.05), Rules.USUAL));
      }
    }
    Lesson lesson = lesson(book, TaskType.COMPLEX);
    assertEquals(120, lesson.shadows());
    assertEquals(120, lesson.candidateQuality());
    assertEquals(Standing.PROMOTED, lesson.evidence().standing());
    assertEquals(20, lesson.evidence().pairs(), "since it was promoted");
  }

  @Test
  void what_callers_say_of_one_model_is_laid_beside_what_they_say_of_the_other() {
    var book = new LessonBook(store, CATALOG);
    Learning learning = learning(Learning.Judge.FEEDBACK);
    for (double score : new double[] {0.5, 0.75, 1}) {
      book.heard(TaskType.BULK, FAST, LessonBook.Side.REFERENCE, score, learning);
    }
    assertEquals(0, lesson(book, TaskType.BULK).shadows());
    for (double score : new double[] {0, 0.25, 0.5, 0.25}) {
      book.heard(TaskType.BULK, FAST, LessonBook.Side.CANDIDATE, score, learning);
    }
    Lesson three = lesson(book, TaskType.BULK);
    assertEquals(3, three.shadows());
    assertEquals(0.75, three.candidateQuality());
    assertEquals(2.25, three.referenceQuality());
    book.heard(TaskType.BULK, FAST, LessonBook.Side.REFERENCE, 1, learning);
    assertEquals(4, lesson(book, TaskType.BULK).shadows(), "the fourth waited");
    assertEquals(1.0, lesson(book, TaskType.BULK).candidateQuality());
  }

  @Test
  void who_answers_is_left_to_chance_where_callers_are_the_judges(@TempDir Path folder)
      throws IOException {
    Path config = Path.of("..", "config");
    Files.copy(config.resolve("task-types.model"), folder.resolve("task-types.model"));
    Routing routing =
        RoutingFile.read(
            Files.writeString(
                folder.resolve("routing.yaml"),
                Files.readString(config.resolve("routing.yaml"))
                    + "learning: {share: 1, budget_usd_per_day: 9, judge: feedback, cheaper: {complex: [balanced]}}\n"),
            CATALOG,
            new Validation());
    Model flagship = CATALOG.find("sim-north/flagship").orElseThrow();
    Model balanced = CATALOG.find("sim-north/balanced").orElseThrow();
    try (ShadowParts parts = ShadowParts.open(store, CATALOG, routing, Duration.ofMillis(20));
        var http = new HttpCaller(Duration.ofSeconds(1))) {
      RoutePolicy policy =
          new RoutePolicy(CATALOG, routing, new Validation()).with(parts.promotions());
      URI nobody = URI.create("http://127.0.0.1:9");
      var token = new ServiceToken("nobody looks at this one");
      Shadows shadows =
          parts.shadows(
              policy,
              new ModelCaller(http, ProviderAddresses.all(nobody), token),
              new ReviewService(HttpClient.newHttpClient(), nobody, token),
              Porters.METRICS);
      ChatRequest request =
          Requests.of(
              "{\"model\":\"auto/complex\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
      Plan plan = plan(policy, request);
      assertEquals(flagship, plan.candidates().getFirst());
      Shadows.Draw draw = await(() -> shadows.draw(plan));
      assertEquals(balanced, draw.second());
      assertEquals(
          balanced, shadows.planned(plan, draw, request, Requests.ANYBODY).candidates().getFirst());

      var heard = new FeedbackLearning(routing, new LessonBook(store, CATALOG));
      for (int i = 0; i < 100; i++) {
        heard.heard(TaskType.COMPLEX, flagship.id(), 0.9);
        heard.heard(TaskType.COMPLEX, balanced.id(), 0.9);
        heard.heard(TaskType.COMPLEX, FAST.id(), 0);
      }
      assertEquals(balanced, await(() -> parts.promotions().promoted(TaskType.COMPLEX)), "as good");
      Plan promoted = plan(policy, request);
      assertEquals(balanced, promoted.candidates().getFirst());
      assertEquals(flagship, await(() -> shadows.draw(promoted)).second());
    }
  }

  private static Plan plan(RoutePolicy policy, ChatRequest request) {
    return assertInstanceOf(
            RoutePolicy.Planned.Ready.class, policy.planFor(request, Requests.ANYBODY))
        .plan();
  }

  /** What another thread is about to find. */
  private static <T> T await(Supplier<Optional<T>> found) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < end) {
      Optional<T> now = found.get();
      if (now.isPresent()) {
        return now.get();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("it did not come");
  }

  @Test
  void a_days_budget_is_one_for_all_and_what_was_paid_counts_at_once() {
    var book = new LessonBook(store, CATALOG);
    var here = Lessons.open(book, learning(Learning.Judge.VALIDATORS), Duration.ofHours(1));
    var there = Lessons.open(book, learning(Learning.Judge.VALIDATORS), Duration.ofHours(1));
    here.refresh();
    long left = here.leftToday();
    assertTrue(left > 0);
    here.spent(TaskType.STANDARD, FAST, left - 1);
    assertEquals(1, here.leftToday());
    here.refresh();
    assertEquals(1, here.leftToday());
    there.refresh();
    assertEquals(1, there.leftToday());
    there.spent(TaskType.STANDARD, FAST, 5);
    assertEquals(0, there.leftToday());
    assertEquals(left + 4, lesson(book, TaskType.STANDARD).shadowNanos());
    here.close();
    there.close();
  }

  @Test
  void audited_answers_are_shown_as_calibrations_are_made_of_them(@TempDir Path folder)
      throws Exception {
    var book = new AuditBook(store);
    var surely = new Features(-0.1, 0.9, 1.0);
    var alone = new Features(-1.5, null, null);
    book.keep(TaskType.BULK, FAST, surely, true);
    book.keep(TaskType.BULK, FAST, alone, false);
    List<AuditBook.Shown> first = book.after(0, 1);
    List<AuditBook.Shown> rest = book.after(first.getFirst().number(), 10);
    var lines = Stream.concat(first.stream(), rest.stream()).map(each -> each.line().toString());
    Path file = Files.write(folder.resolve("audits.jsonl"), lines.toList());
    assertEquals(
        List.of(
            new AuditedAnswer("bulk", FAST.id(), surely, true),
            new AuditedAnswer("bulk", FAST.id(), alone, false)),
        AuditedAnswer.read(file));
  }

  @Test
  void what_a_promoted_model_saved_is_told_at_the_latest_when_the_router_leaves() {
    var book = new LessonBook(store, CATALOG);
    book.learn(TaskType.STRUCTURED, FAST, new ShadowedPair(1, 1, 1), Rules.USUAL);
    var lessons = Lessons.open(book, learning(Learning.Judge.VALIDATORS), Duration.ofHours(1));
    lessons.answered(TaskType.STRUCTURED, FAST, 700);
    lessons.answered(TaskType.STRUCTURED, FAST, -100);
    lessons.close();
    Lesson lesson = lesson(book, TaskType.STRUCTURED);
    assertEquals(2, lesson.requests());
    assertEquals(600, lesson.savedNanos());
  }
}
