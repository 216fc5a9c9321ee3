package dev.flotilla.pipelines.definition;

import java.util.List;

/** A piece of a pipeline's work. */
public sealed interface Node permits Node.Parallel, Node.Switch, Step {
  /** All of them at the same time; it is over when all are. None sees what another one puts out. */
  record Parallel(List<Node> nodes) implements Node {
    public Parallel {
      nodes = List.copyOf(nodes);
    }
  }

  /** The first branch whose condition holds; the steps of the others are skipped. */
  record Switch(List<Branch> branches) implements Node {
    public Switch {
      branches = List.copyOf(branches);
    }
  }
}
