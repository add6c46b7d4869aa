-- A public API as PostgREST and Supabase projects have it: programs come with a token of their own,
-- which can be revoked, and people with the token of a login. Works unchanged under PostgREST.
-- Needs the roles authenticator, tokenauthed and authenticated (public-api-roles.sql), and
-- PostgreSQL 15 for the view.

create schema private;
create schema api;
create extension pgcrypto schema private;

create table organisation (
  id int generated always as identity primary key,
  name text not null unique
);

create table employee (
  id uuid primary key default gen_random_uuid(),
  organisation_id int not null references organisation,
  name text not null unique
);

-- A token is good for as long as its row is here.
create table private.api_token (
  tid uuid primary key default gen_random_uuid(),
  employee_id uuid not null references employee,
  minted timestamptz not null default now()
);

create table private.secret (name text primary key, value text not null);

-- What the transaction is bound to. Empty between transactions, so never cast as it is.
create function private.claims() returns jsonb language sql stable
  return coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb;

create function private.header(name text) returns text language sql stable
  return nullif(current_setting('request.headers', true), '')::jsonb ->> name;

create function private.tid() returns uuid language sql stable
  return (private.claims() ->> 'tid')::uuid;

create function private.organisation_id() returns int language sql stable security definer
  set search_path = ''
  return (select organisation_id from public.employee
    where id = (private.claims() ->> 'sub')::uuid);

create table contact (
  id int generated always as identity primary key,
  organisation_id int not null references organisation default private.organisation_id(),
  name text not null
);

alter table contact enable row level security;
create policy own_organisation on contact to tokenauthed, authenticated
  using (organisation_id = private.organisation_id());

-- With the rights and policies of whoever reads it.
create view api.contact with (security_invoker) as
  select id, name from contact where organisation_id = private.organisation_id();

grant usage on schema api, private to tokenauthed, authenticated;
grant select, insert on contact, api.contact to tokenauthed, authenticated;

create function private.base64url(data bytea) returns text language sql immutable
  return rtrim(translate(encode(data, 'base64'), E'+/\n', '-_'), '=');

-- Signs with HS256 (RFC 7515), with the secret that whoever verifies has, too.
create function private.sign(claims json) returns text language sql stable as $$
  select signed || '.' || private.base64url(private.hmac(
      convert_to(signed, 'UTF8'),
      (select convert_to(value, 'UTF8') from private.secret where name = 'jwt'),
      'sha256'))
  from (select private.base64url(convert_to('{"alg":"HS256","typ":"JWT"}', 'UTF8'))
      || '.' || private.base64url(convert_to(claims::text, 'UTF8'))) t(signed);
$$;

create function private.mint_token(employee text) returns text language sql as $$
  insert into private.api_token (employee_id)
    select id from employee e where e.name = mint_token.employee
    returning private.sign(json_build_object(
      'tid', tid, 'sub', employee_id, 'role', 'tokenauthed',
      'iat', extract(epoch from now())::bigint));
$$;

-- Runs first in every transaction. Programs come through the proxy, which counts their calls; it
-- proves itself with a header. A header that is missing is null, and "<>" would let it pass.
create function private.validate_token() returns void language plpgsql stable security definer
  set search_path = '' as $$
begin
  if private.claims() ->> 'role' is distinct from 'tokenauthed' then
    return;
  end if;
  if private.header('x-proxy-secret') is distinct from
      (select value from private.secret where name = 'proxy') then
    raise sqlstate 'PT403' using message = 'Not through the proxy';
  end if;
  if not exists (select from private.api_token where tid = private.tid()) then
    raise sqlstate 'PT401' using message = 'This token was revoked';
  end if;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function
  private.claims(), private.header(text), private.tid(), private.organisation_id(),
  private.validate_token() to tokenauthed, authenticated;

insert into organisation (name) values ('Aster Ltd'), ('Birch GmbH');
insert into employee (organisation_id, name)
  select id, case name when 'Aster Ltd' then 'alice' else 'bob' end from organisation;
insert into contact (organisation_id, name)
  select id, contact from organisation, unnest(
    case name when 'Aster Ltd' then array['Ines', 'Ivar', 'Ida'] else array['Jane', 'Jonas'] end) contact;
