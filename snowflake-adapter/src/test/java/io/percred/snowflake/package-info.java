/**
 * Tests of the Snowflake adapter; those that end in IT use the vendor's driver and the emulator.
 */
@NullMarked
package io.percred.snowflake;

import org.jspecify.annotations.NullMarked;
