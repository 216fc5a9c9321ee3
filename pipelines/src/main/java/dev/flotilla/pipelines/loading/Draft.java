package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.expression.Expression;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file as it was read, before its parts are held against each other. */
final class Draft {
  private final String file;
  private final String text;
  private final JsonNode root;
  private final Findings findings;
  private final Set<String> ids;
  private final List<Piece> pieces;
  private final @Nullable Expression result;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Step> steps = new HashMap<>();

  private Draft(
      String file,
      String text,
      JsonNode root,
      Findings findings,
      Set<String> ids,
      List<Piece> pieces,
      @Nullable Expression result) {
    this.file = file;
    this.text = text;
    this.root = root;
    this.findings = findings;
    this.ids = ids;
    this.pieces = pieces;
    this.result = result;
    pieces.forEach(this::index);
  }

  static Draft of(String file, String text) {
    try {
      Document document = Document.read(text);
      var findings = new Findings(file, document);
      JsonNode root = document.root();
      new Structure(findings).check(root);
      var reader = new PieceReader(document, findings);
      List<Piece> pieces = reader.pieces(root.path("steps"), Place.ROOT.then("steps"));
      Expression result = reader.optionalExpression(root, Place.ROOT, "result");
      return new Draft(file, text, root, findings, reader.ids(), pieces, result);
    } catch (NotYaml e) {
      var findings = new Findings(file, Document.empty());
      findings.atLine(e.line(), String.valueOf(e.getMessage()), e.suggestion());
      return new Draft(file, text, MissingNode.getInstance(), findings, Set.of(), List.of(), null);
    }
  }

  /** The same, as if nobody had looked at it. */
  Draft again() {
    return of(file, text);
  }

  private void index(Piece piece) {
    switch (piece) {
      case Piece.Single(Place place, String id, Step step) -> {
        places.putIfAbsent(id, place);
        if (step != null) {
          steps.putIfAbsent(id, step);
        }
      }
      case Piece.Parallel(List<Piece> inner) -> inner.forEach(this::index);
      case Piece.Switch(List<Piece.Branch> branches) ->
          branches.forEach(branch -> branch.pieces().forEach(this::index));
    }
  }

  /** Whether every part of it can be understood, whatever is to be said about it. */
  boolean understood() {
    return !pieces.isEmpty()
        && pieces.stream().allMatch(Draft::understood)
        && (result != null || !root.has("result"));
  }

  private static boolean understood(Piece piece) {
    return switch (piece) {
      case Piece.Single single -> single.step() != null;
      case Piece.Parallel(List<Piece> inner) -> inner.stream().allMatch(Draft::understood);
      case Piece.Switch(List<Piece.Branch> branches) ->
          branches.stream()
              .allMatch(
                  branch ->
                      (branch.always() || branch.when() != null)
                          && branch.pieces().stream().allMatch(Draft::understood));
    };
  }

  String text() {
    return text;
  }

  JsonNode root() {
    return root;
  }

  Findings findings() {
    return findings;
  }

  Set<String> ids() {
    return ids;
  }

  List<Piece> pieces() {
    return pieces;
  }

  @Nullable Expression result() {
    return result;
  }

  Optional<String> name() {
    return root.path("name").isTextual()
        ? Optional.of(root.path("name").textValue())
        : Optional.empty();
  }

  Place place(String id) {
    return places.getOrDefault(id, Place.ROOT);
  }

  /** Names of pipelines that its steps call. */
  Set<String> called() {
    var called = new HashSet<String>();
    steps
        .values()
        .forEach(
            step -> {
              if (step.action() instanceof Action.SubPipeline(String name, _)) {
                called.add(name);
              }
            });
    return called;
  }

  /** Steps that can be understood, by id. */
  Map<String, Step> steps() {
    return steps;
  }

  /** Two files that say the same have the same. */
  String version() {
    try {
      byte[] content = Canonical.text(root).getBytes(StandardCharsets.UTF_8);
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
