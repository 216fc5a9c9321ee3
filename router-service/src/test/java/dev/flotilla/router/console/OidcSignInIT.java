package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import dev.flotilla.router.console.oidc.OidcConfig;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.door.WebTokens;
import dev.flotilla.router.jwt.JwtConfig;
import dev.flotilla.router.jwt.SignedTokens;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.trail.Trail;
import dev.flotilla.router.upstream.PublicKeys;
import dev.flotilla.testkit.OidcIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's doors, and an issuer that people sign in at. */
class OidcSignInIT {
  private final OidcIssuer issuer = OidcIssuer.start();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Trail trail = Trail.open(Store.none(), Porters.METRICS);
  private final ServiceToken token = new ServiceToken("0123456789abcdef");
  private final OpenDoors doors = doors();

  /** What the browser keeps until it is back. */
  private String kept = "";

  private String lastSet = "";

  private OpenDoors doors() {
    Settings settings = ConsoleSettings.with(ConsoleSettings.of(issuer));
    JwtConfig tokens = JwtConfig.from(settings).orElseThrow();
    Recognition recognition =
        OpenDoors.recognition(
            new SignedTokens(
                tokens,
                new PublicKeys(http, issuer.keys())::read,
                Clock.systemUTC(),
                System::nanoTime));
    return OpenDoors.open(
        recognition,
        Porters.everybody(),
        server -> {},
        ConsoleParts.doors(settings, http, token, recognition, trail).toArray(Door[]::new));
  }

