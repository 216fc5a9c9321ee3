package dev.flotilla.router.console;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.console.api.FleetApi;
import dev.flotilla.router.console.api.Unknown;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.trail.Trail;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything at {@code /console}: who is it, is the form from one of our pages, which screen is
 * meant. What the visitor may see is the API's to say.
 */
final class ConsoleRoute implements DoorHandler {
  static final String PATH = "/console";

  /** Nothing but what this router serves, and no script or style within a page. */
  private static final String POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** A picture brings its own colours; it can do nothing else. */
  private static final String PICTURE_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

  private static final String HTML = "text/html; charset=utf-8";
  private static final Set<String> OUR_OWN = Set.of("same-origin", "none");
  private static final int PIECE = 16 * 1_024;

  private final Map<String, Screen> screens;
  private final SignIn signIn;
  private final Entrance entrance;
  private final Sessions sessions;
  private final Pages pages;
  private final Assets assets;
  private final FleetApi api;
  private final Trail trail;

  ConsoleRoute(
      Map<String, Screen> screens,
      SignIn signIn,
      Entrance entrance,
      Sessions sessions,
      Pages pages,
      Assets assets,
      FleetApi api,
      Trail trail) {
    this.screens = Map.copyOf(screens);
    this.signIn = signIn;
    this.entrance = entrance;
    this.sessions = sessions;
    this.pages = pages;
    this.assets = assets;
    this.api = api;
    this.trail = trail;
  }

  @Override
  public void answer(Visit visit) throws IOException {
    List<String> path = below(visit);
    String first = path.isEmpty() ? "" : path.getFirst();
    List<String> rest = path.isEmpty() ? path : path.subList(1, path.size());
    if (first.equals("assets")) {
      asset(rest, visit);
      return;
    }
    visit.setHeader("cache-control", "no-store");
    Session session =
        Cookies.find(visit, Sessions.COOKIE)
            .flatMap(sessions::opened)
            .orElseGet(() -> sessions.begin(""));
    Map<String, String> form = form(visit);
    if (visit.method().equals("POST") && !isFromOurPage(visit, session, form)) {
      send(
          session,
          visit,
          new Shown.Page(
              403,
              "refused",
              Map.of(
                  "title",
                  "Not from a page of yours",
                  "message",
                  "The form did not come from a page of this session, or the session has ended."
                      + " Nothing was done. Load the page and send it again.")));
      return;
    }
    switch (first) {
      case Entrance.IN, Entrance.OUT ->
          enter(entrance.passage(path, session, query(visit), form, visit), session, visit);
      default -> screen(first, rest, session, form, visit);
    }
  }

  private void screen(
      String name, List<String> rest, Session session, Map<String, String> form, Visit visit)
      throws IOException {
    String target = target(visit);
    if (!session.isSignedIn()) {
      go("/sign-in" + (target.isEmpty() ? "" : "?to=" + Asked.encoded(target)), visit);
      return;
    }
    // Here and not by the API alone: a key that is none any more would count as a guess of this
    // router's own address, which all visitors share there.
    if (signIn.with(session.key(), visit) instanceof SignIn.Verdict.Stranger stranger) {
      turnAway(stranger, session, visit);
      return;
    }
    FleetApi own = api.as(session.key());
    Screen screen = screens.get(name);
    try {
      SecondCurrency currency = SecondCurrency.of(currency(visit), own);
      var asked = asked(rest, form, own, currency, visit);
      Shown shown = screen == null ? new Shown.Nothing() : screen.show(asked);
      send(session, visit, shown, currency);
    } catch (Unknown e) {
      // It has expired since, or was taken away.
      Cookies.forget(visit, Sessions.COOKIE);
      go("/sign-in", visit);
    }
  }

  /** What somebody chose on some screen holds on all of them. */
  private static String currency(Visit visit) {
    String chosen = query(visit).get("currency");
    if (chosen == null) {
      return Cookies.find(visit, SecondCurrency.COOKIE).orElse("");
    }
    String word = chosen.strip().matches("[A-Za-z]{3}") ? chosen.strip() : "";
    Cookies.keep(visit, SecondCurrency.COOKIE, word);
    return word;
  }

  private static Asked asked(
      List<String> rest,
      Map<String, String> form,
      FleetApi api,
      SecondCurrency currency,
      Visit visit) {
    return new Asked(
        visit.method(),
        rest,
        query(visit),
        form,
        api,
        origin(visit),
        target(visit),
        currency,
        isPart(visit));
  }

  private void turnAway(SignIn.Verdict.Stranger stranger, Session session, Visit visit)
      throws IOException {
    if (stranger.isUnknown()) {
      Cookies.forget(visit, Sessions.COOKIE);
      go("/sign-in", visit);
      return;
    }
    var facts = Map.<String, Object>of("title", "Not now", "message", stranger.why());
    send(session, visit, new Shown.Page(stranger.status(), "refused", facts));
  }

  private void enter(Entrance.Passage passage, Session session, Visit visit) throws IOException {
    DoorHandler answer = one -> send(session, one, passage.shown());
    Caller caller = passage.caller();
    if (caller == null) {
      answer.answer(visit);
    } else {
      trail.recording(passage.action(), answer).answer(visit.by(caller));
    }
  }

