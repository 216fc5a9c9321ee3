-- What the file of budgets said of one when that was last put into force; null when no file did. Only a file that says something new
-- changes the budget again.
alter table budget add column declared text;

-- When its holder last renewed it. A holder that was lost for good never gives back; adding a budget up anew writes off what it had.
alter table lease add column heard_at timestamptz not null default now();
