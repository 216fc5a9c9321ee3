-- Attempts of unknown end are not waited for without end: after a while they count as an estimate, at the most they can have cost.
-- What becomes known after that, or only in total, is a row of its own.
alter table attempt add column aged_at timestamptz;
-- The attempt a row corrects; null for what is no correction, and for the correction of a whole day.
alter table attempt add column correction_of uuid;

create index attempt_open on attempt (started_at) where state = 'unknown';
create index attempt_correction on attempt (correction_of) where correction_of is not null;
