/** This service, started once for all tests of the module. */
@NullMarked
package dev.flotilla.cost.running;

import org.jspecify.annotations.NullMarked;
