-- Attempts in monthly partitions. An attempt's id is a UUIDv7, so its first 48 bits are the millisecond in which it was made, and a month
-- of attempts is a range of ids. The id alone is the partition key: it stays unique over all partitions, whatever start is sent with it,
-- and a batch that is sent again finds its rows without knowing their month. Ids of another kind rest in attempt_rest.
alter table attempt rename to attempt_before;
alter table attempt_before rename constraint attempt_pkey to attempt_before_pkey;
drop index attempt_by_start;
drop index attempt_by_team;
drop index attempt_by_request;

create table attempt (
    like attempt_before including defaults including constraints
) partition by range (attempt_id);

alter table attempt add primary key (attempt_id);
create index attempt_by_start on attempt (started_at);
create index attempt_by_team on attempt (team, started_at);
create index attempt_by_request on attempt (request_id);
-- Few at any time, and every report counts them.
create index attempt_unknown on attempt (started_at) where state = 'unknown';

create trigger attempt_is_append_only before update or delete on attempt
    for each row execute function refuse_change_of_attempt();

create trigger attempt_is_never_emptied before truncate on attempt
    for each statement execute function refuse_change_of_attempt();

create table attempt_rest partition of attempt default with (fillfactor = 90);

create trigger attempt_is_never_emptied before truncate on attempt_rest
    for each statement execute function refuse_change_of_attempt();

-- The smallest UUIDv7 a moment can have.
create function first_attempt_id(moment timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes a month's partition; false when it is there already.
create function create_attempt_month(month date) returns boolean language plpgsql set search_path from current as $$
declare
    month_table text := 'attempt_' || to_char(month, 'YYYY_MM');
begin
    perform pg_advisory_xact_lock(hashtext('flotilla.cost.attempt_month'));
    if to_regclass(month_table) is not null then
        return false;
    end if;
    execute format('create table %I partition of attempt for values from (%L) to (%L) with (fillfactor = 90)', month_table,
        first_attempt_id(month::timestamp at time zone 'UTC'),
        first_attempt_id((month + interval '1 month') at time zone 'UTC'));
    execute format('create trigger attempt_is_never_emptied before truncate on %I
        for each statement execute function refuse_change_of_attempt()', month_table);
    return true;
end
$$;

do $$
declare
    month date;
begin
    for month in
        select date_trunc('month', started_at at time zone 'UTC')::date from attempt_before where started_at >= '2020-01-01T00:00:00Z'
        union
        select date_trunc('month', now() at time zone 'UTC')::date + n * interval '1 month' from generate_series(0, 3) n
        order by 1
    loop
        perform create_attempt_month(month);
    end loop;
end
$$;

insert into attempt select * from attempt_before;

drop table attempt_before;
