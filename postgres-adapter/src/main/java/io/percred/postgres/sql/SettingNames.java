package io.percred.postgres.sql;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which settings a pool may give the connections that it opens, beyond those that may always be set
 * without a caller. They decide how a statement is planned and shown, never who is asking, what may
 * be seen or what the server logs; settings of the server's own are allowed one by one, so that one
 * that a later version brings is not. Immutable.
 */
final class SettingNames {
  /** How statements are planned. */
  private static final String OF_PLANNER =
      "random_page_cost seq_page_cost cpu_tuple_cost cpu_index_tuple_cost cpu_operator_cost"
          + " parallel_setup_cost parallel_tuple_cost effective_cache_size effective_io_concurrency"
          + " maintenance_io_concurrency default_statistics_target constraint_exclusion"
          + " cursor_tuple_fraction from_collapse_limit join_collapse_limit geqo geqo_threshold"
          + " geqo_effort geqo_pool_size geqo_generations geqo_selection_bias geqo_seed"
          + " jit_above_cost jit_inline_above_cost jit_optimize_above_cost"
          + " min_parallel_table_scan_size min_parallel_index_scan_size"
          + " parallel_leader_participation recursive_worktable_factor"
          + " enable_async_append enable_bitmapscan enable_distinct_reordering enable_gathermerge"
          + " enable_group_by_reordering enable_hashagg enable_hashjoin enable_incremental_sort"
          + " enable_indexonlyscan enable_indexscan enable_material enable_memoize"
          + " enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash"
          + " enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join"
          + " enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort"
          + " enable_tidscan";

  /** What a session may use. */
  private static final String OF_RESOURCES =
      "hash_mem_multiplier logical_decoding_work_mem max_parallel_maintenance_workers"
          + " vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit"
          + " vacuum_cost_page_miss commit_siblings gin_fuzzy_search_limit gin_pending_list_limit"
          + " tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout"
          + " client_connection_check_interval default_table_access_method default_tablespace"
          + " temp_tablespaces default_toast_compression stats_fetch_consistency";

  /** How values are written. */
  private static final String OF_FORMAT =
      "lc_monetary lc_numeric lc_time default_text_search_config timezone_abbreviations xmlbinary"
          + " xmloption quote_all_identifiers escape_string_warning check_function_bodies";

  private static final Set<String> OF_SERVER =
      Stream.of(OF_PLANNER, OF_RESOURCES, OF_FORMAT)
          .flatMap(names -> Stream.of(names.split(" ")))
          .collect(Collectors.toUnmodifiableSet());

  /**
   * Families of extensions that print plans and parameters or choose what code runs, and those that
   * policies for PostgREST read.
   */
  private static final Set<String> FAMILIES_LEFT_OUT =
      Set.of(
          "auto_explain",
          "local",
          "percred",
          "pg_hint_plan",
          "pgaudit",
          "pgtle",
          "pljava",
          "plperl",
          "plperlu",
          "plpgsql",
          "plpython",
          "plpython3u",
          "plr",
          "plrust",
          "pltcl",
          "pltclu",
          "plv8",
          "request",
          "session",
          "set_user",
          "supautils");

  private final Set<String> managed;

  /**
   * @param managed the settings that bindings set, in lower case
   */
  SettingNames(Set<String> managed) {
    this.managed = Set.copyOf(managed);
  }

  /** Whether a pool may set it; a name in lower case. */
  boolean isForSetUp(String name) {
    int dot = name.indexOf('.');
    if (managed.contains(name)) {
      return false;
    }
    return dot < 0
        ? OF_SERVER.contains(name)
        : !FAMILIES_LEFT_OUT.contains(name.substring(0, dot).toLowerCase(Locale.ROOT));
  }
}
