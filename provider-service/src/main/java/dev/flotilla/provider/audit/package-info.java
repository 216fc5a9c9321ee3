/**
 * Remembers what this process has spent and asks the ledger now and then whether it has the same.
 * It never corrects what it finds. Start with {@link dev.flotilla.provider.audit.SelfAudit}.
 */
@NullMarked
package dev.flotilla.provider.audit;

import org.jspecify.annotations.NullMarked;
