/**
 * One service's schema as a file, and the file as a schema again, where nobody has PostgreSQL's own
 * tools. It never merges: what is restored goes into an empty database. Start with {@link
 * dev.flotilla.kit.backup.Backup}.
 */
@NullMarked
package dev.flotilla.kit.backup;

import org.jspecify.annotations.NullMarked;
