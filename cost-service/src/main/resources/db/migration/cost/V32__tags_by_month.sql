-- Tags by month: of a tag with five thousand values the days of a month are over a million sums, and reading those took four seconds.
create table spend_tag_month (
    like spend_tag_day including generated,
    constraint spend_tag_month_key unique (name_digest, at, digest)
) with (fillfactor = 70);

-- Both triggers, from one text: what a day gains, its month gains. Who changes the days has waited for its turn to count.
do $migration$
declare
    figures text := 'attempts, settled_nanos, estimated_nanos, unknown_floor_nanos, unknown_ceiling_nanos, input_tokens,
        cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens';
    dimensions text := 'team, project, provider, model, simulated, name, value';
    gains text;
    sums text;
    additions text;
    way record;
begin
    select string_agg(format('sum(sign * %1$s) as %1$s', trim(f)), ', '), string_agg(format('sum(%1$s) as %1$s', trim(f)), ', '),
            string_agg(format('%1$s = kept.%1$s + excluded.%1$s', trim(f)), ', ')
        into gains, sums, additions from regexp_split_to_table(figures, ',\s*') f;
    for way in
        select * from (values
            ('count_new_tag_days', 'select 1 as sign, n.* from new_rows n'),
            ('count_changed_tag_days', 'select 1 as sign, n.* from new_rows n union all select -1, o.* from old_rows o')) w(name, source)
    loop
        execute format($function$
create function %1$s() returns trigger language plpgsql set search_path from current as $body$
begin
    insert into spend_tag_month as kept (at, %2$s, %3$s)
        select date_trunc('month', at, 'UTC'), %2$s, %4$s from (%5$s) signed group by date_trunc('month', at, 'UTC'), %2$s
    on conflict on constraint spend_tag_month_key do update set %6$s;
    return null;
end
$body$ $function$,
            way.name, dimensions, figures, gains, way.source, additions);
    end loop;

    -- Days that were here before.
    execute format('insert into spend_tag_month (at, %1$s, %2$s) select date_trunc(''month'', at, ''UTC''), %1$s, %3$s
        from spend_tag_day group by date_trunc(''month'', at, ''UTC''), %1$s', dimensions, figures, sums);
end
$migration$;

create trigger spend_tag_day_is_counted after insert on spend_tag_day
    referencing new table as new_rows for each statement execute function count_new_tag_days();

create trigger spend_tag_day_is_counted_again after update on spend_tag_day
    referencing old table as old_rows new table as new_rows for each statement execute function count_changed_tag_days();
