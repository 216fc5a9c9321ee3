-- Candidates that failed before the last one that was asked, [{"from", "reason"}]; null when none did.
alter table decision add column hops jsonb;
