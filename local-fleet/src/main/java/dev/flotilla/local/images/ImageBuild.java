package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.Journal;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.training.Rehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds the four images. What the JVMs learned goes in last: they learn it in containers of the
 * same images without it, because what is learned only fits the very files it was learned with.
 * What still fits is used again.
 */
public final class ImageBuild {
  /** What the names of all images begin with. */
  static final String PREFIX = "localhost/flotilla";

  private static final Pattern VERSION = Pattern.compile("(?m)^appVersion: \"?([^\"\\s]+)");
  private static final String RECORDING = "recording";

  private final Path tree;
  private final @Nullable String base;
  private final FleetPorts ports;
  private final Journal journal;
  private final Layout layout;

  /**
   * @param base an image to build on; null for none, with the C library of a Debian package
   * @param ports of the fleet that rehearses
   */
  public ImageBuild(Path tree, @Nullable String base, FleetPorts ports, Journal journal) {
    this.tree = tree;
    this.base = base;
    this.ports = ports;
    this.journal = journal;
    this.layout = new Layout(tree);
  }

  /**
   * @param fast those whose JVMs shall learn to start fast; the others start slowly, and are the
   *     same otherwise
   * @throws CannotStart when something it needs is missing, saying what to do
   */
  public void run(Set<Service> fast) throws IOException, InterruptedException {
    Podman.mustBeThere();
    layOut();
    var ignorant = new ArrayList<Service>();
    for (var service : Service.values()) {
      if (!Files.exists(cache(service)) || !identity(service).equals(stamped(service))) {
        Layout.delete(layout.learned(service));
        Files.createDirectories(layout.learned(service));
        if (fast.contains(service)) {
          ignorant.add(service);
        }
      }
    }
    if (!ignorant.isEmpty()) {
      layout.settle();
      for (var service : Service.values()) {
        build(service);
      }
      journal.note("Rehearsing, so that the images start fast; this takes a minute…");
      rehearse(ignorant);
    }
    layout.settle();
    for (var service : Service.values()) {
      build(service);
      journal.note("Built " + name(service));
    }
  }

  /** The first step: the files of the images as they are copied in, in {@code target/images/}. */
  public void layOut() throws IOException, InterruptedException {
    journal.note("Laying out files in " + layout.folder());
    layout.make(base == null);
  }

  /** Name and tag; the tag is the chart's {@code appVersion}. */
  public String name(Service service) {
    try {
      var chart = Files.readString(tree.resolve("helm/flotilla/Chart.yaml"));
      var found = VERSION.matcher(chart);
      if (!found.find()) {
        throw new CannotStart("helm/flotilla/Chart.yaml has no appVersion");
      }
      return PREFIX + "/" + service.label() + "-service:" + found.group(1);
    } catch (IOException e) {
      throw new CannotStart("helm/flotilla/Chart.yaml cannot be read: " + e.getMessage(), e);
    }
  }

  /** Bytes of an image, and of what of it no other has. */
  public record Size(long all, long own) {}

  public Size size(Service service) throws IOException, InterruptedException {
    var all = Podman.call(List.of("image", "inspect", "--format={{.Size}}", name(service)));
    return new Size(
        Long.parseLong(all),
        Layout.size(layout.of(service)) + Layout.size(layout.learned(service)));
  }

  /** Digests of an image's layers, from the bottom. The same files make the same ones. */
  public List<String> layers(Service service) throws IOException, InterruptedException {
    return Podman.call(
            List.of(
                "image",
                "inspect",
                "--format={{range .RootFS.Layers}}{{println .}}{{end}}",
                name(service)))
        .lines()
        .toList();
  }

  private void build(Service service) throws IOException, InterruptedException {
    Podman.call(
        List.of(
            "build",
            "--quiet",
            "--layers",
            "--timestamp=" + layout.timestamp().getEpochSecond(),
            "--build-arg=BASE=" + (base == null ? "scratch" : base),
            "--build-arg=SERVICE=" + service.label(),
            "--file=" + layout.dockerfile(),
            "--tag=" + name(service),
            layout.folder().toString()));
  }

  private void rehearse(List<Service> ignorant) throws IOException, InterruptedException {
    var scratch = tree.resolve("target").resolve("images-rehearsal");
    Layout.delete(scratch);
    var containers = new Containers(tree, scratch, 0);
    for (var service : Service.values()) {
      // The images' user is none of this machine.
      Files.setPosixFilePermissions(
          Files.createDirectories(scratch.resolve(service.label())),
          PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    var recording =
        List.of(
            "-XX:AOTMode=record",
            "-XX:AOTConfiguration=/aot/" + RECORDING,
            "-jar",
            "/opt/flotilla/service.jar");
    var options =
        containers.recording(
            this::name, service -> scratch.resolve(service.label()), recording, ports);
    try (var fleet = LocalFleet.startUntilExit(options, journal, state -> {})) {
      new Rehearsal(fleet).play();
    } finally {
      containers.removeLeftovers();
    }
    for (var service : ignorant) {
      learn(service, scratch.resolve(service.label()));
    }
    Layout.delete(scratch);
  }

  private void learn(Service service, Path folder) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("run", "--rm", "--network=none"));
    words.addAll(List.of("--cap-drop=all", "--security-opt=label=disable", "--log-driver=none"));
    words.addAll(Podman.modestLimits());
    words.addAll(List.of("--volume=" + folder + ":/aot", name(service)));
    words.addAll(Containers.JVM_FLAGS);
    words.addAll(
        List.of(
            "-XX:AOTMode=create",
            "-XX:AOTConfiguration=/aot/" + RECORDING,
            "-XX:AOTCache=/aot/service.aot",
            "-jar",
            "/opt/flotilla/service.jar"));
    Podman.call(words);
    Files.copy(folder.resolve("service.aot"), cache(service));
    Files.writeString(stamp(service), identity(service));
  }

  private Path cache(Service service) {
    return layout.learned(service).resolve("service.aot");
  }

  private Path stamp(Service service) {
    return layout.folder().resolve(service.label() + ".stamp");
  }

  private String stamped(Service service) throws IOException {
    return Files.exists(stamp(service)) ? Files.readString(stamp(service)) : "";
  }

  /** Of what files, which JVM and which of its flags a cache is made. */
  private String identity(Service service) throws IOException {
    var lines = new ArrayList<String>();
    lines.add(JavaRuntime.identity());
    lines.add(String.valueOf(base));
    lines.add(String.join(" ", Containers.JVM_FLAGS));
    for (var part : List.of(layout.folder().resolve("shared"), layout.of(service))) {
      try (var jars = Files.walk(part)) {
        for (var jar : jars.filter(Files::isRegularFile).sorted().toList()) {
          lines.add(digest(jar) + " " + part.relativize(jar));
        }
      }
    }
    return String.join("\n", lines);
  }

  private static String digest(Path file) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK knows SHA-256", e);
    }
  }
}
