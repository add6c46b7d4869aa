-- Takes away what install.sql made. Policies that call percred's functions have to be dropped or replaced first: with
-- them this fails and changes nothing.

begin;

do $role$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'percred_verifier') then
    execute pg_catalog.format('grant percred_verifier to %I', current_user);
  end if;
end
$role$;

drop function if exists
  percred.claims(), percred.claim(text), percred.caller(), percred.claims_of(text), percred.framed(text[]),
  percred.hmac(bytea, bytea, bytea), percred.hmac_block(bytea, integer), percred.from_base64url(text),
  percred.rs256_holds(bytea, integer, bytea, bytea), percred.verifier_version(),
  percred.add_issuer_secret(text, text, text, bytea), percred.add_issuer_key(text, text, jsonb);
drop table if exists percred.issuer_key, percred.own_key;
drop schema if exists percred;
drop role if exists percred_verifier;

commit;