  @AfterEach
  void close() {
    doors.close();
    trail.close();
    issuer.close();
    http.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "ES256"})
  void who_comes_back_with_a_token_is_signed_in_until_it_ends(String algorithm) throws Exception {
    issuer.signsWith(algorithm);
    Instant ends = Instant.ofEpochSecond(Instant.now().plusSeconds(300).getEpochSecond());
    issuer.says(claims -> claims.put("exp", ends.getEpochSecond()));
    HttpResponse<String> back = back(issuer.decides(leave("/runs?status=failed"), true));
    assertEquals(200, back.statusCode(), back.body());
    assertTrue(back.body().contains("0; url=/console/runs?status=failed"), back.body());
    String cookie = setCookie(back);
    assertTrue(cookie.startsWith("flotilla_console=") && cookie.contains("HttpOnly"), cookie);
    assertTrue(cookie.contains("SameSite=Strict"), cookie);
    var sessions = new Sessions(token.header(), Duration.ofHours(12), Clock.systemUTC());
    Session session =
        sessions
            .opened(cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')))
            .orElseThrow();
    assertEquals(ends, session.until());
    HttpResponse<String> page = get("/console/runs", cookie.substring(0, cookie.indexOf(';')));
    assertEquals(200, page.statusCode(), page.headers().toString());
  }

  @Test
  void what_is_kept_meanwhile_is_shown_to_the_way_back_only_and_says_nothing() throws Exception {
    URI left = leave("");
    String cookie = lastSet;
    assertTrue(cookie.contains("HttpOnly; SameSite=Lax; Max-Age=600"), cookie);
    assertTrue(cookie.contains("Path=/console/sign-in/back"), cookie);
    String query = left.getQuery();
    String state = query.replaceAll(".*state=([^&]*).*", "$1");
    assertTrue(state.length() >= 40, query);
    assertFalse(cookie.contains(state), cookie);
    assertTrue(query.contains("code_challenge_method=S256") && query.contains("nonce="), query);
  }

  @Test
  void who_says_no_there_is_told_so() throws Exception {
    refused(back(issuer.decides(leave(""), false)), 403, "did not let you in");
  }

  @Test
  void another_state_is_another_sign_in() throws Exception {
    URI back = issuer.decides(leave(""), true);
    refused(
        back(URI.create(back.toString().replaceAll("state=.*", "state=another"))),
        400,
        "belongs to another sign-in");
    String first = kept;
    URI other = issuer.decides(leave(""), true);
    kept = first;
    refused(back(other), 400, "belongs to another sign-in");
  }

  @Test
  void who_did_not_leave_from_this_browser_is_not_expected() throws Exception {
    URI back = issuer.decides(leave(""), true);
    kept = "";
    refused(back(back), 400, "not begun in this browser");
    kept = "flotilla_console_attempt=AAAA";
    refused(back(back), 400, "not begun in this browser");
  }

  @Test
  void a_token_with_another_nonce_is_for_another_sign_in() throws Exception {
    issuer.says(claims -> claims.put("nonce", "another"));
    refused(back(issuer.decides(leave(""), true)), 400, "made for another sign-in");
    issuer.says(claims -> claims.remove("nonce"));
    refused(back(issuer.decides(leave(""), true)), 400, "made for another sign-in");
  }

  @Test
  void a_token_for_another_client_opens_nothing() throws Exception {
    // The doors admit it as a token, which is another matter.
    issuer.says(claims -> claims.put("aud", "flotilla"));
    refused(back(issuer.decides(leave(""), true)), 400, "made for another application");
  }

  @Test
  void a_token_that_the_doors_do_not_admit_opens_nothing() throws Exception {
    issuer.says(claims -> claims.remove("team"));
    refused(back(issuer.decides(leave(""), true)), 401, "may name no team");
    issuer.says(claims -> {});
    issuer.signsWithAnotherKey();
    refused(back(issuer.decides(leave(""), true)), 401, "do not admit");
  }

  @Test
  void who_has_no_role_is_told_so() throws Exception {
    issuer.says(claims -> claims.putArray("groups").add("cooks"));
    refused(back(issuer.decides(leave(""), true)), 403, "jwt:ann of team growth");
  }

  @Test
  void a_code_is_good_once() throws Exception {
    URI back = issuer.decides(leave(""), true);
    assertEquals(200, back(back).statusCode());
    refused(back(back), 502, "invalid_grant");
  }

  @Test
  void while_the_issuer_is_away_people_are_told_before_and_after() throws Exception {
    URI left = leave("");
    URI back = issuer.decides(left, true);
    issuer.close();
    refused(back(back), 503, "cannot be reached");
    try (var console = new Unreached()) {
      refused(console.leave(), 503, "cannot be reached");
    }
  }

  @Test
  void nobody_is_led_elsewhere() throws Exception {
    HttpResponse<String> back = back(issuer.decides(leave("//evil.example"), true));
    assertTrue(back.body().contains("0; url=/console\""), back.body());
  }

  @Test
  void the_page_has_a_link_with_the_issuers_name() throws Exception {
    String page = get("/console/sign-in?to=%2Fruns", "").body();
    assertTrue(page.contains("/console/sign-in/issuer?to=%2Fruns\">Sign in with Example"), page);
  }

  /** The same doors, whose issuer was away from the beginning. */
  private final class Unreached implements AutoCloseable {
    private final Recognition recognition = OpenDoors.recognition(WebTokens.NONE);
    private final OpenDoors there =
        OpenDoors.open(
            recognition,
            Porters.everybody(),
            server -> {},
            ConsoleParts.doors(
                    ConsoleSettings.with(ConsoleSettings.of(issuer)),
                    http,
                    token,
                    recognition,
                    trail)
                .toArray(Door[]::new));

    HttpResponse<String> leave() throws IOException, InterruptedException {
      return http.send(
          HttpRequest.newBuilder(there.url().resolve("/console/sign-in/issuer")).build(),
          HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
      there.close();
    }
  }

  /** Where the browser is sent to sign in. */
  private URI leave(String to) throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/console/sign-in/issuer?to=" + Asked.encoded(to), "");
    assertEquals(303, answer.statusCode(), answer.body());
    lastSet = setCookie(answer);
    kept = lastSet.substring(0, lastSet.indexOf(';'));
    return URI.create(answer.headers().firstValue("location").orElseThrow());
  }

  /** The browser follows the issuer back. */
  private HttpResponse<String> back(URI address) throws IOException, InterruptedException {
    assertEquals(OidcConfig.BACK, address.getPath());
    return get(address.getRawPath() + "?" + address.getRawQuery(), kept);
  }

  private HttpResponse<String> get(String path, String cookie)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(doors.url().resolve(path)).timeout(Duration.ofSeconds(60));
    if (!cookie.isEmpty()) {
      request.header("cookie", cookie);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String setCookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("set-cookie").orElse("");
  }

  private static void refused(HttpResponse<String> answer, int status, String why) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains(why), answer.body());
    assertTrue(answer.body().contains("To signing in"), answer.body());
    assertFalse(setCookie(answer).startsWith("flotilla_console="), "nobody is signed in");
  }
}
