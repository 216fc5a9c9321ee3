/**
 * Pipelines and their runs as pictures in SVG, drawn without a library and without scripts, for
 * light and dark pages. They show what is there and decide nothing. Start with {@link
 * dev.flotilla.pipelines.picture.Graph}.
 */
@NullMarked
package dev.flotilla.pipelines.picture;

import org.jspecify.annotations.NullMarked;
