-- Who does what and when: db-scheduler's own table, as it documents it. Ours write to it in the transactions that admit,
-- wake and cancel a run.
create table scheduled_tasks (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures int,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_alive on scheduled_tasks (last_heartbeat);

-- One run of a pipeline. Its definitions are a snapshot: editing a pipeline never touches runs that have begun.
-- JSON is kept as text: jsonb refuses the character U+0000, which models do write.
create table run (
    id             text        primary key,
    admission_key  text        unique, -- of an order that may be sent again
    team           text        not null,
    pipeline       text        not null,
    version        text        not null,
    definitions    text        not null, -- JSON: the YAML of this pipeline and of those it runs, by name
    caller         text        not null, -- JSON: on whose account, and what holds for the key
    request_id     text        not null,
    traceparent    text        not null,
    input          text        not null,
    metadata       text        not null,
    streams        boolean     not null, -- whether somebody reads the step that is marked for it as it is written
    max_cost_nanos bigint,
    deadline       timestamptz,
    webhook        text, -- who is told of the end
    status         text        not null
        check (status in ('queued', 'in_progress', 'waiting', 'cancelling', 'completed', 'failed', 'cancelled', 'expired')),
    waiting_for    text,
    round          int         not null default 1, -- grows with each retry: attempts are counted anew
    woken          boolean     not null default false,
    events         bigint      not null default 0, -- the latest sequence number
    output         text,
    error          text,
    created_at     timestamptz not null default now(),
    started_at     timestamptz,
    ended_at       timestamptz
);
create index run_of_team on run (team, id);
create index run_of_pipeline on run (team, pipeline, id);
create index run_ended on run (ended_at) where ended_at is not null;

-- One row for each time a step was tried, written before the call. Rows that are done are what a run is resumed from.
create table step_attempt (
    run_id         text        not null references run (id) on delete cascade,
    step_key       text        not null, -- a path such as copy[3] or sub/plan: never a position in the code
    attempt        int         not null,
    step           text        not null, -- the path without items
    kind           text        not null,
    round          int         not null,
    lease          bigint      not null,
    state          text        not null
        check (state in ('started', 'done', 'failed', 'unknown', 'skipped', 'waiting', 'parked', 'superseded')),
    request_id     text,
    prompt_hash    text,
    task_type      text,
    model          text,
    cache          text,
    fallback_count int,
    prompt_tokens  bigint,
    completion_tokens bigint,
    cached_tokens  bigint,
    reasoning_tokens bigint,
    output         text,
    error          text,
    started_at     timestamptz not null default now(),
    ended_at       timestamptz,
    primary key (run_id, step_key, attempt)
);

-- The calls that cost money, each once, by the id under which the ledger has it: an answer that is given again after a
-- crash brings its call along.
create table paid_call (
    run_id        text   not null references run (id) on delete cascade,
    attempt_id    text   not null,
    step_key      text   not null,
    attempt       int    not null,
    model         text   not null,
    outcome       text   not null,
    status        int,
    ms            bigint not null,
    cost_nanos    bigint, -- null: nobody knows
    ceiling_nanos bigint, -- the most it can have cost, when nobody knows
    primary key (run_id, attempt_id)
);

-- What happened, for whoever watches; the sequence number is where a watcher resumes.
create table run_event (
    run_id text        not null references run (id) on delete cascade,
    seq    bigint      not null,
    type   text        not null,
    data   text        not null,
    at     timestamptz not null default now(),
    primary key (run_id, seq)
);
