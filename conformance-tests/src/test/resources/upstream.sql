-- What stands in for a foreign data wrapper: a function that asks a web service for one row, with
-- the caller's credential as it is when the row is fetched. Run by the superuser; {0} is where the
-- service is, {1} the program that sends the request.

create table upstream_service (url text, static_credential text);
insert into upstream_service values ('{0}', 'static-credential');

-- The header, by the rule of supabase/wrappers: the setting if it holds something, otherwise the
-- server's own, static credential.
create function upstream_header(setting text) returns text language sql stable as $$
  select 'Bearer ' || coalesce(nullif(trim(current_setting(setting, true)), ''), static_credential)
  from upstream_service
$$;

create function upstream_row(n int, setting text default 'app.api_token') returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  answer text := 'upstream.' || pg_backend_pid();
begin
  -- The credential is read by COPY itself, so it is in no SQL text and in no command line.
  execute format(
    $copy$
    copy (
      select url || '/rows/' || %1$s from upstream_service
      union all
      select upstream_header(%2$L)
    ) to program %3$L
    $copy$,
    n, setting, '{1} > ' || answer);
  return pg_read_file(answer);
end $$;
grant execute on function upstream_row to app;

-- The second way: the caller has an upstream token of its own, in a table that only the caller's
-- row comes out of, and that the application's login cannot read.
create role upstream_vault nologin;
grant usage on schema public to upstream_vault;
create table upstream_token (caller text primary key, token text not null);
alter table upstream_token enable row level security;
create policy own_token on upstream_token
  using (caller = current_setting('app.api_token', true));
grant select on upstream_token to upstream_vault;
insert into upstream_token values
  ('token-of-alice', 'upstream-token-of-alice'), ('token-of-bob', 'upstream-token-of-bob');

create function pin_upstream_token() returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  perform set_config(
    'app.upstream_token', coalesce((select token from upstream_token), ''), true);
end $$;
alter function pin_upstream_token() owner to upstream_vault;
