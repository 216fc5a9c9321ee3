-- Every price list this service has run with: a row of the ledger names the version it was priced by, and years later that says nothing
-- without the prices themselves. Written once, never changed.
create table price_version (
    version       text        primary key,
    first_seen_at timestamptz not null default now(),
    -- As GET /v1/prices gave them; json, which keeps every digit as it was written.
    prices        json        not null
);
