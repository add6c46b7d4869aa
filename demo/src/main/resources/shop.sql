-- Three organisations, who works for them, and the people they know. Every row belongs to one
-- organisation, and row-level security lets a caller see the rows of the caller's own one. Who is
-- calling, the database reads from a setting that percred binds to each transaction.

create table organisation (
  id int generated always as identity primary key,
  name text not null unique
);

create table employee (
  id int generated always as identity primary key,
  organisation_id int not null references organisation,
  name text not null unique,
  token_digest bytea not null unique
);

-- Runs as the owner of the tables, whom their policies do not bind.
create function caller() returns employee language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select employee from employee
  where token_digest = sha256(convert_to(current_setting('app.api_token', true), 'UTF8'))
$$;

create table contact (
  id int generated always as identity primary key,
  organisation_id int not null references organisation default (caller()).organisation_id,
  name text not null,
  added_by text not null default (caller()).name
);

alter table organisation enable row level security;
alter table employee enable row level security;
alter table contact enable row level security;
create policy own_organisation on organisation using (id = (caller()).organisation_id);
create policy own_colleagues on employee using (organisation_id = (caller()).organisation_id);
create policy own_contacts on contact using (organisation_id = (caller()).organisation_id);

grant select on organisation to app;
grant select (id, organisation_id, name) on employee to app;
grant select, insert, delete on contact to app;

create function hire(employee text, organisation text, token text) returns void language sql as $$
  insert into organisation (name) values (organisation);
  insert into employee (organisation_id, name, token_digest)
    select id, employee, sha256(convert_to(token, 'UTF8')) from organisation where name = $2;
  insert into contact (organisation_id, name, added_by)
    select id, contact, employee
    from organisation, unnest(case left(organisation.name, 1)
      when 'A' then array['Ines', 'Ivar', 'Ida']
      when 'B' then array['Jane', 'Jonas']
      else array['Kim', 'Knut', 'Karla', 'Kofi'] end) contact
    where organisation.name = $2;
$$;

-- A table that needs no caller, to compare network turns.
create table note (id int generated always as identity primary key, text text);
grant insert on note to app;
