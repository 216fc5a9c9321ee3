package dev.flotilla.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.LoadState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Debian's Chromium, once for all tests. One thread. */
final class Chromium implements AutoCloseable {
  /** For whatever is awaited; the machine may be busy. */
  static final double PATIENCE_MS = 60_000;

  /** A page that says why something is refused is no fault. */
  private static final String REFUSED =
      "Failed to load resource: the server responded with a status of 4.*";

  private final Playwright playwright =
      Playwright.create(
          new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  private final Browser browser =
      playwright
          .chromium()
          .launch(
              new BrowserType.LaunchOptions()
                  .setExecutablePath(executable())
                  .setArgs(List.of("--no-sandbox")));

  /** What pages complained of, such as a script that the policy forbids. */
  final List<String> complaints = new ArrayList<>();

  Chromium() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
  }

  private static Path executable() {
    return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "There is no Chromium; install it: apt-get install chromium"));
  }

  /** A visitor of his own, with his own cookies. */
  Page visitor(boolean scripts) {
    BrowserContext context =
        browser.newContext(new Browser.NewContextOptions().setJavaScriptEnabled(scripts));
    context.setDefaultTimeout(PATIENCE_MS);
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") && !message.text().matches(REFUSED)) {
            complaints.add(page.url() + ": " + message.text());
          }
        });
    page.onPageError(error -> complaints.add(page.url() + ": " + error));
    return page;
  }

  /** The same, signed in. */
  Page visitor(boolean scripts, String console, String key) {
    Page page = visitor(scripts);
    page.navigate(console + "/sign-in");
    page.fill("#key", key);
    page.click("button.primary");
    page.waitForLoadState(LoadState.LOAD);
    return page;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
