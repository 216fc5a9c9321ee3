/**
 * The four services together, as child processes with real stores: what a user would see. It
 * reaches into no service's inside. Start with {@link dev.flotilla.tests.FleetUnderTest}.
 */
package dev.flotilla.tests;
