-- What a person is asked to decide: a pipeline's step that waits, or a review whose panel could not agree. The first decision stays.
create table question (
    number     bigint generated always as identity unique,
    id         text primary key,
    team       text        not null,
    queue      text        not null,
    title      text        not null,
    decisions  text[]      not null check (cardinality(decisions) > 0),
    on_timeout text        not null,
    deadline   timestamptz not null,
    run_id     text,
    step       text,
    review_id  text unique references review,
    created_at timestamptz not null default now(),
    claimed_by text,
    claimed_at timestamptz,
    decision   text,
    decided_by text check (decided_by in ('human', 'timeout')),
    actor      text,
    comment    text,
    decided_at timestamptz,
    check ((claimed_by is null) = (claimed_at is null)),
    check ((decision is null) = (decided_at is null)),
    check ((decision is null) = (decided_by is null)),
    check ((decided_by is not distinct from 'human') = (actor is not null))
);

create index question_by_team on question (team, number);
create index question_open on question (deadline) where decision is null;

create function refuse_change_of_decided_question() returns trigger language plpgsql as $$
begin
    raise exception 'a decided question is not changed' using errcode = 'restrict_violation';
end
$$;

create trigger decided_question_stays before update or delete on question
    for each row when (old.decision is not null) execute function refuse_change_of_decided_question();

-- What is shown to who decides. On its own, because it may be confidential and does not stay.
create table question_material (
    question_id text primary key references question,
    shown       json not null,
    kept_until  timestamptz
);

create index question_material_by_end on question_material (kept_until) where kept_until is not null;

-- Who did what, and when. Rows are only added.
create table question_event (
    id          bigint generated always as identity primary key,
    question_id text        not null references question,
    action      text        not null check (action in ('asked', 'claimed', 'decided', 'expired')),
    actor       text        not null,
    detail      json        not null,
    at          timestamptz not null default clock_timestamp()
);

create index question_event_by_question on question_event (question_id, id);

create trigger question_event_stays before update or delete on question_event
    for each row execute function refuse_change_of_record();

-- Hints still to be given to who waits for a decision. A row goes when it was given, or nobody wants it any more.
create table wake (
    question_id text primary key references question,
    run_id      text        not null,
    due_at      timestamptz not null default now(),
    tries       int         not null default 0
);

create index wake_by_time on wake (due_at);

-- Reviews that waited for a person before there was a queue.
insert into question (id, team, queue, title, decisions, on_timeout, deadline, review_id)
select 'dec_' || id, team, 'reviews', 'A review needs a decision', '{approve,request_changes,reject}', 'reject', now() + interval '7 days', id
from review where status = 'needs_human';
