package dev.flotilla.review.reviewer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.review.policy.Independence;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;

/**
 * A model never reviews its own work: whatever the catalogue, its aliases and families, whoever is
 * named, whoever wrote, and whoever fails and is replaced.
 */
class IndependencePropertyTest {
  private static final List<String> FAMILIES = List.of("a", "b", "c", "d", "e", "f");

  /** Most random catalogues must give a panel, else nothing was shown. */
  private final AtomicInteger seated = new AtomicInteger();

  private final AtomicInteger replaced = new AtomicInteger();

  @Property(tries = 400)
  void nobody_on_a_panel_shares_anything_with_an_author_or_another_seat(@ForAll long seed)
      throws IOException {
    var random = new Random(seed);
    Path folder = Files.createTempDirectory("independence");
    try {
      Catalog known = catalogue(folder, random);
      Set<String> providers = new TreeSet<>();
      known.providers().forEach(provider -> providers.add(provider.id()));
      Set<String> enabled = new TreeSet<>(some(List.copyOf(providers), random, 3, 8));
      Catalog usable = Catalog.read(folder.resolve("catalog"), enabled);
      Policy policy = policy(folder, random);
      List<String> names = names(known);
      List<String> authors = some(names, random, 0, 2);
      List<String> reviewers = random.nextBoolean() ? List.of() : some(names, random, 1, 6);
      var seating =
          new Eligibility(usable, known, random)
              .seat(
                  policy,
                  reviewers,
                  authors,
                  new Caller("t", "k", null, Set.of("caller"), List.of("*")));
      if (seating instanceof Seating.Ready(Bench bench)) {
        seated.incrementAndGet();
        var behindAuthors = new ArrayList<Model>();
        authors.forEach(author -> behindAuthors.addAll(known.resolve(author)));
        independent(bench.seated(), behindAuthors, policy.independence());
        // Fallbacks of reviewers, until nobody is left.
        var failed = new TreeSet<String>();
        for (int i = 0; i < 20; i++) {
          List<Model> now = bench.seated();
          Model failing = now.get(random.nextInt(now.size()));
          Optional<Model> next = bench.standInFor(failing);
          failed.add(Identity.of(failing).model());
          next.ifPresent(
              model -> {
                replaced.incrementAndGet();
                assertFalse(failed.contains(Identity.of(model).model()), model.id() + " came back");
              });
          independent(bench.seated(), behindAuthors, policy.independence());
        }
      }
    } finally {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @AfterProperty
  void enough_panels_were_looked_at() {
    assertTrue(seated.get() > 100, seated + " panels");
    assertTrue(replaced.get() > 100, replaced + " replaced");
  }

  private static void independent(
      List<Model> panel, List<Model> authors, Independence independence) {
    for (int i = 0; i < panel.size(); i++) {
      for (Model author : authors) {
        apart(panel.get(i), author, independence);
      }
      for (int j = 0; j < i; j++) {
        apart(panel.get(i), panel.get(j), independence);
      }
    }
  }

  /** By the catalogue's own words, not by the class that decides it. */
  private static void apart(Model one, Model other, Independence independence) {
    String both = one.id() + " and " + other.id();
    assertFalse(name(one).equals(name(other)), both);
    if (independence != Independence.MODEL) {
      assertFalse(one.family().equals(other.family()), both + " are of one family");
    }
    if (independence == Independence.PROVIDER) {
      assertFalse(one.provider().id().equals(other.provider().id()), both + " of one provider");
    }
  }

  /** Without the failure that a simulated model was told to show. */
  private static String name(Model model) {
    int colon = model.id().indexOf(':');
    return colon < 0 ? model.id() : model.id().substring(0, colon);
  }

  private static Policy policy(Path folder, Random random) throws IOException {
    int size = 1 + random.nextInt(3);
    String independence = List.of("model", "family", "provider").get(random.nextInt(3));
    Path policies = Files.createDirectories(folder.resolve("policies"));
    Files.writeString(
        policies.resolve("any.yaml"),
        "panel: {size: %d, independence: %s}\nagree: %d\n"
            .formatted(size, independence, size / 2 + 1));
    return Policies.read(policies).named("any").orElseThrow();
  }

  private static Catalog catalogue(Path folder, Random random) throws IOException {
    Path catalog = Files.createDirectories(folder.resolve("catalog"));
    var ids = new ArrayList<String>();
    int providers = 3 + random.nextInt(6);
    for (int i = 0; i < providers; i++) {
      var text = new StringBuilder("provider: p" + i + "\ndialect: simulator\nmodels:\n");
      int models = 1 + random.nextInt(4);
      for (int j = 0; j < models; j++) {
        ids.add("p" + i + "/m" + j);
        text.append(
            "  - {name: m%d, family: %s, prices: [{from: 2026-01-01, source: test, input: 1, output: 2}]}\n"
                .formatted(j, FAMILIES.get(random.nextInt(FAMILIES.size()))));
      }
      Files.writeString(catalog.resolve("p" + i + ".yaml"), text);
    }
    var aliases = new StringBuilder("aliases:\n");
    for (int i = 0; i < 3; i++) {
      aliases.append("  alias%d: %s\n".formatted(i, some(ids, random, 1, 4)));
    }
    Files.writeString(catalog.resolve("aliases.yaml"), aliases);
    return Catalog.readAll(catalog);
  }

  /** Ids, aliases, and the names of models that are told to fail. */
  private static List<String> names(Catalog catalog) {
    var names = new ArrayList<String>();
    catalog.models().forEach(model -> names.add(model.id()));
    catalog.models().forEach(model -> names.add(model.id() + ":500"));
    names.addAll(catalog.aliases());
    return names;
  }

  private static List<String> some(List<String> of, Random random, int least, int most) {
    int wanted = least + random.nextInt(most - least + 1);
    var some = new TreeSet<String>();
    for (int i = 0; i < wanted; i++) {
      some.add(of.get(random.nextInt(of.size())));
    }
    return List.copyOf(some);
  }
}
