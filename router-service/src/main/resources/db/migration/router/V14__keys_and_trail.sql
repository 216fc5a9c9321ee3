-- Keys that administrators issued. Of a key itself only the SHA-256 is kept.
create table api_key (
    number       bigint      generated always as identity unique,
    id           text        primary key,
    name         text,
    team         text        not null,
    project      text,
    roles        text[]      not null,
    models       text[]      not null,
    rpm          bigint      check (rpm > 0),
    tpm          bigint      check (tpm > 0),
    only_project boolean     not null,
    route        text,
    created_by   text        not null,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);

-- What opens the doors for a key: one, and while it is being replaced two.
create table api_key_secret (
    number     bigint      generated always as identity unique,
    sha256     text        primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    key_id     text        not null references api_key,
    hint       text        not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz
);
create index api_key_secret_of_key on api_key_secret (key_id);

-- Greater after each change, in the order of commits: routers look at it to see whether to read the keys again.
create table api_key_version (
    one     boolean primary key default true check (one),
    version bigint  not null
);
insert into api_key_version (version) values (1);

-- What administrators and reviewers did. Nobody changes a row, and none goes before it is a year old.
create table admin_action (
    number     bigint      generated always as identity primary key,
    id         text        not null unique,
    at         timestamptz not null,
    action     text        not null,
    target     text        not null,
    status     int         not null,
    key_id     text        not null,
    team       text        not null,
    roles      text[]      not null,
    address    text        not null,
    request_id text        not null,
    body       text
);
create index admin_action_of_action on admin_action (action, number);

create function admin_action_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.at < now() - interval '1 year' then
        return old;
    end if;
    raise exception 'rows of admin_action are never changed, and kept for a year at least';
end
$$;
create trigger admin_action_stays before update or delete on admin_action
    for each row execute function admin_action_stays();
create trigger admin_action_is_not_emptied before truncate on admin_action
    for each statement execute function admin_action_stays();
