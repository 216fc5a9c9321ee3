/**
 * Makes an image of each service, and shows that the four work: built by podman from files of this
 * tree, a Java of only the modules they need and Debian's C library, without a registry. Never
 * pushes anything anywhere. Start at {@link dev.flotilla.local.images.Images}.
 */
@NullMarked
package dev.flotilla.local.images;

import org.jspecify.annotations.NullMarked;
