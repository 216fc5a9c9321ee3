-- Sums per hour and day, kept by triggers in the transaction of the rows they count, whatever way a row comes in. They hold nothing
-- that the rows do not say: the views below say what one row adds, and reports of parts of an hour read those.
-- A correction is a row of its own, with the difference as its amount, and no attempt.
create view attempt_figures as
select
    attempt_id, request_id, started_at, state, tags,
    team, key_id, project, provider, model, task_type, pipeline, step, simulated,
    case when origin = 'correction' then 0 else 1 end as attempts,
    case when state = 'settled' then cost_nanos else 0 end as settled_nanos,
    case when state = 'estimated' then cost_nanos else 0 end as estimated_nanos,
    case when state = 'unknown' then floor_nanos else 0 end as unknown_floor_nanos,
    case when state = 'unknown' then ceiling_nanos else 0 end as unknown_ceiling_nanos,
    coalesce(input_tokens, 0) as input_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0)::numeric as cache_write_tokens,
    coalesce(output_tokens, 0) as output_tokens,
    coalesce(reasoning_tokens, 0) as reasoning_tokens,
    coalesce(audio_in_tokens, 0) as audio_in_tokens,
    coalesce(audio_out_tokens, 0) as audio_out_tokens
from attempt;

-- Sums are numerics: one absurd row must not make the sum overflow and with it every later batch fail.
create table spend_hour (
    at                    timestamptz not null,
    team                  text        not null,
    key_id                text        not null,
    project               text,
    provider              text        not null,
    model                 text        not null,
    task_type             text,
    pipeline              text,
    step                  text,
    simulated             boolean     not null,
    attempts              bigint      not null,
    settled_nanos         numeric     not null,
    estimated_nanos       numeric     not null,
    unknown_floor_nanos   numeric     not null,
    unknown_ceiling_nanos numeric     not null,
    input_tokens          numeric     not null,
    cache_read_tokens     numeric     not null,
    cache_write_tokens    numeric     not null,
    output_tokens         numeric     not null,
    reasoning_tokens      numeric     not null,
    audio_in_tokens       numeric     not null,
    audio_out_tokens      numeric     not null,
    -- All names in one: together they can be longer than an index entry.
    digest                text        not null generated always as (md5(quote_literal(team) || quote_literal(key_id)
        || quote_nullable(project) || quote_literal(provider) || quote_literal(model) || quote_nullable(task_type)
        || quote_nullable(pipeline) || quote_nullable(step) || case when simulated then 's' else 'r' end)) stored,
    constraint spend_hour_key unique (at, digest)
) with (fillfactor = 70);

create table spend_day (
    like spend_hour including generated,
    constraint spend_day_key unique (at, digest)
) with (fillfactor = 70);

-- The names of tags that are summed up, at most 32 per team, and their values, at most 1,000 per name: whoever came first. What comes
-- later is summed up as one value, null in spend_tag_day. By day only: a tag can have a value per row, and in an hour few rows share one.
create table tag_name (
    team          text not null,
    name          text not null,
    -- How many values it has in tag_value: counted here, because counting them for each batch took most of its time.
    distinct_kept int  not null default 0
);
create unique index tag_name_key on tag_name (md5(team), md5(name));

create table tag_value (
    team  text not null,
    name  text not null,
    value text not null
);
create unique index tag_value_key on tag_value (md5(team), md5(name), md5(value));

create table spend_tag_day (
    at                    timestamptz not null,
    team                  text        not null,
    project               text,
    provider              text        not null,
    model                 text        not null,
    simulated             boolean     not null,
    name                  text        not null,
    value                 text,
    attempts              bigint      not null,
    settled_nanos         numeric     not null,
    estimated_nanos       numeric     not null,
    unknown_floor_nanos   numeric     not null,
    unknown_ceiling_nanos numeric     not null,
    input_tokens          numeric     not null,
    cache_read_tokens     numeric     not null,
    cache_write_tokens    numeric     not null,
    output_tokens         numeric     not null,
    reasoning_tokens      numeric     not null,
    audio_in_tokens       numeric     not null,
    audio_out_tokens      numeric     not null,
    name_digest           text        not null generated always as (md5(name)) stored,
    digest                text        not null generated always as (md5(quote_literal(team) || quote_nullable(project)
        || quote_literal(provider) || quote_literal(model) || case when simulated then 's' else 'r' end || quote_nullable(value))) stored,
    constraint spend_tag_day_key unique (name_digest, at, digest)
) with (fillfactor = 70);

