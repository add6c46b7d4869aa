-- Lets the database itself verify the token that percred binds: a JWT (RFC 7519) that its issuer signed with HS256, or
-- from PostgreSQL 16 with RS256. SQL that an application sends can then set what it likes and become nobody else.
--
-- Run it as a superuser, or as a role with CREATEROLE that may create schemas. It can be run again: it replaces the
-- functions and keeps the keys. uninstall.sql takes everything away. Version 1.
--
-- percred binds the token with percred.setting=percred.jwt. A policy reads (select percred.claim('org_id')),
-- (select percred.claims()) or (select percred.caller()). Each is NULL, and never an error, unless the transaction
-- carries a token of an issuer in percred.issuer_key that is good now.

begin;

do $role$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'percred_verifier') then
    create role percred_verifier nologin nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls;
  end if;
  -- To make what it owns; taken back at the end.
  execute pg_catalog.format('grant percred_verifier to %I', current_user);
end
$role$;

create schema if not exists percred authorization percred_verifier;

set local role percred_verifier;
set local search_path = pg_catalog, pg_temp;

-- Keys of the issuers. Of a secret for HS256 what HMAC-SHA256 (RFC 2104) makes of it before it sees a message: padded to
-- 64 bytes, once with 0x36 and once with 0x5c by exclusive or. Of an RSA key modulus and public exponent. kid is '' for
-- an issuer that names none.
create table if not exists percred.issuer_key (
  issuer text not null,
  kid text not null,
  algorithm text not null check (algorithm in ('HS256', 'RS256')),
  audience text,
  leeway interval not null default interval '30 seconds' check (leeway between interval '0' and interval '5 minutes'),
  inner_block bytea,
  outer_block bytea,
  modulus bytea,
  exponent integer,
  added timestamptz not null default now(),
  primary key (issuer, kid)
);
revoke all on percred.issuer_key from public;

-- The database's own secret, for what it verified itself. It leaves the server only in dumps.
create table if not exists percred.own_key (
  one boolean primary key default true check (one),
  inner_block bytea not null,
  outer_block bytea not null
);
revoke all on percred.own_key from public;

create or replace function percred.verifier_version() returns integer
language sql immutable parallel safe
return 1;

-- HMAC-SHA256, RFC 2104, with ready-made blocks.
create or replace function percred.hmac(inner_block bytea, outer_block bytea, message bytea) returns bytea
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp as $$
begin
  return sha256(outer_block || sha256(inner_block || message));
end
$$;
revoke all on function percred.hmac(bytea, bytea, bytea) from public;

-- The blocks of an HMAC key.
create or replace function percred.hmac_block(key bytea, pad integer) returns bytea
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp as $$
declare
  short bytea := case when length(key) > 64 then sha256(key) else key end;
  block bytea := decode(repeat('00', 64), 'hex');
