-- A review asked for twice under one key is one review.
alter table review add column asked_under text;
alter table review add column fingerprint text;
create unique index review_by_key on review (team, asked_under) where asked_under is not null;

-- A panel that is being asked: all that another instance needs to go on when this one is gone. The row goes with the decision, because
-- what is reviewed may be confidential.
create table sitting (
    review_id  text primary key references review,
    asked      json        not null,
    held_by    text        not null,
    held_until timestamptz not null,
    tries      int         not null default 1
);

create index sitting_by_hold on sitting (held_until);

-- Reviewers that have answered, or failed for good: nobody asks, or pays, them again.
create table seat (
    review_id text not null references sitting on delete cascade,
    id        text not null,
    filled    json not null,
    primary key (review_id, id)
);

-- A review that somebody holds has not expired, whenever it was to end.
create or replace view review_shown as
    select id, team, decision, created_at, decided_at, body,
        case when status = 'in_review' and ends_by < now()
              and not exists (select from sitting s where s.review_id = review.id) then 'expired' else status end as status
    from review;
