package dev.flotilla.cost.budget;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The budgets of {@code budgets.yaml}. Of the file and those who change budgets at the door the
 * newer word holds: an entry is put into force when the budget is not there, and when the entry is
 * not what it was the last time. Thread-safe, also among several instances of this service.
 */
@ApplicationScoped
class DeclaredBudgets {
  private final Database database;
  private final List<DeclaredBudget> declared;
  private volatile boolean inForce;

  @Inject
  DeclaredBudgets(Database database, Settings settings) {
    this.database = database;
    this.declared = BudgetFile.read(settings.path("flotilla.config.dir").resolve("budgets.yaml"));
    this.inForce = declared.isEmpty();
  }

  /** Reads the file at start instead of at the first call. */
  void appear(@Observes @Initialized(ApplicationScoped.class) Object start) {}

  /** Before anybody is told of budgets; only the first time does something. */
  void putIntoForce() {
    if (inForce) {
      return;
    }
    synchronized (this) {
      if (!inForce) {
        database.inTransaction(this::putIntoForce);
        inForce = true;
      }
    }
  }

  private boolean putIntoForce(Connection connection) throws SQLException {
    BudgetTable.alone(connection);
    for (DeclaredBudget budget : declared) {
      if (!budget.words().equals(BudgetTable.declared(connection, budget.scope()))) {
        BudgetTable.write(connection, budget.scope(), budget.terms());
        BudgetTable.declare(connection, budget.scope(), budget.words());
        BudgetTable.count(connection, budget.scope());
      }
    }
    return true;
  }
}
