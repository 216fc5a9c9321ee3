-- How much may be spent. What was spent is counted in the same transaction as the rows it comes from, and can be counted again from
-- them at any time; what is leased is money that somebody may be spending at this moment. Amounts are nano-dollars.
create table budget (
    -- team:…, key:…, project:… or pipeline:…
    scope            text             primary key check (scope ~ '^(team|key|project|pipeline):.'),
    limit_nanos      bigint           not null check (limit_nanos >= 0),
    -- Up to here the cheapest models may still be asked; only for budgets that downgrade.
    hard_limit_nanos bigint           check (hard_limit_nanos >= limit_nanos),
    period           text             not null check (period in ('day', 'week', 'month', 'year')),
    -- Shares of the limit, ascending.
    alert_at         double precision[] not null,
    on_exceeded      text             not null check (on_exceeded in ('block', 'downgrade', 'notify')),
    on_ledger_away   text             not null check (on_ledger_away in ('serve', 'refuse')),
    changed_at       timestamptz      not null default now(),
    check ((on_exceeded = 'downgrade') = (hard_limit_nanos is not null))
);

-- One row per budget and period. Periods are UTC; an attempt belongs to the one it began in.
create table budget_period (
    scope        text        not null references budget on delete cascade,
    period       text        not null,
    starts_at    timestamptz not null,
    ends_at      timestamptz not null,
    spent_nanos  bigint      not null default 0,
    leased_nanos bigint      not null default 0,
    primary key (scope, period, starts_at)
) with (fillfactor = 50);

-- An account of one instance of provider-service. All three totals only grow; granted less returned less settled is what may still be
-- spent from it, or has been and is on its way here.
create table lease (
    lease_id       uuid        primary key,
    holder         text        not null,
    life           text        not null,
    granted_nanos  bigint      not null default 0,
    returned_nanos bigint      not null default 0,
    settled_nanos  bigint      not null default 0,
    began_at       timestamptz not null default now()
) with (fillfactor = 50);

create index lease_by_holder on lease (holder);

create table lease_budget (
    lease_id  uuid        not null references lease on delete cascade,
    scope     text        not null,
    period    text        not null,
    starts_at timestamptz not null,
    primary key (lease_id, scope, period, starts_at),
    foreign key (scope, period, starts_at) references budget_period on delete cascade
);

create index lease_budget_by_period on lease_budget (scope, period, starts_at);

alter table attempt add column lease_id uuid;

-- Whoever counts attempts holds this lock shared, whoever adds them up from the ledger holds it alone: an attempt is either in the sum
-- or counted after it, never both and never neither.
create function budgets_lock() returns bigint language sql immutable as $$ select 4702394921427289928::bigint $$;

create function period_start(period text, moment timestamptz) returns timestamptz language sql immutable as $$
    select date_trunc(period, moment at time zone 'UTC') at time zone 'UTC'
$$;

create function period_end(period text, moment timestamptz) returns timestamptz language sql immutable as $$
    select (date_trunc(period, moment at time zone 'UTC') + ('1 ' || period)::interval) at time zone 'UTC'
$$;

-- What an attempt counts for: of one whose end nobody knows, the most it can have cost.
create function attempt_charge(state text, cost_nanos bigint, ceiling_nanos bigint) returns bigint language sql immutable as $$
    select case state when 'void' then 0 when 'unknown' then ceiling_nanos else coalesce(cost_nanos, 0) end
$$;

create type charged_attempt as (
    lease_id   uuid,
    team       text,
    key_id     text,
    project    text,
    pipeline   text,
    started_at timestamptz,
    nanos      bigint
);

