-- Providers nobody is to choose for a while, because a person said so. All routers read it.
create table drained_provider (
    provider text        primary key,
    since    timestamptz not null default now(),
    -- Id of the key it was said with, never the key.
    by_key   text        not null
);
