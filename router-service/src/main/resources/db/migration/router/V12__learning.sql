-- What was learned of each cheaper model for each kind of work: numbers, no prompt and no answer. One row is changed by one router at a
-- time, so that pairs seen by several of them count once each.
create table learned (
    task_type          text             not null,
    candidate          text             not null,
    standing           text             not null default 'UNKNOWN' check (standing in ('UNKNOWN', 'PROMOTED', 'REJECTED')),
    since              timestamptz      not null default now(),
    -- The evidence: pairs since the standing changed, and weighted sums that fade.
    pairs              bigint           not null default 0,
    weight             double precision not null default 0,
    weight_squares     double precision not null default 0,
    difference         double precision not null default 0,
    difference_squares double precision not null default 0,
    -- What happened in all.
    shadows            bigint           not null default 0,
    candidate_quality  double precision not null default 0, -- sum over shadows
    reference_quality  double precision not null default 0,
    shadow_nanos       bigint           not null default 0,
    requests           bigint           not null default 0, -- answered by it because it was promoted
    saved_nanos        bigint           not null default 0, -- beside the price of the model it stands in for
    -- Scores of callers that wait for one of the other side.
    waiting_side       text             check (waiting_side in ('candidate', 'reference')),
    waiting_scores     jsonb            not null default '[]',
    primary key (task_type, candidate)
);

create table learned_change (
    id        bigint      generated always as identity primary key,
    at        timestamptz not null default now(),
    task_type text        not null,
    candidate text        not null,
    standing  text        not null,
    shadows   bigint      not null
);

create table learning_day (
    day   date   primary key,
    nanos bigint not null
);

-- What callers say of answers; the last word on a request counts.
create table feedback (
    team       text             not null,
    request_id text             not null,
    key_id     text             not null,
    task_type  text,
    model      text             not null,
    score      double precision not null check (score between 0 and 1),
    at         timestamptz      not null default now(),
    primary key (team, request_id)
);
create index feedback_by_model on feedback (task_type, model);
