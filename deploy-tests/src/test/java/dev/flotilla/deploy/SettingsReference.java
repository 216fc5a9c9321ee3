package dev.flotilla.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * docs/reference/configuration.md, made from the services' own defaults: a comment speaks of the
 * keys below it until the next comment or empty line, and {@code #key=example} has no default.
 */
final class SettingsReference {
  static final Path FILE = Project.TREE.resolve("docs/reference/configuration.md");
  static final List<String> SERVICES = List.of("router", "provider", "cost", "review");

  private static final Pattern SETTING = Pattern.compile("(#?)([a-z][A-Za-z0-9.-]+)=(.*)");

  /** Keys of the server and of the platform, which are theirs to describe. */
  private static final Pattern OURS = Pattern.compile("flotilla\\..+|server\\.(host|port)");

  private static final String HEAD =
      """
      # Settings of the services

      Made by the build from the defaults that the services carry; change those, not this.

      Each setting is read from `-D` properties, from the environment, where `flotilla.redis.url` is `FLOTILLA_REDIS_URL`, and from the
      defaults below, in that order ([MicroProfile Config](https://microprofile.io/specifications/config/)). A setting that cannot be used
      stops the service at its start with a sentence that says what to write instead. Lengths of time are ISO 8601: `PT0.2S`, `PT10M`, `P30D`.
      What can be written into the files of `flotilla.config.dir` is in [requests.md](requests.md), [pipelines.md](pipelines.md),
      [budgets.md](budgets.md), [review.md](review.md), [verifiers.md](verifiers.md) and [learning.md](learning.md).
      """;

  /**
   * @param fallback what it is without being set; for a setting {@code without} a default an
   *     example or nothing
   */
  record Setting(String key, String fallback, boolean without) {}

  /** Settings that one comment speaks of; the comment may be empty. */
  record Group(String comment, List<Setting> settings) {}

  private SettingsReference() {}

  static String document() {
    var text = new StringBuilder(HEAD);
    for (String service : SERVICES) {
      text.append("\n## ").append(service).append("-service\n");
      for (Group group : groups(service)) {
        List<Setting> ours =
            group.settings().stream().filter(s -> OURS.matcher(s.key()).matches()).toList();
        if (!ours.isEmpty()) {
          text.append(group.comment().isEmpty() ? "" : group.comment() + "\n");
          ours.forEach(setting -> text.append(row(setting)));
          text.append('\n');
        }
      }
    }
    return text.toString().replaceAll("\n{3,}", "\n\n").strip() + "\n";
  }

  private static String row(Setting setting) {
    String value = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
    if (setting.without()) {
      value = value.isEmpty() ? "no default" : "no default, for example " + value;
    }
    return String.format(Locale.ROOT, "- `%s`: %s%n", setting.key(), value);
  }

  static List<Group> groups(String service) {
    var groups = new ArrayList<Group>();
    var comment = new ArrayList<String>();
    var settings = new ArrayList<Setting>();
    for (String line : (Project.read(defaultsOf(service)) + "\n").lines().toList()) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        settings.add(new Setting(setting.group(2), setting.group(3), !setting.group(1).isEmpty()));
      } else if (line.startsWith("# ") && settings.isEmpty()) {
        comment.add(line.substring(2));
      } else {
        close(groups, comment, settings);
        if (line.startsWith("# ")) {
          comment.add(line.substring(2));
        }
      }
    }
    close(groups, comment, settings);
    return groups;
  }

  private static void close(List<Group> groups, List<String> comment, List<Setting> settings) {
    if (!settings.isEmpty()) {
      groups.add(new Group(String.join("\n", comment), List.copyOf(settings)));
    }
    comment.clear();
    settings.clear();
  }

  private static Path defaultsOf(String service) {
    return Project.TREE.resolve(
        service + "-service/src/main/resources/META-INF/microprofile-config.properties");
  }
}
