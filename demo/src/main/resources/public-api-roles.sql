-- The login that everybody comes through. It can do nothing itself, and switch to the others.
create role authenticator login noinherit password 'authenticator-password';
create role tokenauthed nologin;
create role authenticated nologin;
grant tokenauthed, authenticated to authenticator;
alter role tokenauthed set statement_timeout = '2s';
