package dev.flotilla.provider.lease;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.lease.CoveringBudget;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The budgets that were heard of, in a file beside the spool: an instance that starts while
 * cost-service is away knows which of them want nothing to be spent then. There are as many as
 * administrators have made, and the file changes only when one of them does. Thread-safe.
 */
final class RememberedBudgets {
  private static final System.Logger LOG = System.getLogger(RememberedBudgets.class.getName());
  private static final String FILE = "budgets.json";

  private final Path file;
  private final Map<String, CoveringBudget> known;

  private RememberedBudgets(Path file, Map<String, CoveringBudget> known) {
    this.file = file;
    this.known = known;
  }

  /** Those whose file is in a folder; none when it cannot be read, which is logged. */
  static RememberedBudgets in(Path folder) {
    Path file = folder.resolve(FILE);
    var known = new TreeMap<String, CoveringBudget>();
    try {
      if (Files.exists(file)) {
        for (JsonNode budget : Json.parseObject(Files.readAllBytes(file)).path("budgets")) {
          String id = budget.path("id").asText();
          known.put(
              id,
              remembered(
                  id,
                  budget.path("on_exceeded").asText(CoveringBudget.BLOCK),
                  budget.path("on_ledger_away").asText(CoveringBudget.REFUSE)));
        }
      }
    } catch (IOException | NotJson e) {
      LOG.log(
          Level.WARNING,
          "{0} cannot be read, so no budget is known until cost-service is asked: {1}",
          file,
          e.getMessage());
    }
    return new RememberedBudgets(file, known);
  }

  /** Those of them that cover a payer, in the order of their ids. */
  synchronized List<CoveringBudget> covering(Payer payer) {
    Set<String> scopes = payer.scopes();
    return known.values().stream().filter(budget -> scopes.contains(budget.id())).toList();
  }

  /** These and no others cover a payer now. */
  synchronized void learnt(Payer payer, List<CoveringBudget> budgets) {
    Set<String> gone = payer.scopes();
    budgets.forEach(budget -> gone.remove(budget.id()));
    boolean changed = known.keySet().removeAll(gone);
    for (CoveringBudget budget : budgets) {
      CoveringBudget now = remembered(budget.id(), budget.onExceeded(), budget.onLedgerAway());
      changed |= !now.equals(known.put(now.id(), now));
    }
    if (changed) {
      write();
    }
  }

  /** What a budget wants is remembered, not what it allows. */
  private static CoveringBudget remembered(String id, String onExceeded, String onLedgerAway) {
    return new CoveringBudget(id, onExceeded, onLedgerAway, 0);
  }

  private void write() {
    ObjectNode document = Json.object();
    ArrayNode list = document.putArray("budgets");
    known
        .values()
        .forEach(
            budget ->
                list.addObject()
                    .put("id", budget.id())
                    .put("on_exceeded", budget.onExceeded())
                    .put("on_ledger_away", budget.onLedgerAway()));
    try {
      Path written = file.resolveSibling(FILE + ".new");
      Files.write(written, Json.plainBytes(document));
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} cannot be written: {1}", file, e.getMessage());
    }
  }
}
