/**
 * A pretend provider inside this process: deterministic, free, and able to fail on demand. It never
 * touches the network and never pretends to be a real model. Start with {@link
 * dev.flotilla.provider.dialect.simulator.SimulatorDialect}.
 */
@NullMarked
package dev.flotilla.provider.dialect.simulator;

import org.jspecify.annotations.NullMarked;
