package dev.flotilla.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import java.util.Optional;

/**
 * Something that makes pods, and one of these pods.
 *
 * @param serves whether it is one of the services; the test's pod is not
 */
record Workload(String name, Map<String, String> labels, PodSpec pod, boolean serves) {
  static Optional<Workload> of(HasMetadata thing) {
    String name = thing.getKind() + "/" + thing.getMetadata().getName();
    return switch (thing) {
      case Deployment it -> {
        var template = it.getSpec().getTemplate();
        yield Optional.of(
            new Workload(name, template.getMetadata().getLabels(), template.getSpec(), true));
      }
      case StatefulSet it -> {
        var template = it.getSpec().getTemplate();
        yield Optional.of(
            new Workload(name, template.getMetadata().getLabels(), template.getSpec(), true));
      }
      case Pod it ->
          Optional.of(new Workload(name, it.getMetadata().getLabels(), it.getSpec(), false));
      default -> Optional.empty();
    };
  }

  Container container() {
    return pod.getContainers().getFirst();
  }

  Optional<EnvVar> variable(String name) {
    return container().getEnv().stream().filter(it -> it.getName().equals(name)).findFirst();
  }

  boolean matches(Map<String, String> selector) {
    return labels.entrySet().containsAll(selector.entrySet());
  }

  /** Only the name: a test's title. */
  @Override
  public String toString() {
    return name;
  }
}
