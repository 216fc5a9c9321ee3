/**
 * What can be known of an installation without a cluster: the chart, the plain manifests and the
 * alerts. Nothing is ever installed here. Start with {@link dev.flotilla.deploy.Rendering}.
 */
@NullMarked
package dev.flotilla.deploy;

import org.jspecify.annotations.NullMarked;
