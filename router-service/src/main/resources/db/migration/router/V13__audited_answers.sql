-- What answers that were compared showed of themselves, and whether they would have done: numbers, no prompt and no answer.
create table audited_answer (
    number    bigint           generated always as identity primary key,
    at        timestamptz      not null default now(),
    task_type text             not null,
    model     text             not null,
    logprob   double precision check (logprob <= 0),
    agreement double precision check (agreement between 0 and 1),
    stated    double precision check (stated in (0, 1)),
    good      boolean          not null,
    check (logprob is not null or agreement is not null)
);
