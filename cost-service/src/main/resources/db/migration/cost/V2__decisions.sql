-- How the router came to its answer, one row per request: explanations, never money. A caller may choose its own request ids, so only
-- team and id together name a request; the first decision that arrives stays.
create table decision (
    team                  text        not null,
    request_id            text        not null,
    -- Columns that attempts have too are named like theirs, so that one condition selects from both.
    started_at            timestamptz not null,
    key_id                text        not null,
    project               text,
    origin                text        not null,
    task_type             text,
    confidence            double precision,
    decided_by            text        not null,
    matched_rules         jsonb       not null,
    cache                 text        not null,
    model                 text,
    provider              text generated always as (split_part(model, '/', 1)) stored,
    simulated             boolean     not null,
    fallback_count        bigint      not null,
    fallback_reason       text,
    outcome               text        not null,
    status                bigint      not null,
    stream                boolean     not null,
    overhead_ms           bigint      not null,
    duration_ms           bigint      not null,
    trace_id              text,
    tags                  jsonb,
    baseline_model        text,
    price_version         text        not null,
    -- What the answer consumed when it was given, also when it came from the cache.
    input_tokens          bigint,
    cache_read_tokens     bigint,
    cache_write_5m_tokens bigint,
    cache_write_1h_tokens bigint,
    output_tokens         bigint,
    reasoning_tokens      bigint,
    audio_in_tokens       bigint,
    audio_out_tokens      bigint,
    images                bigint,
    received_at           timestamptz not null default now(),
    primary key (team, request_id)
);

create index decision_by_start on decision (started_at);
create index decision_by_team on decision (team, started_at);
create index decision_by_request on decision (request_id);
