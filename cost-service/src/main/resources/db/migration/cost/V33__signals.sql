-- What each signal said that a decision was made of, [{"from", "says", "value"}]; null when one alone decided.
alter table decision add column signals jsonb;
