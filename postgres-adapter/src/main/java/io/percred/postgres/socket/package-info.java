/**
 * The sockets between pgjdbc and the network, through whose streams every byte passes a filter. The
 * way in is {@link io.percred.postgres.socket.FilterRegistry}, where a connection attempt leaves
 * what the two socket factories need.
 */
@NullMarked
package io.percred.postgres.socket;

import org.jspecify.annotations.NullMarked;
