package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every link in it leads to a page that is there. Only hosts that the configuration names are
 * asked.
 */
record LinksResolve(NamedHosts hosts, boolean othersRefused) implements Verifier {
  static final String NAME = "links-resolve";

  private static final int MOST_LINKS = 50;
  private static final int LONGEST_LINK = 2_000;
  private static final String AFTER_LINK = ".,;:!?]*_";
  private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"'`\\\\^{|}]+");

  static LinksResolve asked(Parameters parameters, NamedHosts hosts) throws BadVerifier {
    return new LinksResolve(
        hosts, parameters.wordOrFirst("others", List.of("refuse", "ignore")).equals("refuse"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    Set<String> links = links(artifact.content());
    if (links.size() > MOST_LINKS) {
      return failed(links.size() + " links are more than are asked for: " + MOST_LINKS);
    }
    var wrong = new ArrayList<String>();
    var asked = new ArrayList<String>();
    int others = 0;
    for (String link : links) {
      switch (hosts.admits(link)) {
        case NAMED -> asked.add(link);
        case OTHER -> {
          others++;
          if (othersRefused) {
            wrong.add(shown(link) + " leads to a host that is not named in verifiers.yaml");
          }
        }
        case NO_ADDRESS -> wrong.add(shown(link) + " is no address");
      }
    }
    wrong.addAll(unresolved(asked, deadline));
    String ignored =
        others > 0 && !othersRefused ? ", " + others + " to other hosts not asked" : "";
    return wrong.isEmpty()
        ? passed(asked.size() + " links resolve" + ignored)
        : failed(String.join("; ", wrong));
  }

  private List<String> unresolved(List<String> links, Deadline deadline) {
    // Not closed, which would wait: those that take too long are interrupted and left.
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Callable<String>> questions =
          links.stream()
              .<Callable<String>>map(link -> () -> hosts.whatIsWrongWith(URI.create(link)))
              .toList();
      List<Future<String>> answers =
          threads.invokeAll(questions, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      var wrong = new ArrayList<String>();
      for (int i = 0; i < links.size(); i++) {
        String found = answer(answers.get(i));
        if (!found.isEmpty()) {
          wrong.add(shown(links.get(i)) + " " + found);
        }
      }
      return wrong;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of("the links were not asked for in time");
    } finally {
      threads.shutdownNow();
    }
  }

  private static String answer(Future<String> future) throws InterruptedException {
    try {
      return future.get();
    } catch (CancellationException e) {
      return "did not answer in time";
    } catch (ExecutionException e) {
      throw new IllegalStateException("a link could not be asked for", e.getCause());
    }
  }

  private static Set<String> links(String text) {
    var links = new LinkedHashSet<String>();
    Matcher matcher = LINK.matcher(text);
    while (matcher.find()) {
      links.add(withoutSentence(matcher.group()));
    }
    return links;
  }

  /** What ends a sentence or closes a bracket that stands around the link belongs to the text. */
  private static String withoutSentence(String found) {
    int end = Math.min(found.length(), LONGEST_LINK);
    while (AFTER_LINK.indexOf(found.charAt(end - 1)) >= 0
        || (found.charAt(end - 1) == ')' && found.lastIndexOf('(', end - 1) < 0)) {
      end--;
    }
    return found.substring(0, end);
  }

  private static String shown(String link) {
    return link.length() > 120 ? link.substring(0, 120) + "…" : link;
  }
}
