package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pods that podman plays. Closing it removes them with their volumes, and so does whatever ends
 * this process in an orderly way, Ctrl-C included; what a killed one left is removed by the next.
 * Safe for use by several threads.
 */
final class PlayedPods implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** Of the log of a pod that ended. */
  private static final String LAST_LINES = "15";

  private final List<PlayedPod> pods;
  private final Map<String, Long> playedAt = new HashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private boolean closed;

  private PlayedPods(List<PlayedPod> pods) {
    this.pods = List.copyOf(pods);
  }

  /**
   * @param folder for their manifests
   * @throws CannotStart when podman refuses one, with what it said
   */
  static PlayedPods play(List<PlayedPod> pods, Path folder)
      throws IOException, InterruptedException {
    var played = new PlayedPods(pods);
    played.remove();
    Runtime.getRuntime().addShutdownHook(new Thread(played::close, "remove-pods"));
    try {
      var settings = Podman.modestSettings(folder.resolve("containers.conf"));
      for (var pod : pods) {
        played.play(pod, folder.resolve(pod.name() + ".yaml"), settings);
      }
      return played;
    } catch (IOException | InterruptedException | RuntimeException e) {
      played.close();
      throw e;
    }
  }

  private synchronized void play(PlayedPod pod, Path file, Map<String, String> settings)
      throws IOException, InterruptedException {
    if (closed) {
      throw new CannotStart("stopped before all pods were played");
    }
    Files.writeString(file, pod.yaml());
    playedAt.put(pod.part(), System.nanoTime());
    Command.run(
        Podman.command(List.of("kube", "play", "--network=host", "--quiet", file.toString())),
        settings);
  }

  /**
   * @return how long each part took, by part
   * @throws CannotStart when one ends or takes longer than the patience, with what it said last
   */
  Map<String, Duration> awaitReady(Duration patience) throws IOException, InterruptedException {
    var ready = new LinkedHashMap<String, Duration>();
    var deadline = System.nanoTime() + patience.toNanos();
    while (ready.size() < pods.size()) {
      for (var pod : pods) {
        if (!ready.containsKey(pod.part())) {
          var since = Objects.requireNonNull(playedAt.get(pod.part()));
          if (isReady(pod)) {
            ready.put(pod.part(), Duration.ofNanos(System.nanoTime() - since));
          } else if (System.nanoTime() > deadline || !runs(pod)) {
            throw new CannotStart(
                pod.name() + " did not become ready; the end of its log:\n" + lastWords(pod));
          }
        }
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return ready;
  }

  private boolean isReady(PlayedPod pod) throws InterruptedException {
    var question =
        HttpRequest.newBuilder(URI.create("http://" + pod.address() + ":9090/health/ready"))
            .timeout(Duration.ofSeconds(3))
            .build();
    try {
      return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      // Nobody listens yet.
      return false;
    }
  }

  private static boolean runs(PlayedPod pod) throws IOException, InterruptedException {
    return Podman.call(List.of("inspect", "--format={{.State.Status}}", pod.container()))
        .equals("running");
  }

  private static String lastWords(PlayedPod pod) throws IOException, InterruptedException {
    // What a service says goes to both outputs, and podman keeps them apart.
    return Command.run(
        List.of("sh", "-c", "podman logs --tail " + LAST_LINES + " \"$0\" 2>&1", pod.container()));
  }

  /** Does nothing more the second time. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      remove();
    } catch (IOException e) {
      throw new CannotStart("podman could not be asked to remove the pods: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }

  private void remove() throws IOException, InterruptedException {
    for (var pod : pods) {
      Podman.call(List.of("pod", "rm", "--force", "--ignore", "--time=0", pod.name()));
      for (var claim : pod.claims()) {
        Podman.call(List.of("volume", "rm", "--force", claim));
      }
    }
  }
}
