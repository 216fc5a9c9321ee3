package dev.flotilla.cost.currency;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * What a dollar was worth.
 *
 * @param date first day it holds; it holds until the next one
 * @param rate units of the other currency per dollar, more than 0
 * @param source where it was read
 */
public record Rate(LocalDate date, BigDecimal rate, String source) {}
