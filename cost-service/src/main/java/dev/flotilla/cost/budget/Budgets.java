package dev.flotilla.cost.budget;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** The budgets there are. Thread-safe, also among several instances of this service. */
@ApplicationScoped
class Budgets {
  private final Database database;
  private final DeclaredBudgets declared;
  private final LeaseConfig config;

  @Inject
  Budgets(Database database, DeclaredBudgets declared, Settings settings) {
    this.database = database;
    this.declared = declared;
    this.config = LeaseConfig.from(settings);
  }

  List<BudgetStanding> all() {
    declared.putIntoForce();
    return database.inTransaction(BudgetTable::all);
  }

  Optional<BudgetStanding> find(Scope scope) {
    declared.putIntoForce();
    return database.inTransaction(connection -> BudgetTable.find(connection, scope));
  }

  /** Agrees on a budget anew. What was spent in its period before counts from the beginning. */
  BudgetStanding put(Scope scope, Terms terms) {
    declared.putIntoForce();
    return database.inTransaction(
        connection -> {
          BudgetTable.alone(connection);
          BudgetTable.write(connection, scope, terms);
          BudgetTable.count(connection, scope);
          return BudgetTable.find(connection, scope).orElseThrow();
        });
  }

  /** False when there is none. */
  boolean delete(Scope scope) {
    declared.putIntoForce();
    return database.inTransaction(
        connection -> {
          BudgetTable.alone(connection);
          return BudgetTable.delete(connection, scope);
        });
  }

  /**
   * Counts again from the ledger what was spent, and from the leases what is leased. Leases of
   * holders that nobody has heard of for long are written off.
   */
  Optional<BudgetStanding> rebuild(Scope scope) {
    return database.inTransaction(
        connection -> {
          BudgetTable.alone(connection);
          if (BudgetTable.find(connection, scope).isEmpty()) {
            return Optional.empty();
          }
          LeaseTable.writeOff(connection, scope, config.forgetAfter());
          BudgetTable.count(connection, scope);
          return BudgetTable.find(connection, scope);
        });
  }
}
