create table seed (n int, seen text default current_setting('app.api_token', true));
insert into seed (n) values (1);
