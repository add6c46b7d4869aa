/** Tests of the emulator: units, and ({@code *IT}) the real driver talking to it. */
@NullMarked
package io.percred.snowflake.emulator;

import org.jspecify.annotations.NullMarked;