-- Both triggers, from one text: what a batch adds, minus what its rows added before.
do $migration$
declare
    figures text := 'attempts, settled_nanos, estimated_nanos, unknown_floor_nanos, unknown_ceiling_nanos, input_tokens,
        cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens';
    dimensions text := 'team, key_id, project, provider, model, task_type, pipeline, step, simulated';
    tag_dimensions text := 'team, project, provider, model, simulated';
    -- One row of attempt as attempt_figures shows it, times its sign.
    changes text := 'select date_trunc(''hour'', started_at, ''UTC'') as at, team, key_id, project, provider, model, task_type, pipeline,
            step, simulated, tags,
            sign * case when origin = ''correction'' then 0 else 1 end as attempts,
            sign * case when state = ''settled'' then cost_nanos else 0 end::numeric as settled_nanos,
            sign * case when state = ''estimated'' then cost_nanos else 0 end::numeric as estimated_nanos,
            sign * case when state = ''unknown'' then floor_nanos else 0 end::numeric as unknown_floor_nanos,
            sign * case when state = ''unknown'' then ceiling_nanos else 0 end::numeric as unknown_ceiling_nanos,
            sign * coalesce(input_tokens, 0)::numeric as input_tokens,
            sign * coalesce(cache_read_tokens, 0)::numeric as cache_read_tokens,
            sign * (coalesce(cache_write_5m_tokens, 0)::numeric + coalesce(cache_write_1h_tokens, 0)) as cache_write_tokens,
            sign * coalesce(output_tokens, 0)::numeric as output_tokens,
            sign * coalesce(reasoning_tokens, 0)::numeric as reasoning_tokens,
            sign * coalesce(audio_in_tokens, 0)::numeric as audio_in_tokens,
            sign * coalesce(audio_out_tokens, 0)::numeric as audio_out_tokens
        from (:source) signed';
    sums text;
    additions text;
    way record;
