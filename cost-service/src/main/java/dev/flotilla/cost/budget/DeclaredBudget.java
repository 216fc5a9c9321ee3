package dev.flotilla.cost.budget;

/** A budget as the file of budgets declares it. */
record DeclaredBudget(Scope scope, Terms terms) {
  /** The same text for the same meaning, however it was written. */
  String words() {
    return String.join(
        " ",
        Long.toString(terms.limitNanos()),
        String.valueOf(terms.hardLimitNanos()),
        terms.period(),
        terms.alertAt().toString(),
        terms.onExceeded(),
        terms.onLedgerAway());
  }
}
