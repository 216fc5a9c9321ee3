-- One row per attempt to get an answer from a model provider. Append-only: the only change a row may go through is the end of an
-- attempt whose outcome was unknown. Amounts are nano-dollars; a null amount means that nobody knows, which is not zero.
create table attempt (
    attempt_id            uuid primary key,
    state                 text        not null check (state in ('unknown', 'settled', 'estimated', 'void')),
    request_id            text        not null,
    run_id                text,
    pipeline              text,
    step                  text,
    origin                text        not null,
    team                  text        not null,
    key_id                text        not null,
    project               text,
    task_type             text,
    provider              text        not null,
    model                 text        not null,
    served_model          text,
    price_version         text        not null,
    simulated             boolean     not null,
    started_at            timestamptz not null,
    ended_at              timestamptz,
    outcome               text,
    finish_reason         text,
    upstream_id           text,
    estimated             boolean     not null,
    -- Disjoint buckets: no token is counted in two of them. Null means that the provider did not report it.
    input_tokens          bigint,
    cache_read_tokens     bigint,
    cache_write_5m_tokens bigint,
    cache_write_1h_tokens bigint,
    output_tokens         bigint,
    reasoning_tokens      bigint,
    audio_in_tokens       bigint,
    audio_out_tokens      bigint,
    images                bigint,
    cost_nanos            bigint,
    floor_nanos           bigint      not null,
    ceiling_nanos         bigint      not null,
    tags                  jsonb,
    traceparent           text,
    -- What this service's own catalogue says of the amount.
    price_check           text        not null check (price_check in ('ok', 'mismatch', 'unchecked')),
    repriced_nanos        bigint,
    received_at           timestamptz not null default now(),
    ended_received_at     timestamptz,
    check (state not in ('settled', 'estimated') or cost_nanos is not null)
) with (fillfactor = 90);

create index attempt_by_start on attempt (started_at);
create index attempt_by_team on attempt (team, started_at);
create index attempt_by_request on attempt (request_id);

create function refuse_change_of_attempt() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if old.state = 'unknown' and new.state <> 'unknown'
            and (new.attempt_id, new.request_id, new.team, new.key_id, new.provider, new.model, new.price_version, new.simulated,
                 new.started_at, new.received_at)
                is not distinct from
                (old.attempt_id, old.request_id, old.team, old.key_id, old.provider, old.model, old.price_version, old.simulated,
                 old.started_at, old.received_at)
        then
            return new;
        end if;
    end if;
    raise exception 'the ledger is append-only: % refused; only an unknown attempt may end', tg_op
        using errcode = 'restrict_violation';
end
$$;

create trigger attempt_is_append_only before update or delete on attempt
    for each row execute function refuse_change_of_attempt();

create trigger attempt_is_never_emptied before truncate on attempt
    for each statement execute function refuse_change_of_attempt();
