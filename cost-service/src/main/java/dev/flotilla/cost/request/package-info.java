/**
 * What happened to one request: the router's decision and the ledger's attempts side by side. It
 * reads and never writes, and there are no prompts and answers here to show. Start with {@link
 * dev.flotilla.cost.request.RequestResource}.
 */
@NullMarked
package dev.flotilla.cost.request;

import org.jspecify.annotations.NullMarked;
