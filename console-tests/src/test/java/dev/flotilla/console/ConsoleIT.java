package dev.flotilla.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.flotilla.console.ConsoleFleet.ADMIN;
import static dev.flotilla.console.ConsoleFleet.KEY;
import static dev.flotilla.console.ConsoleFleet.OTHER_REVIEWER;
import static dev.flotilla.console.ConsoleFleet.OTHER_TEAM;
import static dev.flotilla.console.ConsoleFleet.REVIEWER;
import static dev.flotilla.console.ConsoleFleet.SCRIPT;
import static dev.flotilla.console.ConsoleFleet.SECOND_REVIEWER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.TcpGate;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One fleet and one browser for all of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
  private static final Path SHOTS = Path.of("target/screenshots");
  private static final int MOST_BYTES = 120 * 1_024;
  private static final int MOST_TABS = 80;
  private static final Pattern FORM_TOKEN =
      Pattern.compile("name=\"form_token\" value=\"([^\"]+)\"");

  private final AtomicInteger answers = new AtomicInteger();
  private ConsoleFleet fleet;
  private Chromium chromium;

  /** A run that waits for a person; nobody decides it. */
  private String run;

  private String decision;

  @BeforeAll
  void start(@TempDir Path folder) {
    fleet = new ConsoleFleet(folder);
    chromium = new Chromium();
    fleet.beta.always(new Behaviour.Replays(body -> words()));
    for (int i = 0; i < 4; i++) {
      fleet.chat("auto", "Translate to French: the ship sails at " + i);
    }
    fleet.chat("auto", "Translate to French: the ship sails at 0");
    fleet.beta.next(1, Behaviour.status(500));
    fleet.chat("auto", "Translate to French: the ship does not sail");
    fleet.alpha.next(1, Behaviour.status(500));
    run = fleet.beginEscalation("The tea was cold. " + SCRIPT);
    decision = fleet.awaitRun(run, "waiting").path("waiting_for").asText();
    // Five chats, of which one failed first, and four calls of the run, of which one did.
    fleet.awaitAttempts(11);
  }

  @AfterAll
  void stop() {
    // What did not start need not be stopped.
    if (chromium != null) {
      chromium.close();
    }
    if (fleet != null) {
      fleet.close();
    }
  }

  /** Never the same twice, so that nothing comes from a cache. */
  private String words() {
    return "Answer " + answers.incrementAndGet() + " " + SCRIPT;
  }

  private String console() {
    return fleet.url("/console");
  }

  private Map<String, String> screens() {
    Map<String, String> screens = new LinkedHashMap<>();
    screens.put("overview", "");
    screens.put("runs", "/runs");
    screens.put("run", "/runs/" + run);
    screens.put("pipelines", "/pipelines");
    screens.put("pipeline", "/pipelines/escalation");
    screens.put("costs", "/costs?currency=PKR");
    screens.put("providers", "/providers");
    screens.put("reviews", "/reviews");
    screens.put("review", "/reviews/" + decision);
    screens.put("playground", "/playground");
    screens.put("proof", "/proof?of=" + encoded("/v1/costs/summary?period=month"));
    return screens;
  }

  @Test
  void each_screen_is_light_in_bytes_readable_in_both_schemes_and_on_a_narrow_phone() {
    Page page = chromium.visitor(true, console(), REVIEWER);
    var wrong = new ArrayList<String>();
    screens()
        .forEach(
            (name, path) -> {
              page.navigate(console() + path);
              page.waitForFunction(
                  "() => performance.getEntriesByName('first-contentful-paint').length > 0");
              int bytes =
                  ((Number)
                          page.evaluate(
                              "() => [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
                                  + ".reduce((sum, one) => sum + one.encodedBodySize, 0)"))
                      .intValue();
              System.out.printf(
                  "console: %-10s first paint %4.0f ms, %6d bytes%n",
                  name,
                  ((Number)
                          page.evaluate(
                              "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                      .doubleValue(),
                  bytes);
              if (bytes > MOST_BYTES) {
                wrong.add(name + " weighs " + bytes + " bytes");
              }
              for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                for (int width : new int[] {1280, 320}) {
                  wrong.addAll(lookAt(page, name, scheme, width));
                }
              }
            });
    page.context().close();
    assertEquals(List.of(), wrong);
    assertEquals(List.of(), chromium.complaints);
  }

  private static List<String> lookAt(Page page, String name, ColorScheme scheme, int width) {
    String place = name + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width;
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    page.setViewportSize(width, 800);
    page.screenshot(
        new Page.ScreenshotOptions().setFullPage(true).setPath(SHOTS.resolve(place + ".png")));
    var wrong = new ArrayList<String>();
    int needed = ((Number) page.evaluate("() => document.scrollingElement.scrollWidth")).intValue();
    if (needed > width) {
      wrong.add(place + " is " + needed + " wide");
    }
    new AxeBuilder(page)
        .analyze()
        .getViolations()
        .forEach(
            rule ->
                rule.getNodes()
                    .forEach(
                        node -> wrong.add(place + ": " + rule.getId() + " " + node.getHtml())));
    return wrong;
  }

  @Test
  void without_a_script_everything_is_there_but_what_happens_meanwhile() {
    Page page = chromium.visitor(false, console(), REVIEWER);
    assertThat(page.locator("h1")).hasText("Overview");
    assertThat(page.locator("#spent-today data")).hasCount(1);
    for (String name : List.of("Runs", "Pipelines", "Costs", "Reviews", "Playground")) {
      page.click("nav >> text=" + name);
      assertThat(page.locator("nav a[aria-current=page]")).hasText(name);
      assertThat(page.locator("h1")).hasCount(1);
    }
    page.navigate(console() + "/runs/" + run);
    assertThat(page.locator("tbody tr[data-step]")).hasCount(5);
    assertThat(page.locator("rect.part.failed")).hasCount(1);
    assertThat(page.locator("rect.part.waiting")).hasCount(1);
    page.navigate(console() + "/reviews/" + decision);
    assertThat(page.locator("button[name=decision]")).hasCount(3);
    page.navigate(console() + "/playground");
    long asked = fleet.beta.requests() + fleet.alpha.requests();
    page.fill("#prompt", "Translate to Danish: good morning");
    page.click("button[value=explain]");
    assertThat(page.locator(".column tbody tr").first()).isVisible();
    assertEquals(asked, fleet.beta.requests() + fleet.alpha.requests(), "explaining is free");
    page.context().close();
  }

  @Test
  void what_a_key_may_not_see_is_said_in_its_place() {
    Page page = chromium.visitor(true, console(), SECOND_REVIEWER);
    for (String path : screens().values()) {
      int status = page.navigate(console() + path).status();
      assertTrue(status == 200 || status == 403, path + " " + status);
      assertThat(page.locator("h1")).hasCount(1);
    }
    page.navigate(console() + "/costs");
    assertThat(page.locator(".note").first()).containsText("needs a key with the role");
    page.context().close();
  }

  @Test
  void from_a_link_to_the_cause_it_is_two_clicks() {
    Page page = chromium.visitor(true, console(), KEY);
    page.click("nav >> text=Providers");
    Locator beta = page.locator("section#beta");
    assertThat(beta.locator("tbody th:text-is('server error')")).isVisible();
    assertThat(beta).containsText("Last: server error of beta/m");
    JsonNode provider = null;
    for (JsonNode one : fleet.get(KEY, "/v1/providers").path("data")) {
      provider = one.path("id").asText().equals("beta") ? one : provider;
    }
    assertEquals(
        provider == null ? "" : provider.path("status").asText(), beta.getAttribute("data-status"));
    beta.locator("text=what happened to that request").click();
    assertThat(page.locator("#content")).containsText("\"outcome\" : \"server_error\"");
    page.context().close();
  }

  @Test
  void the_numbers_are_the_apis() {
    Page page = chromium.visitor(false, console(), KEY);
    String month = java.time.LocalDate.now(java.time.ZoneOffset.UTC).withDayOfMonth(1).toString();
    for (int i = 0; ; i++) {
      JsonNode summary = fleet.get(KEY, "/v1/costs/summary?period=month");
      JsonNode savings = fleet.get(KEY, "/v1/costs/savings?from=" + month);
      JsonNode costs =
          fleet.get(KEY, "/v1/costs?bucket=1mo&group_by=model&currency=PKR&from=" + month);
      page.navigate(console());
      Map<String, String> overview =
          Map.of(
              "#spent-today",
              value(page, "#spent-today"),
              "#month-total",
              value(page, "#month-total"),
              "#saved",
              value(page, "#saved"));
      page.navigate(console() + "/costs?range=month&currency=PKR");
      String total = value(page, "#total");
      Map<String, String> groups = new LinkedHashMap<>();
      for (Locator row : page.locator("#groups tr").all()) {
        groups.put(
            row.getAttribute("data-group"),
            row.locator("td").last().locator("data").getAttribute("value"));
      }
      // Money that came in meanwhile would be no fault of the console's.
      if (!fleet
          .get(KEY, "/v1/costs/summary?period=month")
          .at("/total")
          .equals(summary.at("/total"))) {
        assertTrue(i < 20, "the ledger never stood still");
        continue;
      }
      same(summary.at("/spent_today/value"), overview.getOrDefault("#spent-today", ""));
      same(summary.at("/total/amount/value"), overview.getOrDefault("#month-total", ""));
      same(savings.at("/results/0/saved/usd"), overview.getOrDefault("#saved", ""));
      same(summary.at("/total/amount/value"), total);
      assertEquals(costs.at("/data/0/results").size(), groups.size());
      for (JsonNode result : costs.at("/data/0/results")) {
        String model = result.at("/group/model").asText();
        same(result.at("/amount/value"), groups.getOrDefault(model, ""));
        assertTrue(
            page.content()
                .contains(result.at("/amount_local/value").decimalValue().toPlainString()),
            "no PKR of " + model);
      }
      assertTrue(summary.at("/total/amount/value").decimalValue().signum() > 0);
      page.context().close();
      return;
    }
  }

  private static String value(Page page, String place) {
    return page.locator(place + " data").first().getAttribute("value");
  }

  private static void same(JsonNode api, String shown) {
    assertEquals(0, api.decimalValue().compareTo(new BigDecimal(shown)), api + " and " + shown);
  }

  @Test
  void a_run_is_watched_through_a_lost_connection_and_ends_when_a_reviewer_decides_by_keyboard() {
    var go = new Semaphore(0);
    fleet.beta.always(
        new Behaviour.Replays(
            body -> {
              go.acquireUninterruptibly();
              return words();
            }));
    fleet.alpha.next(1, Behaviour.status(500));
    try (TcpGate gate = TcpGate.to("127.0.0.1", fleet.fleet.url().getPort())) {
      String watched = fleet.beginEscalation("The tea is late.");
      String through = "http://127.0.0.1:" + gate.port() + "/console";
      Page page = chromium.visitor(true, through, KEY);
      page.navigate(through + "/runs/" + watched);
      page.evaluate("() => { window.loadedOnce = true; }");
      assertThat(page.locator("tr[data-step=draft][data-status=in_progress]")).isVisible();
      go.release();
      Locator draft = page.locator("tr[data-step=draft][data-status=completed]");
      assertThat(draft).isVisible();
      assertThat(draft.locator("rect.part.failed")).hasCount(1);
      assertThat(draft.locator(".badge.fallback")).isVisible();
      assertThat(draft.locator(".why")).containsText("alpha/m server_error");
      gate.shut();
      assertThat(page.locator("#watch")).containsText("connecting again");
      go.release(3);
      String question = fleet.awaitRun(watched, "waiting").path("waiting_for").asText();
      gate.open();
      assertThat(page.locator("tr[data-step=person][data-status=waiting]")).isVisible();
      decideByKeyboard(question, watched);
      assertThat(page.locator("#watch")).containsText("has ended");
      assertThat(page.locator(".head .badge")).hasText("completed");
      assertEquals(
          true, page.evaluate("() => window.loadedOnce"), "the page was never loaded again");
      assertEquals(
          told(watched),
          page.locator("#log li").all().stream()
              .map(item -> item.getAttribute("data-number"))
              .toList());
      page.context().close();
    } finally {
      fleet.beta.always(new Behaviour.Replays(body -> words()));
      go.release(1_000);
    }
    chromium.complaints.clear();
  }

  /** Numbers of the events that the API tells of a run that has ended. */
  private List<String> told(String id) {
    HttpResponse<String> events =
        fleet.send(
            HttpRequest.newBuilder(URI.create(fleet.url("/v1/runs/" + id + "/events")))
                .header("authorization", "Bearer " + KEY));
    var numbers = new ArrayList<String>();
    for (String event : events.body().split("\n\n")) {
      if (!event.contains("event: step.delta") && event.contains("id: ")) {
        numbers.add(event.replaceAll("(?s).*?id: (\\d+).*", "$1"));
      }
    }
    assertFalse(numbers.isEmpty());
    return numbers;
  }

  private void decideByKeyboard(String question, String watched) {
    Page late = chromium.visitor(true, console(), SECOND_REVIEWER);
    late.navigate(console() + "/reviews/" + question);
    Page page = chromium.visitor(true);
    page.navigate(console() + "/sign-in");
    page.keyboard().type(REVIEWER);
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("Overview");
    tabTo(page, "nav a[href='/console/reviews']");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("Reviews");
    tabTo(page, "a[href='/console/reviews/" + question + "']");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("May this reply go out?");
    tabTo(page, "#comment");
    page.keyboard().type("Kind enough.");
    tabTo(page, "button[value=approve]");
    page.keyboard().press("Enter");
    assertThat(page.locator(".head .badge")).hasText("decided");
    late.fill("#comment", "Too kind.");
    late.click("button[value=reject]");
    assertThat(late.locator("#refusal")).containsText("Somebody was faster");
    assertThat(late.locator(".head .badge")).hasText("decided");
    late.context().close();
    page.context().close();
    JsonNode decided = fleet.get(KEY, "/v1/decisions/" + question);
    assertEquals("approve", decided.path("decision").asText());
    assertEquals("k_ann", decided.path("actor").asText());
    assertEquals("Kind enough.", decided.path("comment").asText());
    assertEquals("approve", fleet.awaitRun(watched, "completed").path("output").asText());
  }

  private static void tabTo(Page page, String place) {
    for (int i = 0; i < MOST_TABS; i++) {
      page.keyboard().press("Tab");
      if ((boolean) page.evaluate("place => document.activeElement.matches(place)", place)) {
        return;
      }
    }
    throw new AssertionError("no way with the keyboard to " + place + " on " + page.url());
  }

  @Test
  void what_others_wrote_is_text() {
    Page page = chromium.visitor(true, console(), REVIEWER);
    for (String path :
        List.of(
            "/runs/" + run,
            "/reviews/" + decision,
            "/pipelines",
            "/pipelines/escalation",
            "/runs/%3Cscript%3Edocument.title='taken'%3C%2Fscript%3E")) {
      page.navigate(console() + path);
      assertEquals(0, page.locator("script:not([src])").count(), path);
      assertFalse(page.title().contains("taken"), path);
      assertEquals(0, page.locator("img[src=x]").count(), path);
    }
    page.navigate(console() + "/pipelines");
    assertThat(page.locator("tbody")).containsText(SCRIPT);
    page.navigate(console() + "/runs/" + run);
    assertThat(page.locator("#live")).containsText("The tea was cold. " + SCRIPT);
    page.navigate(console() + "/reviews/" + decision);
    assertThat(page.locator("#content")).containsText(SCRIPT);
    page.navigate(console() + "/playground");
    page.fill("#prompt", "Say it: " + SCRIPT);
    page.fill("#model", "beta/m");
    page.fill("#other", "alpha/m");
    page.click("button[value=run]");
    assertThat(page.locator(".column")).hasCount(2);
    assertThat(page.locator(".column[data-model='beta/m'] .answer")).containsText(SCRIPT);
    assertThat(page.locator("#prompt")).hasValue("Say it: " + SCRIPT);
    assertThat(page.locator("#curl")).containsText("/v1/chat/completions");
    assertThat(page.locator("#openai-java")).containsText("OpenAIOkHttpClient");
    assertThat(page.locator("#langchain4j")).containsText("OpenAiChatModel");
    assertFalse(page.title().contains("taken"));
    page.context().close();
  }

  @Test
  void a_pipeline_is_priced_before_it_runs() {
    Page page = chromium.visitor(true, console(), KEY);
    page.navigate(console() + "/pipelines/escalation");
    assertTrue(
        ((Number) page.evaluate("() => document.querySelector('.picture').naturalWidth")).intValue()
            > 100);
    assertThat(page.locator("dt:text-is('By hand')")).isVisible();
    String input = "{\"complaint\": \"No tea at all.\"}";
    page.fill("#input", input);
    page.click("button[value=price]");
    JsonNode price =
        ConsoleFleet.json(
            fleet
                .post(
                    KEY, "/v1/pipelines/escalation/runs?dry_run=true", "{\"input\":" + input + "}")
                .body());
    assertThat(page.locator("#price")).isVisible();
    List<String> shown =
        page.locator("#price dl data").all().stream()
            .map(one -> one.getAttribute("value"))
            .toList();
    same(price.path("lowest_usd"), shown.get(0));
    same(price.path("highest_usd"), shown.get(2));
    page.fill("#input", "no JSON");
    page.click("button[value=run]");
    assertThat(page.locator("[role=alert]")).containsText("no JSON");
    page.context().close();
  }

  @Test
  void nobody_else_sees_or_decides_it_whatever_id_he_writes() {
    for (String key : List.of(OTHER_TEAM, OTHER_REVIEWER)) {
      Page page = chromium.visitor(false, console(), key);
      for (String path : List.of("/runs/" + run, "/reviews/" + decision)) {
        var response = page.navigate(console() + path);
        assertTrue(
            response.status() == 404 || response.status() == 403, path + " " + response.status());
        assertFalse(page.content().contains("The tea was cold"), path);
      }
      var cookie = cookie(page);
      HttpResponse<String> events =
          fleet.send(asks("/console/runs/" + run + "/events").header("cookie", cookie));
      assertEquals(404, events.statusCode());
      page.navigate(console() + "/reviews");
      assertFalse(page.content().contains(decision));
      String token = formToken(page.content());
      HttpResponse<String> decided =
          fleet.send(
              posts(
                      "/console/reviews/" + decision + "/decision",
                      "decision=approve&form_token=" + token)
                  .header("cookie", cookie));
      assertTrue(
          decided.statusCode() == 404 || decided.statusCode() == 403, decided.statusCode() + "");
      page.context().close();
    }
    assertEquals("waiting", fleet.get(KEY, "/v1/decisions/" + decision).path("status").asText());
  }

  @Test
  void a_form_from_elsewhere_does_nothing() {
    Page page = chromium.visitor(false, console(), REVIEWER);
    Page another = chromium.visitor(false, console(), REVIEWER);
    page.navigate(console() + "/reviews/" + decision);
    String cookie = cookie(page);
    String token = formToken(page.content());
    String foreign = formToken(another.content());
    assertNotEquals(token, foreign);
    String path = "/console/reviews/" + decision + "/decision";
    for (HttpRequest.Builder request :
        List.of(
            posts(path, "decision=approve").header("cookie", cookie),
            posts(path, "decision=approve&form_token=" + foreign).header("cookie", cookie),
            posts(path, "decision=approve&form_token=" + token)
                .header("cookie", cookie)
                .header("sec-fetch-site", "cross-site"),
            posts(path, "decision=approve&form_token=" + token))) {
      HttpResponse<String> refused = fleet.send(request);
      assertEquals(403, refused.statusCode());
      assertTrue(refused.body().contains("Nothing was done"), refused.body());
    }
    assertEquals("waiting", fleet.get(KEY, "/v1/decisions/" + decision).path("status").asText());
    page.context().close();
    another.context().close();
  }

  @Test
  void a_session_is_the_browsers_alone_and_ends() {
    Page page = chromium.visitor(false);
    page.navigate(console() + "/runs/" + run);
    assertTrue(page.url().contains("/sign-in"), page.url());
    page.fill("#key", "sk-nobody-knows");
    page.click("button.primary");
    assertThat(page.locator("[role=alert]")).containsText("not known");
    page.fill("#key", KEY);
    page.click("button.primary");
    assertTrue(page.url().endsWith("/runs/" + run), page.url());
    Cookie cookie = page.context().cookies().getFirst();
    assertTrue(cookie.httpOnly);
    assertEquals("STRICT", String.valueOf(cookie.sameSite));
    assertEquals("/console", cookie.path);
    assertFalse(cookie.value.contains(KEY));
    HttpResponse<String> shown =
        fleet.send(asks("/console").header("cookie", cookie.name + "=" + cookie.value));
    assertEquals(200, shown.statusCode());
    String policy = shown.headers().firstValue("content-security-policy").orElse("");
    assertTrue(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
    assertFalse(policy.contains("unsafe"));
    assertEquals("nosniff", shown.headers().firstValue("x-content-type-options").orElse(""));
    assertEquals("no-store", shown.headers().firstValue("cache-control").orElse(""));
    assertFalse(shown.body().contains(KEY));
    page.click("text=Sign out");
    assertTrue(page.url().endsWith("/sign-in"), page.url());
    page.navigate(console());
    assertTrue(page.url().contains("/sign-in"), page.url());
    assertEquals(
        303, fleet.send(asks("/console").header("cookie", "flotilla_console=AAAA")).statusCode());
    page.context().close();
  }

  @Test
  void people_sign_in_at_the_issuer_and_it_is_on_record() {
    Page page = chromium.visitor(true);
    page.navigate(console() + "/runs");
    page.click("text=Sign in with Example");
    assertTrue(page.url().startsWith(fleet.issuer.name()), page.url());
    page.click("text=Yes");
    page.waitForURL(console() + "/runs");
    assertThat(page.locator("h1")).hasText("Runs");
    assertThat(page.locator(".who")).containsText("growth · jwt:ann");
    Cookie session =
        page.context().cookies().stream()
            .filter(cookie -> cookie.name.equals("flotilla_console"))
            .findFirst()
            .orElseThrow();
    assertTrue(session.httpOnly);
    assertEquals("STRICT", String.valueOf(session.sameSite));
    page.click("text=Sign out");
    page.waitForURL(console() + "/sign-in");
    page.click("text=Sign in with Example");
    page.click("text=No");
    assertThat(page.locator("h1")).hasText("Not signed in");
    assertThat(page.locator("[role=alert]")).containsText("Example did not let you in");
    page.context().close();
    for (String action : List.of("console.sign-in", "console.sign-out")) {
      JsonNode last = fleet.get(ADMIN, "/v1/audit?key=jwt:ann&action=" + action).at("/data/0");
      assertEquals("growth", last.path("team").asText(), action);
      assertEquals("127.0.0.1", last.path("address").asText(), action);
    }
  }

  @Test
  void a_file_of_charges_comes_as_the_api_gives_it() {
    Page page = chromium.visitor(false, console(), KEY);
    HttpResponse<String> file =
        fleet.send(
            asks("/console/costs/export?format=focus-csv&range=7d").header("cookie", cookie(page)));
    assertEquals(200, file.statusCode());
    assertEquals("1.2", file.headers().firstValue("x-focus-version").orElse(""));
    assertTrue(file.headers().firstValue("content-disposition").orElse("").contains("focus-"));
    assertTrue(file.body().startsWith("BilledCost,"), file.body().substring(0, 40));
    page.context().close();
  }

  private static String cookie(Page page) {
    Cookie cookie = page.context().cookies().getFirst();
    return cookie.name + "=" + cookie.value;
  }

  private static String formToken(String html) {
    var found = FORM_TOKEN.matcher(html);
    assertTrue(found.find(), html);
    return found.group(1);
  }

  private HttpRequest.Builder asks(String path) {
    return HttpRequest.newBuilder(URI.create(fleet.url(path)));
  }

  private HttpRequest.Builder posts(String path, String form) {
    return asks(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form));
  }

  private static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8);
  }
}
