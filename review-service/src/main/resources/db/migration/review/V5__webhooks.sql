-- Messages to named targets, until they have arrived or are given up. The body is kept as it is signed.
create table webhook_message (
    number     bigint generated always as identity unique,
    id         text        primary key,
    team       text        not null,
    target     text        not null,
    type       text        not null,
    body       bytea       not null,
    status     text        not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
    tries      int         not null default 0,
    due_at     timestamptz default now(),
    created_at timestamptz not null default now(),
    ended_at   timestamptz,
    check ((status = 'pending') = (due_at is not null)),
    check ((status = 'pending') = (ended_at is null))
);
create index webhook_message_due on webhook_message (due_at) where status = 'pending';
create index webhook_message_of_team on webhook_message (team, number);
create index webhook_message_ended on webhook_message (ended_at) where ended_at is not null;

-- Every try, whatever became of it.
create table webhook_attempt (
    id         bigint generated always as identity primary key,
    message_id text        not null references webhook_message on delete cascade,
    try        int         not null,
    status     int,
    error      text,
    ms         bigint      not null,
    at         timestamptz not null default now()
);
create index webhook_attempt_of_message on webhook_attempt (message_id, id);
