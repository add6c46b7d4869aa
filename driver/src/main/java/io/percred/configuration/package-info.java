/**
 * From a URL and properties to checked settings: {@link io.percred.configuration.ConnectionUrl}
 * takes the URL apart, {@link io.percred.configuration.SettingsReader} checks what was given.
 */
@NullMarked
package io.percred.configuration;

import org.jspecify.annotations.NullMarked;
