package dev.flotilla.router.door;

/**
 * Doors on the management port, which no route exposes: the same keys and roles, beside health and
 * metrics.
 *
 * @param doors behind them is what changes this installation
 */
public record ManagementDoors(Doors doors) {}
