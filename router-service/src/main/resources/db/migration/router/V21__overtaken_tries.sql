-- A try whose runner was taken for dead may still end, after another one was made in its place and is done. Of the two one counts.
alter table step_attempt add column overtaken boolean not null default false;