  private void send(Session session, Visit visit, Shown shown) throws IOException {
    send(session, visit, shown, SecondCurrency.NONE);
  }

  private void send(Session session, Visit visit, Shown shown, SecondCurrency currency)
      throws IOException {
    visit.setHeader("referrer-policy", "same-origin");
    visit.setHeader("x-frame-options", "DENY");
    visit.setHeader("cross-origin-opener-policy", "same-origin");
    if (!(shown instanceof Shown.Picture)) {
      visit.setHeader("content-security-policy", POLICY);
    }
    switch (shown) {
      case Shown.Page page -> visit.send(page.status(), HTML, html(page, session, visit, currency));
      case Shown.Nothing() -> visit.send(404, HTML, html(nothing(), session, visit, currency));
      case Shown.Elsewhere(var path) -> go(path, visit);
      case Shown.Outside(var place) -> {
        visit.setHeader("location", place.toString());
        visit.send(303, "text/plain; charset=utf-8", new byte[0]);
      }
      case Shown.Picture(var svg) -> {
        visit.setHeader("content-security-policy", PICTURE_POLICY);
        visit.send(200, "image/svg+xml", svg.getBytes(StandardCharsets.UTF_8));
      }
      case Shown.Passed(var source) -> pass(source, visit);
    }
  }

  private byte[] html(Shown.Page page, Session session, Visit visit, SecondCurrency currency) {
    return pages.html(page, session, visit.path(), isPart(visit), query(visit), currency);
  }

  private static Shown.Page nothing() {
    return new Shown.Page(
        404,
        "refused",
        Map.of("title", "Nothing here", "message", "There is nothing at this address."));
  }

  private static void pass(Shown.Source source, Visit visit) throws IOException {
    Shown.Opened opened;
    try {
      opened = source.open(visit.header("last-event-id").orElse(""));
    } catch (IOException e) {
      visit.send(404, "text/plain; charset=utf-8", new byte[0]);
      return;
    }
    try (InputStream body = opened.body()) {
      String type = opened.headers().getOrDefault("content-type", "application/octet-stream");
      opened.headers().entrySet().stream()
          .filter(header -> !header.getKey().equals("content-type"))
          .forEach(header -> visit.setHeader(header.getKey(), header.getValue()));
      OutputStream out =
          type.startsWith("text/event-stream") ? visit.beginEvents() : visit.beginBody(200, type);
      var piece = new byte[PIECE];
      for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
        out.write(piece, 0, read);
        // What is there may be all for a while.
        if (body.available() == 0) {
          out.flush();
        }
      }
      out.close();
    }
  }

  private void asset(List<String> rest, Visit visit) {
    boolean gzip = visit.header("accept-encoding").orElse("").contains("gzip");
    Optional<Assets.Asset> found = rest.size() == 2 ? assets.find(rest.get(1)) : Optional.empty();
    if (found.isEmpty()) {
      visit.send(404, "text/plain; charset=utf-8", new byte[0]);
      return;
    }
    // Its address changes with its content.
    visit.setHeader("cache-control", "public, max-age=31536000, immutable");
    visit.setHeader("vary", "accept-encoding");
    if (gzip) {
      visit.setHeader("content-encoding", "gzip");
    }
    visit.send(200, found.get().type(), gzip ? found.get().gzipped() : found.get().plain());
  }

  /** Browsers say themselves where a form comes from; the token says so for those that do not. */
  private static boolean isFromOurPage(Visit visit, Session session, Map<String, String> form) {
    return visit.header("sec-fetch-site").map(OUR_OWN::contains).orElse(true)
        && Sessions.isFrom(session, form.getOrDefault("form_token", ""));
  }

  private static void go(String path, Visit visit) {
    visit.setHeader("location", PATH + path);
    visit.send(303, "text/plain; charset=utf-8", new byte[0]);
  }

  /** What comes after {@value #PATH}, in parts. */
  private static List<String> below(Visit visit) {
    var parts = new ArrayList<String>();
    for (String part : visit.path().substring(PATH.length()).split("/")) {
      if (!part.isEmpty()) {
        parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    }
    return parts;
  }

  /** Path and query below {@value #PATH}. */
  private static String target(Visit visit) {
    String query = visit.request().query().rawValue();
    return visit.path().substring(PATH.length()) + (query.isEmpty() ? "" : "?" + query);
  }

  private static boolean isPart(Visit visit) {
    return visit.header("hx-request").isPresent();
  }

  private static String origin(Visit visit) {
    return visit.header("x-forwarded-proto").orElse("http")
        + "://"
        + visit.header("host").orElse("localhost");
  }

  private static Map<String, String> query(Visit visit) {
    return fields(visit.request().query().rawValue());
  }

  private static Map<String, String> form(Visit visit) {
    return fields(new String(visit.body(), StandardCharsets.UTF_8));
  }

  private static Map<String, String> fields(String encoded) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : encoded.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        fields.putIfAbsent(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return fields;
  }

  private static String decoded(String word) {
    try {
      return URLDecoder.decode(word, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return word;
    }
  }
}