begin
    select string_agg(format('sum(%1$s) as %1$s', trim(f)), ', '), string_agg(format('%1$s = kept.%1$s + excluded.%1$s', trim(f)), ', ')
        into sums, additions from regexp_split_to_table(figures, ',\s*') f;
    for way in
        select * from (values
            ('count_new_attempts', 'select 1 as sign, n.* from new_rows n'),
            ('count_changed_attempts', 'select 1 as sign, n.* from new_rows n union all select -1, o.* from old_rows o')) w(name, source)
    loop
        execute replace(replace(replace(replace(replace(replace(replace($function$
create function :name() returns trigger language plpgsql set search_path from current as $body$
begin
    if not exists (select from new_rows) then
        return null;
    end if;
    -- One batch after the other from here to its commit: two batches that add to the same sums in another order would deadlock.
    perform pg_advisory_xact_lock(hashtext('flotilla.cost.roll_up'));

    with change as (:changes),
    hours as (select at, :dimensions, :sums from change group by at, :dimensions),
    kept_hours as (
        insert into spend_hour as kept (at, :dimensions, :figures) select at, :dimensions, :figures from hours
        on conflict on constraint spend_hour_key do update set :additions)
    insert into spend_day as kept (at, :dimensions, :figures)
        select date_trunc('day', at, 'UTC'), :dimensions, :sums from hours group by date_trunc('day', at, 'UTC'), :dimensions
    on conflict on constraint spend_day_key do update set :additions;

    if not exists (select from new_rows where jsonb_typeof(tags) = 'object' and tags <> '{}') then
        return null;
    end if;

    insert into tag_name (team, name)
    select team, name from (
        select team, name, row_number() over (partition by team order by name)
            + (select count(*) from tag_name known where md5(known.team) = md5(fresh.team)) as position
        from (select distinct r.team, t.name from new_rows r, jsonb_object_keys(r.tags) t(name)
              where jsonb_typeof(r.tags) = 'object') fresh
        where not exists (select from tag_name known where md5(known.team) = md5(fresh.team) and md5(known.name) = md5(fresh.name))) numbered
    where position <= 32;

    with fresh as (
        select n.team, n.name, t.value, n.distinct_kept + row_number() over (partition by n.team, n.name order by t.value) as position
        from (select distinct r.team, t.key as name, t.value from new_rows r, jsonb_each_text(r.tags) t
              where jsonb_typeof(r.tags) = 'object') t
        join tag_name n on md5(n.team) = md5(t.team) and md5(n.name) = md5(t.name) and n.distinct_kept < 1000
        where not exists (select from tag_value known
            where md5(known.team) = md5(t.team) and md5(known.name) = md5(t.name) and md5(known.value) = md5(t.value))),
    kept_values as (
        insert into tag_value (team, name, value) select team, name, value from fresh where position <= 1000 returning team, name)
    update tag_name n set distinct_kept = n.distinct_kept + more.values
        from (select team, name, count(*)::int as values from kept_values group by team, name) more
        where md5(n.team) = md5(more.team) and md5(n.name) = md5(more.name);

    with change as (:changes),
    tagged as (
        select change.*, tag.key as name, known.value as value
        from change
        cross join lateral jsonb_each_text(change.tags) tag
        join tag_name on md5(tag_name.team) = md5(change.team) and md5(tag_name.name) = md5(tag.key)
        left join tag_value known on md5(known.team) = md5(change.team) and md5(known.name) = md5(tag.key) and md5(known.value) = md5(tag.value)
        where jsonb_typeof(change.tags) = 'object')
    insert into spend_tag_day as kept (at, :tag_dimensions, name, value, :figures)
        select date_trunc('day', at, 'UTC'), :tag_dimensions, name, value, :sums
        from tagged group by date_trunc('day', at, 'UTC'), :tag_dimensions, name, value
    on conflict on constraint spend_tag_day_key do update set :additions;
    return null;
end
$body$ $function$,
            ':name', way.name), ':changes', replace(changes, ':source', way.source)), ':sums', sums), ':additions', additions),
            ':tag_dimensions', tag_dimensions), ':dimensions', dimensions), ':figures', figures);
    end loop;

    -- Rows that were here before the roll-ups.
    execute format('insert into spend_hour (at, %1$s, %2$s) select date_trunc(''hour'', started_at, ''UTC''), %1$s, %3$s
        from attempt_figures group by date_trunc(''hour'', started_at, ''UTC''), %1$s', dimensions, figures, sums);
    execute format('insert into spend_day (at, %1$s, %2$s) select date_trunc(''day'', at, ''UTC''), %1$s, %3$s
        from spend_hour group by date_trunc(''day'', at, ''UTC''), %1$s', dimensions, figures, sums);
    insert into tag_name (team, name)
        select team, name from (
            select team, t.name, row_number() over (partition by team order by min(started_at), t.name) as position
            from attempt, jsonb_object_keys(tags) t(name) where jsonb_typeof(tags) = 'object' group by team, t.name) numbered
        where position <= 32;
    insert into tag_value (team, name, value)
        select team, name, value from (
            select team, t.key as name, t.value, row_number() over (partition by team, t.key order by min(started_at), t.value) as position
            from attempt, jsonb_each_text(tags) t where jsonb_typeof(tags) = 'object' group by team, t.key, t.value) numbered
        where position <= 1000 and exists (select from tag_name n where n.team = numbered.team and n.name = numbered.name);
    update tag_name n set distinct_kept = (select count(*) from tag_value v where v.team = n.team and v.name = n.name);
    execute format('insert into spend_tag_day (at, %1$s, name, value, %2$s)
        select date_trunc(''day'', started_at, ''UTC''), %4$s, tag.key, known.value, %3$s
        from attempt_figures a
        cross join lateral jsonb_each_text(a.tags) tag
        join tag_name n on md5(n.team) = md5(a.team) and md5(n.name) = md5(tag.key)
        left join tag_value known on md5(known.team) = md5(a.team) and md5(known.name) = md5(tag.key) and md5(known.value) = md5(tag.value)
        where jsonb_typeof(a.tags) = ''object''
        group by date_trunc(''day'', started_at, ''UTC''), %4$s, tag.key, known.value',
        tag_dimensions, figures, sums, 'a.' || replace(tag_dimensions, ', ', ', a.'));
end
$migration$;

create trigger attempt_is_counted after insert on attempt
    referencing new table as new_rows for each statement execute function count_new_attempts();

create trigger attempt_is_counted_again after update on attempt
    referencing old table as old_rows new table as new_rows for each statement execute function count_changed_attempts();

-- What only decisions tell: answers from the cache, and answers that needed another candidate than the first.
create view decision_figures as
select
    request_id, started_at, team, key_id, project, provider, model, task_type, simulated,
    case when cache = 'hit' then 1 else 0 end as cache_hits,
    case when fallback_count > 0 then 1 else 0 end as fallbacks
from decision
where model is not null and (cache = 'hit' or fallback_count > 0);

create table answer_hour (
    at         timestamptz not null,
    team       text        not null,
    key_id     text        not null,
    project    text,
    provider   text        not null,
    model      text        not null,
    task_type  text,
    simulated  boolean     not null,
    cache_hits bigint      not null,
    fallbacks  bigint      not null,
    digest     text        not null generated always as (md5(quote_literal(team) || quote_literal(key_id) || quote_nullable(project)
        || quote_literal(provider) || quote_literal(model) || quote_nullable(task_type) || case when simulated then 's' else 'r' end)) stored,
    constraint answer_hour_key unique (at, digest)
) with (fillfactor = 70);

create table answer_day (
    like answer_hour including generated,
    constraint answer_day_key unique (at, digest)
) with (fillfactor = 70);

create function count_new_decisions() returns trigger language plpgsql set search_path from current as $$
begin
    if not exists (select from new_rows where model is not null and (cache = 'hit' or fallback_count > 0)) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtext('flotilla.cost.answer_roll_up'));
    with hours as (
        select date_trunc('hour', started_at, 'UTC') as at, team, key_id, project, provider, model, task_type, simulated,
            count(*) filter (where cache = 'hit') as cache_hits, count(*) filter (where fallback_count > 0) as fallbacks
        from new_rows where model is not null and (cache = 'hit' or fallback_count > 0)
        group by 1, 2, 3, 4, 5, 6, 7, 8),
    kept_hours as (
        insert into answer_hour as kept select * from hours
        on conflict on constraint answer_hour_key
        do update set cache_hits = kept.cache_hits + excluded.cache_hits, fallbacks = kept.fallbacks + excluded.fallbacks)
    insert into answer_day as kept
        select date_trunc('day', at, 'UTC'), team, key_id, project, provider, model, task_type, simulated, sum(cache_hits), sum(fallbacks)
        from hours group by 1, 2, 3, 4, 5, 6, 7, 8
    on conflict on constraint answer_day_key
    do update set cache_hits = kept.cache_hits + excluded.cache_hits, fallbacks = kept.fallbacks + excluded.fallbacks;
    return null;
end
$$;

insert into answer_hour
    select date_trunc('hour', started_at, 'UTC'), team, key_id, project, provider, model, task_type, simulated, sum(cache_hits), sum(fallbacks)
    from decision_figures group by 1, 2, 3, 4, 5, 6, 7, 8;
insert into answer_day
    select date_trunc('day', at, 'UTC'), team, key_id, project, provider, model, task_type, simulated, sum(cache_hits), sum(fallbacks)
    from answer_hour group by 1, 2, 3, 4, 5, 6, 7, 8;

create trigger decision_is_counted after insert on decision
    referencing new table as new_rows for each statement execute function count_new_decisions();
