-- Budgets and roll-ups are both counted by triggers, and PostgreSQL fires those of changed rows before those of new ones: a batch that only
-- begins attempts would lock budgets first and sums second, one that also ends some the other way round, and the two would deadlock. So
-- everybody who writes attempts waits here before anything is counted, in one order: first for whoever changes budgets, then for its turn.
create function take_turn_to_count() returns void language plpgsql set search_path from current as $$
begin
    -- Who sent these rows forgets them as soon as they are acknowledged. A server that acknowledges before it has written loses them when
    -- it is killed, so it is not left to its configuration. Stricter settings than this one stay.
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    perform pg_advisory_xact_lock_shared(budgets_lock());
    perform pg_advisory_xact_lock(hashtext('flotilla.cost.roll_up'));
end
$$;

create function await_turn_to_count() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select from written) then
        perform take_turn_to_count();
    end if;
    return null;
end
$$;

-- Triggers fire in the order of their names, and these come first.
create trigger attempt_awaits_its_turn after insert on attempt
    referencing new table as written for each statement execute function await_turn_to_count();

create trigger attempt_awaits_its_turn_again after update on attempt
    referencing new table as written for each statement execute function await_turn_to_count();

-- The same as attempt_unknown.
drop index attempt_open;
