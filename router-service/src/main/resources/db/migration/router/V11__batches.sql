-- Many requests handed in at once. Who may do what to whom is decided in these rows: any router that runs batches may take any item.
create table batch (
    id                text        primary key,
    team              text        not null,
    endpoint          text        not null,
    status            text        not null
        check (status in ('in_progress', 'finalizing', 'cancelling', 'completed', 'failed', 'expired', 'cancelled')),
    outcome           text        check (outcome in ('failed', 'expired', 'cancelled')), -- what it will be when what was begun has ended
    caller            text        not null, -- JSON: on whose account, and what holds for the key
    request_id        text        not null,
    traceparent       text        not null,
    metadata          text        not null,
    webhook           text,
    concurrency       int         not null check (concurrency > 0),
    stop_on_error     boolean     not null,
    max_cost_nanos    bigint,
    total             int         not null,
    completed         int         not null default 0,
    failed            int         not null default 0,
    skipped           int         not null default 0, -- never begun
    cost_nanos        bigint      not null default 0,
    unknown_nanos     bigint      not null default 0, -- the most that may come to it, of calls whose cost nobody knows
    prompt_tokens     bigint      not null default 0,
    completion_tokens bigint      not null default 0,
    events            bigint      not null default 0, -- the latest sequence number
    not_before        timestamptz not null default now(), -- a limit is used up until then
    error             text,
    created_at        timestamptz not null default now(),
    expires_at        timestamptz not null,
    cancelling_at     timestamptz,
    ended_at          timestamptz
);
create index batch_of_team on batch (team, id);
create index batch_open on batch (created_at) where ended_at is null;
create index batch_ended on batch (ended_at) where ended_at is not null;

create table batch_item (
    batch_id      text        not null references batch on delete cascade,
    number        int         not null, -- its place in the request, from 0
    custom_id     text        not null,
    body          text        not null,
    state         text        not null default 'waiting' check (state in ('waiting', 'running', 'completed', 'failed', 'skipped')),
    lease         int         not null default 0, -- grows each time it is taken: only the latest holder's word counts
    holder        text,
    lease_until   timestamptz,
    retries       int         not null default 0, -- answers that were no answers, and after which it was tried once more
    crashes       int         not null default 0, -- holders, and calls, that were never heard of again
    due_at        timestamptz not null default now(),
    held_nanos    bigint      not null default 0,
    run_id        text, -- of the run that answers it, when it asks for one
    status_code   int,
    request_id    text,
    response      text,
    error         text,
    cost_nanos    bigint,
    seq           bigint, -- of the event that told its end
    ended_at      timestamptz,
    primary key (batch_id, number),
    unique (batch_id, custom_id)
);
create index batch_item_open on batch_item (batch_id, state, number) where state in ('waiting', 'running');
create index batch_item_of_event on batch_item (batch_id, seq) where seq is not null;