create function charge_budgets(attempts charged_attempt[]) returns void language plpgsql as $$
begin
    if cardinality(attempts) = 0 then
        return;
    end if;
    perform pg_advisory_xact_lock_shared(budgets_lock());
    if not exists (select from budget) then
        return;
    end if;
    insert into budget_period (scope, period, starts_at, ends_at)
        select distinct b.scope, b.period, period_start(b.period, a.started_at), period_end(b.period, a.started_at)
        from unnest(attempts) a
            cross join lateral (values ('team:' || a.team), ('key:' || a.key_id), ('project:' || a.project), ('pipeline:' || a.pipeline))
                s (scope)
            join budget b on b.scope = s.scope
        order by 1, 2, 3
        on conflict do nothing;
    -- One order for everybody who locks several: they wait for each other instead of deadlocking.
    perform 1 from budget_period p
        where exists (
                select from unnest(attempts) a
                    cross join lateral
                        (values ('team:' || a.team), ('key:' || a.key_id), ('project:' || a.project), ('pipeline:' || a.pipeline))
                        s (scope)
                where s.scope = p.scope and a.started_at >= p.starts_at and a.started_at < p.ends_at)
            or exists (
                select from unnest(attempts) a join lease_budget l on l.lease_id = a.lease_id
                where l.scope = p.scope and l.period = p.period and l.starts_at = p.starts_at)
        order by p.scope, p.period, p.starts_at
        for update;
    -- A budget whose period was changed has rows of both; each of them counts.
    update budget_period p
        set spent_nanos = p.spent_nanos + d.nanos
        from (
            select q.scope, q.period, q.starts_at, sum(a.nanos)::bigint as nanos
            from unnest(attempts) a
                cross join lateral
                    (values ('team:' || a.team), ('key:' || a.key_id), ('project:' || a.project), ('pipeline:' || a.pipeline)) s (scope)
                join budget_period q on q.scope = s.scope and a.started_at >= q.starts_at and a.started_at < q.ends_at
            group by 1, 2, 3) d
        where (p.scope, p.period, p.starts_at) = (d.scope, d.period, d.starts_at);
end
$$;

-- The ledger has these attempts: what was set aside for them in their leases is spent now. More may have been spent than a lease had, so
-- what is left of it counts as 0 at least.
create function settle_leases(attempts charged_attempt[]) returns void language plpgsql as $$
begin
    with settled as (
        select a.lease_id, sum(a.nanos)::bigint as nanos from unnest(attempts) a where a.lease_id is not null group by 1
    ), changed as (
        update lease l set settled_nanos = l.settled_nanos + s.nanos from settled s where l.lease_id = s.lease_id
        returning l.lease_id,
            greatest(l.granted_nanos - l.returned_nanos - l.settled_nanos, 0)
                - greatest(l.granted_nanos - l.returned_nanos - l.settled_nanos + s.nanos, 0) as nanos
    )
    update budget_period p
        set leased_nanos = p.leased_nanos + d.nanos
        from (
            select b.scope, b.period, b.starts_at, sum(c.nanos)::bigint as nanos
            from changed c join lease_budget b on b.lease_id = c.lease_id
            group by 1, 2, 3) d
        where (p.scope, p.period, p.starts_at) = (d.scope, d.period, d.starts_at);
end
$$;

create function charge_written() returns trigger language plpgsql set search_path from current as $$
declare
    attempts charged_attempt[];
begin
    attempts := array(
        select row (w.lease_id, w.team, w.key_id, w.project, w.pipeline, w.started_at,
            attempt_charge(w.state, w.cost_nanos, w.ceiling_nanos))::charged_attempt
        from written w);
    perform charge_budgets(attempts);
    perform settle_leases(attempts);
    return null;
end
$$;

-- An attempt whose end is known after all costs less than its ceiling. Its lease took the ceiling and does not hear of it; the budget does.
create function charge_ended() returns trigger language plpgsql set search_path from current as $$
begin
    perform charge_budgets(array(
        select row (null, w.team, w.key_id, w.project, w.pipeline, w.started_at,
            attempt_charge(w.state, w.cost_nanos, w.ceiling_nanos)
                - attempt_charge(b.state, b.cost_nanos, b.ceiling_nanos))::charged_attempt
        from written w join earlier b on b.attempt_id = w.attempt_id));
    return null;
end
$$;

create trigger attempt_is_charged after insert on attempt
    referencing new table as written for each statement execute function charge_written();

create trigger end_of_attempt_is_charged after update on attempt
    referencing old table as earlier new table as written for each statement execute function charge_ended();
