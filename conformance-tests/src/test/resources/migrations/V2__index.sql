create index concurrently seed_n on seed (n);