begin
  for n in 0 .. 63 loop
    block := set_byte(block, n, (case when n < length(short) then get_byte(short, n) else 0 end) # pad);
  end loop;
  return block;
end
$$;
revoke all on function percred.hmac_block(bytea, integer) from public;

-- The bytes under the MAC: each part behind its length in bytes, so that no two lists of parts have the same bytes.
create or replace function percred.framed(variadic parts text[]) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  bytes bytea := ''::bytea;
  part bytea;
  each text;
begin
  foreach each in array parts loop
    part := convert_to(each, 'UTF8');
    bytes := bytes || convert_to(length(part)::text || ':', 'UTF8') || part;
  end loop;
  return bytes;
end
$$;
revoke all on function percred.framed(text[]) from public;

-- base64url without padding, RFC 4648 section 5, in its one canonical spelling, or NULL.
create or replace function percred.from_base64url(encoded text) returns bytea
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp as $$
declare
  bytes bytea;
begin
  if encoded !~ '^[A-Za-z0-9_-]*$' or length(encoded) % 4 = 1 then
    return null;
  end if;
  bytes := decode(rpad(translate(encoded, '-_', '+/'), (length(encoded) + 3) / 4 * 4, '='), 'base64');
  if rtrim(translate(replace(encode(bytes, 'base64'), chr(10), ''), '+/', '-_'), '=') <> encoded then
    return null;
  end if;
  return bytes;
end
$$;
revoke all on function percred.from_base64url(text) from public;

-- RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 section 8.2.2. Hexadecimal numerics need PostgreSQL 16.
create or replace function percred.rs256_holds(modulus bytea, exponent integer, message bytea, signature bytea)
returns boolean
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp as $$
declare
  n numeric := ('0x' || encode(modulus, 'hex'))::numeric;
  base numeric := ('0x' || encode(signature, 'hex'))::numeric;
  power numeric := 1;
  rest integer := exponent;
begin
  if length(signature) <> length(modulus) or base >= n then
    return false;
  end if;
  while rest > 0 loop
    if rest % 2 = 1 then
      power := (power * base) % n;
    end if;
    rest := rest / 2;
    if rest > 0 then
      base := (base * base) % n;
    end if;
  end loop;
  return power = ('0x0001' || repeat('ff', length(modulus) - 54)
    || '003031300d060960864801650304020105000420' || encode(sha256(message), 'hex'))::numeric;
end
$$;
revoke all on function percred.rs256_holds(bytea, integer, bytea, bytea) from public;

-- The claims of a token (RFC 7519) that an issuer of percred.issuer_key signed and that is good now, or NULL.
-- A signature that held once on this connection is not computed again: the database leaves a MAC of its own about
-- that in percred.verified, which nobody else can make.
create or replace function percred.claims_of(token text) returns jsonb
language plpgsql stable parallel restricted
set search_path = pg_catalog, pg_temp as $$
declare
  part text[] := string_to_array(token, '.');
  header jsonb;
  claims jsonb;
  key percred.issuer_key;
  own percred.own_key;
  signature bytea;
  message bytea;
  proof text;
  present numeric := extract(epoch from clock_timestamp());
  leeway numeric;
begin
  if array_length(part, 1) is distinct from 3 or length(token) > 65536 then
    return null;
  end if;
  signature := percred.from_base64url(part[3]);
  begin
    header := convert_from(percred.from_base64url(part[1]), 'UTF8')::jsonb;
    claims := convert_from(percred.from_base64url(part[2]), 'UTF8')::jsonb;
  exception when others then
    return null;
  end;
  if jsonb_typeof(header) is distinct from 'object' or jsonb_typeof(claims) is distinct from 'object'
    or signature is null or header ? 'crit' then
    return null;
  end if;
  select * into key from percred.issuer_key k
    where k.issuer = claims ->> 'iss' and k.kid = coalesce(header ->> 'kid', '');
  if not found or key.algorithm is distinct from header ->> 'alg' then
    return null;
  end if;
  leeway := extract(epoch from key.leeway);
  if jsonb_typeof(claims -> 'exp') is distinct from 'number' or (claims ->> 'exp')::numeric + leeway <= present
    or (claims ? 'nbf' and (jsonb_typeof(claims -> 'nbf') <> 'number'
      or (claims ->> 'nbf')::numeric - leeway > present))
    or (claims ? 'iat' and (jsonb_typeof(claims -> 'iat') <> 'number'
      or (claims ->> 'iat')::numeric - leeway > present)) then
    return null;
  end if;
  if key.audience is not null and not (claims -> 'aud' ? key.audience) is true then
    return null;
  end if;
  message := convert_to(part[1] || '.' || part[2], 'UTF8');
  if key.algorithm = 'HS256' then
    if sha256(key.outer_block || percred.hmac(key.inner_block, key.outer_block, message))
      <> sha256(key.outer_block || signature) then
      return null;
    end if;
    return claims;
  end if;
  select * into own from percred.own_key;
  proof := encode(
    percred.hmac(own.inner_block, own.outer_block, percred.framed(
      'percred.verified', pg_backend_pid()::text, key.issuer, key.kid, encode(key.modulus, 'hex'), token)), 'hex');
  if current_setting('percred.verified', true) is not distinct from proof then
    return claims;
  end if;
  if not percred.rs256_holds(key.modulus, key.exponent, message, signature) then
    return null;
  end if;
  perform set_config('percred.verified', proof, false);
  return claims;
end
$$;
revoke all on function percred.claims_of(text) from public;

-- The claims of the caller's token, or NULL.
create or replace function percred.claims() returns jsonb
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return percred.claims_of(nullif(current_setting('percred.jwt', true), ''));
end
$$;

-- One claim as text, or NULL. Names of nested claims are joined by dots.
create or replace function percred.claim(path text) returns text
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return percred.claims() #>> string_to_array(path, '.');
end
$$;

-- The subject of the caller's token, or NULL.
create or replace function percred.caller() returns text
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return percred.claims() ->> 'sub';
end
$$;

-- Adds an issuer's secret for HS256, or replaces it. key: 32 bytes or more.
create or replace function percred.add_issuer_secret(issuer text, kid text, audience text, key bytea) returns void
language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if length(key) < 32 then
    raise exception 'A secret for HS256 has 32 bytes or more (RFC 7518 section 3.2), this one has %', length(key)
      using errcode = '22023';
  end if;
  delete from percred.issuer_key k where k.issuer = $1 and k.kid = coalesce($2, '');
  insert into percred.issuer_key (issuer, kid, algorithm, audience, inner_block, outer_block)
    values ($1, coalesce($2, ''), 'HS256', $3, percred.hmac_block(key, 54), percred.hmac_block(key, 92));
end
$$;
revoke all on function percred.add_issuer_secret(text, text, text, bytea) from public;

-- Adds an issuer's RSA key from a JWK (RFC 7517), or replaces it. PostgreSQL 16 or later.
create or replace function percred.add_issuer_key(issuer text, audience text, jwk jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  n bytea := percred.from_base64url(jwk ->> 'n');
  e bytea := percred.from_base64url(jwk ->> 'e');
  exponent integer := 0;
begin
  if current_setting('server_version_num')::integer < 160000 then
    raise exception 'RS256 needs PostgreSQL 16 or later, whose numeric reads hexadecimal' using errcode = '0A000';
  end if;
  if jwk ->> 'kty' is distinct from 'RSA' or n is null or e is null or length(e) not between 1 and 3
    or coalesce(jwk ->> 'alg', 'RS256') <> 'RS256' or coalesce(jwk ->> 'use', 'sig') <> 'sig' then
    raise exception 'Not an RSA key for RS256 in a JWK. ES256 and EdDSA need an extension such as pg_session_jwt'
      using errcode = '22023';
  end if;
  if length(n) < 256 then
    raise exception 'An RSA key has 2048 bits or more (RFC 7518 section 3.3), this one has %', length(n) * 8
      using errcode = '22023';
  end if;
  for i in 0 .. length(e) - 1 loop
    exponent := exponent * 256 + get_byte(e, i);
  end loop;
  delete from percred.issuer_key k where k.issuer = $1 and k.kid = coalesce(jwk ->> 'kid', '');
  insert into percred.issuer_key (issuer, kid, algorithm, audience, modulus, exponent)
    values ($1, coalesce(jwk ->> 'kid', ''), 'RS256', $2, n, exponent);
end
$$;
revoke all on function percred.add_issuer_key(text, text, jsonb) from public;

insert into percred.own_key (inner_block, outer_block)
  select percred.hmac_block(random, 54), percred.hmac_block(random, 92)
  from (select sha256(decode(replace(string_agg(gen_random_uuid()::text, ''), '-', ''), 'hex'))
    from generate_series(1, 4)) as r (random)
  on conflict do nothing;

-- RFC 4231, test cases 1 to 4, 6 and 7; an error leaves nothing installed.
do $test$
declare
  vector record;
begin
  for vector in
    select * from (values
      (repeat('0b', 20), encode('Hi There'::bytea, 'hex'),
        'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'),
      (encode('Jefe'::bytea, 'hex'), encode('what do ya want for nothing?'::bytea, 'hex'),
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
      (repeat('aa', 20), repeat('dd', 50),
        '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'),
      ('0102030405060708090a0b0c0d0e0f10111213141516171819', repeat('cd', 50),
        '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b'),
      (repeat('aa', 131), encode('Test Using Larger Than Block-Size Key - Hash Key First'::bytea, 'hex'),
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'),
      (repeat('aa', 131),
        encode(convert_to('This is a test using a larger than block-size key and a larger than block-size data. '
          || 'The key needs to be hashed before being used by the HMAC algorithm.', 'UTF8'), 'hex'),
        '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2')
    ) as v (key, message, mac)
  loop
    if percred.hmac(
        percred.hmac_block(decode(vector.key, 'hex'), 54),
        percred.hmac_block(decode(vector.key, 'hex'), 92),
        decode(vector.message, 'hex')) <> decode(vector.mac, 'hex') then
      raise exception 'This server does not compute HMAC-SHA256 as RFC 4231 says: nothing was installed';
    end if;
  end loop;
end
$test$;

grant usage on schema percred to public;

reset role;

do $role$
begin
  execute pg_catalog.format('revoke percred_verifier from %I', current_user);
end
$role$;

commit;
