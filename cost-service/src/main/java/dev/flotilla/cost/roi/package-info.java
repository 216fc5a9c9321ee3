/**
 * What pipelines cost beside what the same work costs when people do it. It knows only how long
 * that takes and what an hour is worth, as somebody has written it down. Start with {@link
 * dev.flotilla.cost.roi.RoiReport}.
 */
@NullMarked
package dev.flotilla.cost.roi;

import org.jspecify.annotations.NullMarked;
