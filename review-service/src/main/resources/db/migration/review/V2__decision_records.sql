-- A panel that has not reported by then never will: its instance is gone.
alter table review add column ends_by timestamptz;

-- Nobody asks for what is inside, and json keeps the order in which callers read it.
alter table review alter column body type json using body::json;

-- What is shown: a review whose instance is gone has expired, without anybody having to write that down.
create view review_shown as
    select id, team, decision, created_at, decided_at, body,
        case when status = 'in_review' and ends_by < now() then 'expired' else status end as status
    from review;

-- Every version of a policy that has decided something, so that each decision can be replayed.
create table policy_version (
    version text primary key,
    name    text not null,
    content text not null
);

-- One row per decision, a policy's escalation included: who said what, what it cost, and what the policy made of it. Rows are only added.
create table decision_record (
    id             bigint generated always as identity primary key,
    review_id      text        not null references review,
    outcome        text        not null check (outcome in ('approve', 'request_changes', 'reject', 'escalate')),
    decided_by     text        not null check (decided_by in ('policy', 'human', 'timeout')),
    actor          text        not null,
    policy_version text        not null references policy_version,
    record         json        not null,
    recorded_at    timestamptz not null default now()
);

create index decision_record_by_review on decision_record (review_id);

create function refuse_change_of_record() returns trigger language plpgsql as $$
begin
    raise exception 'records are only added' using errcode = 'restrict_violation';
end
$$;

create trigger decision_record_stays before update or delete on decision_record
    for each row execute function refuse_change_of_record();
create trigger policy_version_stays before update or delete on policy_version
    for each row execute function refuse_change_of_record();

-- What was reviewed. On its own, because it may be confidential and does not stay.
create table artifact (
    review_id  text primary key references review,
    team       text        not null,
    assignment json        not null,
    kept_until timestamptz not null
);

create index artifact_by_end on artifact (kept_until);
