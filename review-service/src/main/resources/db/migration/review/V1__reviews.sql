-- One row per review. What every query needs is a column; the artifact's criteria, findings and aggregate are in the body, in the shape
-- the API shows. A decision is never changed: the first one wins.
create table review (
    id         text primary key check (id like 'rev\_%'),
    team       text        not null,
    status     text        not null check (status in ('pending', 'in_review', 'needs_human', 'decided', 'expired')),
    decision   text check (decision in ('approve', 'request_changes', 'reject')),
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    body       jsonb       not null,
    check ((status = 'decided') = (decision is not null)),
    check ((decision is null) = (decided_at is null))
);

create index review_by_team on review (team, created_at);
create index review_waiting on review (created_at) where status in ('pending', 'in_review', 'needs_human');

create function refuse_change_of_decided_review() returns trigger language plpgsql as $$
begin
    raise exception 'a decided review is not changed' using errcode = 'restrict_violation';
end
$$;

create trigger decided_review_stays before update or delete on review
    for each row when (old.status = 'decided') execute function refuse_change_of_decided_review();
