package dev.flotilla.local.prices;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.PriceFinding;
import dev.flotilla.catalog.PriceFinding.Kind;
import dev.flotilla.catalog.PriceLint;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code ./fleet prices}. */
public final class Prices {
  private final Path catalog;
  private final Path data;
  private final Terminal out;

  /**
   * @param catalog the folder with the files that describe models
   * @param data a folder with public lists, {@code models-2026-08-01.json} and such, and perhaps
   *     {@code second-source/}
   */
  public Prices(Path catalog, Path data, Terminal out) {
    this.catalog = catalog;
    this.data = data;
    this.out = out;
  }

  private Path file() {
    return catalog.resolve("prices.yaml");
  }

  /** Writes the price list; always true. */
  public boolean build() throws IOException {
    List<Profile> profiles = Profile.in(catalog);
    String text = PriceList.text(profiles, PublicList.in(data));
    boolean same = Files.exists(file()) && Files.readString(file()).equals(text);
    if (!same) {
      Files.writeString(file(), text);
    }
    // What is written must also be read.
    String version = Catalog.readAll(catalog).version();
    out.line(
        (same ? "Nothing changed: " : "Written: ")
            + file()
            + ", "
            + profiles.size()
            + " models, price version "
            + version);
    return true;
  }

  /**
   * Prints what is odd.
   *
   * @return false when it concerns a model we ship, in a way that cannot be true
   */
  public boolean lint(LocalDate today) throws IOException {
    List<PriceFinding> findings = findings(today);
    Set<String> ours = ours();
    var byKind = new EnumMap<Kind, List<PriceFinding>>(Kind.class);
    findings.forEach(f -> byKind.computeIfAbsent(f.kind(), k -> new ArrayList<>()).add(f));
    for (Map.Entry<Kind, List<PriceFinding>> kind : byKind.entrySet()) {
      out.line(word(kind.getKey()) + " (" + kind.getValue().size() + ")");
      for (PriceFinding finding : kind.getValue()) {
        String mark = ours.contains(finding.subject()) ? "* " : "  ";
        out.line("  " + mark + finding.subject() + ": " + finding.message());
      }
    }
    out.line(findings.size() + " findings; * marks models we ship.");
    return findings.stream().noneMatch(f -> f.kind().wrong() && ours.contains(f.subject()));
  }

  /** Of the newest list, of the two sources, and of ours. */
  List<PriceFinding> findings(LocalDate today) throws IOException {
    PublicList newest = PublicList.in(data).getLast();
    var findings = new ArrayList<PriceFinding>(ListLint.check(newest, today));
    findings.addAll(SecondSource.differences(data.resolve("second-source"), newest));
    for (Model model : Catalog.readAll(catalog).models()) {
      findings.addAll(PriceLint.check(model.id(), model.prices()));
    }
    findings.addAll(notAsListed());
    return findings;
  }

  private List<PriceFinding> notAsListed() throws IOException {
    String should = PriceList.text(Profile.in(catalog), PublicList.in(data));
    boolean same = Files.exists(file()) && Files.readString(file()).equals(should);
    return same
        ? List.of()
        : List.of(
            new PriceFinding(
                file().getFileName().toString(),
                Kind.NOT_AS_LISTED,
                "it is not what these lists say; run ./fleet prices build"));
  }

  /** Models we ship, by the names of both lists. */
  private Set<String> ours() throws IOException {
    PublicList newest = PublicList.in(data).getLast();
    var ours = new HashSet<String>();
    for (Profile profile : Profile.in(catalog)) {
      ours.add(profile.id());
      newest.find(profile).ifPresent(listing -> ours.add(listing.id()));
    }
    return ours;
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
