-- A reseller with 10,000 customers and 1,000,000 invoices over a thousand days, written straight into the tables of the slices.
-- Sizes are skewed as in life: the largest customer has some 2,700 invoices, the median about 60, 95 of 100 invoices are paid.
-- What the desk itself maintains (exposure, the customer list's figures, states of spending) is left for the desk to compute.

set session_replication_role = replica; -- no foreign keys and no event trigger while loading; the rows are right by construction
set synchronous_commit = off;
set work_mem = '256MB';
select setseed(0.42);

create temp table who as
select n, md5('tenant ' || n)::uuid as tenant, md5('tenant ' || n)::uuid::text as id,
  (array['Nordlicht','Skärgård','Bergström','Alpine','Harbour','Kestrel','Lumen','Vintergatan','Orchard','Fjäll','Granit','Solvik','Tallbacken','Meridian','Baltic'])[1 + n % 15] || ' ' ||
  (array['Logistics','Bygg','Energi','Health','Foods','Design','Legal','Motors','Media','Skola','Robotics','Travel','Invest','Textil'])[1 + (n / 15) % 14] || ' ' || n as name,
  (array['SE','SE','SE','SE','DE','DK','NO','FI','NL','GB'])[1 + n % 10] as country,
  (array['SEK','SEK','SEK','SEK','SEK','SEK','EUR','EUR','EUR','USD'])[1 + n % 10] as currency,
  case when n % 7 <> 0 then 'r' || (1 + (n * n) % 120) end as reseller,
  power(n + 20, -0.7) as weight,
  -- how late this customer pays: most near the due day, some weeks late, a few hardly ever
  case when n % 33 = 0 then 60 + n % 90 when n % 9 = 0 then 15 + n % 20 else (n % 12) - 5 end as late
from generate_series(1, 10000) n;
alter table who add primary key (n);

insert into reseller (id, name, mpn_id, state, country, read_at)
select 'r' || n, 'Reseller ' || n, (4000000 + n)::text, 'active', 'SE', now() from generate_series(1, 120) n;

insert into customer (id, name, name_key, search, domain, country, city, email, relationship, partner_ref, first_seen_at, last_seen_at,
  standing, standing_reason, gdap_active, gdap_roles, gdap_ends_at, gdap_auto_extends)
select id, name, translate(lower(name), 'äåö', 'aao'), translate(lower(name), 'äåö', 'aao') || ' c' || n || '.example ' || id, 'c' || n || '.example', country, 'City ' || n % 300, 'it@c' || n || '.example',
  case when reseller is null then 'reseller' else 'indirect' end, reseller, now() - make_interval(days => 30 + n % 1500), now(),
  case when n % 60 = 0 then 'watch' when n % 210 = 1 then 'restricted' when n % 900 = 2 then 'suspended' else 'active' end,
  case when n % 60 = 0 or n % 210 = 1 or n % 900 = 2 then 'Late for the third time.' end,
  1 + n % 3, 2 + n % 9, now() + make_interval(days => n % 700), n % 4 <> 0
from who;
insert into customer_list (read_at) values (now());
insert into portfolio (customer_id, billing_currency) select id, currency from who;
insert into credit_limit (customer_id, amount_minor, currency, why, set_by, set_at)
select id, (500000 + weight * 4e9)::bigint, 'SEK', 'Yearly review of the account.', '{"kind":"person","id":"bench","name":"Karin Holm"}', now() - interval '200 days' from who where n % 5 <> 0;
insert into customer_note (id, customer_id, text, written_by, written_at)
select gen_random_uuid(), id, 'Called about the open invoices; pays at the end of the month.', '{"kind":"person","id":"bench","name":"Karin Holm"}', now() - make_interval(days => n % 300)
from who where n % 4 = 0;

-- Holdings: four subscriptions on average, one in three customers with Azure.
create temp table held as
select who.n, who.id as customer_id, who.currency, s, md5('subscription ' || n || '-' || s)::uuid::text as id, s = 0 and n % 3 = 0 as is_azure,
  (array['Microsoft 365 Business Premium','Microsoft 365 E3','Power BI Pro','Defender for Business','Exchange Online Plan 1'])[1 + (n + s) % 5] as product,
  5 + (n * (s + 3)) % 200 as seats, current_date + ((n * 31 + s * 97) % 365) as ends
from who, generate_series(0, 1 + n % 6) s;
insert into subscription (id, customer_id, raw, etag, created_day, known_from)
select id, customer_id, jsonb_build_object('id', id, 'offerName', product, 'quantity', seats, 'status', 'active', 'autoRenewEnabled', true, 'termDuration', 'P1Y', 'billingCycle', 'monthly',
    'links', jsonb_build_object('self', '/customers/' || customer_id || '/subscriptions/' || id), 'attributes', jsonb_build_object('etag', md5(id), 'objectType', 'Subscription')),
  md5(id), ends - 365, (ends - 365)::timestamptz from held;
insert into subscription_version (subscription_id, valid_from, customer_id, name, family, status, quantity, auto_renew, is_trial, billing_type, billing_cycle, term, renewal_term,
  commitment_end_day, cancellable_until, facts)
select id, (ends - 365)::timestamptz, customer_id, name, family, 'active', seats, true, false, billing, 'monthly', 'P1Y', 'P1Y', ends, (ends - 358)::timestamptz,
  jsonb_build_object('id', id, 'customerId', customer_id, 'name', name, 'offerId', 'CFQ7TTC0LH18:0001', 'family', family, 'status', 'active', 'suspensionReasons', '[]'::jsonb, 'quantity', seats,
    'isTrial', false, 'autoRenew', true, 'billingType', billing, 'billingCycle', 'monthly', 'term', 'P1Y', 'renewalTerm', 'P1Y', 'commitmentEndDay', ends, 'createdAt', (ends - 365) || 'T00:00:00Z',
    'cancellableUntil', (ends - 358) || 'T00:00:00Z')
from (select *, case when is_azure then 'Azure plan' else product end as name, case when is_azure then 'azure-plan' else 'new-commerce' end as family,
  case when is_azure then 'usage' else 'license' end as billing from held) h;
insert into subscription_price (subscription_id, from_day, unit_price, currency, seen_at)
select id, ends - 365, 8 + (n % 40) * 7.35, currency, now() from held where not is_azure and (n + s) % 50 <> 0;
insert into holding_read (customer_id, read_at) select id, now() - interval '1 hour' from who;
insert into azure_entitlement (id, customer_id, plan_id, name, status)
select md5('azure ' || n || '-' || e)::uuid::text, customer_id, id, 'Production ' || e, 'active' from held, generate_series(1, 1 + n % 2) e where is_azure;
insert into billing_progress (billed_through) values (date_trunc('month', current_date)::date - 1);

-- Usage of the last 60 days per customer, 30 per Azure subscription.
create temp table azure as select held.n, held.customer_id, held.currency, who.name, (1 + n % 400) * 2.5 as daily from held join who using (n) where is_azure;
insert into usage_day (scope, scope_id, day, customer_id, name, month, currency, month_to_date, cost, from_at, through, usd, read_at)
select 'customer', customer_id, day, customer_id, name, date_trunc('month', day)::date, currency, daily * extract(day from day), daily, day::timestamptz, day + interval '1 day', daily * extract(day from day) / 9, now()
from azure, generate_series(current_date - 60, current_date - 1, interval '1 day') g(at), lateral (select at::date as day) d;
insert into usage_day (scope, scope_id, day, customer_id, name, month, currency, month_to_date, cost, from_at, through, usd, read_at)
select 'entitlement', e.id, day, e.customer_id, e.name, date_trunc('month', day)::date, currency, daily * extract(day from day), daily, day::timestamptz, day + interval '1 day', daily * extract(day from day) / 9, now()
from azure join azure_entitlement e using (customer_id), generate_series(current_date - 30, current_date - 1, interval '1 day') g(at), lateral (select at::date as day) d;
insert into spend_state (customer_id, name, name_key, month, through, state)
select customer_id, name, translate(lower(name), 'äåö', 'aao'), date_trunc('month', current_date - 1)::date, current_date::timestamptz, 'no-budget' from azure;
insert into budget (customer_id, amount_minor, currency, agreed_with, agreed_on, why, set_by, set_at, state, request_id, state_at)
select customer_id, (daily * 100 * (case when n % 20 = 0 then 20 else 60 end))::bigint + 100, currency, 'The customer''s CFO', current_date - 200, 'Agreed with the contract.',
  '{"kind":"person","id":"bench","name":"Karin Holm"}', now() - interval '200 days', 'in-partner-center', gen_random_uuid(), now() - interval '200 days' from azure where n % 10 <> 9;
insert into partner_budget (customer_id, amount, read_at) select customer_id, amount_minor / 100.0, now() from budget;

-- The ledger. Invoices lie in the order of their issue, as files bring them.
create temp table bill as
select row_number() over (order by issued, tenant, k) as i, b.* from (
  select n, tenant, currency, late, k, current_date - (random() * 1000)::int as issued, (10000 + power(random(), 3) * 4000000 + n % 97)::bigint as amount
  from who, lateral (select greatest(1, round(1000000 * weight / (select sum(weight) from who)))::int as invoices) c, generate_series(1, invoices) k) b
limit 1000000;
create temp table billed as
select i, tenant, currency, amount, issued, due, case when settled <= current_date then settled end as settled, due < current_date and i % 400 = 0 as disputed, i % 29 = 0 as part
from (select *, case when i % 1500 <> 7 then greatest(issued, due + late + (i % 9)::int - 4) end as settled -- some are forgotten for good
  from (select *, issued + (array[10, 15, 30, 30, 30, 45])[1 + n % 6] as due from bill) d) s;
insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, paid_minor, issue_date, due_date, settled_on, disputed, disputed_from, import_no, line)
select i, tenant, 'ledger', 'F' || 100000 + i, currency, amount, case when settled is not null then amount when part then amount / 2 else 0 end, issued, due, settled,
  disputed and settled is null, case when disputed and settled is null then due end, 1, i from billed order by i;
insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, allocated_minor, value_date, allocated_on, wanted, import_no, line)
select 2000000 + i, tenant, 'ledger', 'P' || 100000 + i, 'payment', currency, paid, paid, day, day, 'F' || 100000 + i, 2, i
from (select *, case when settled is not null then amount else amount / 2 end as paid, coalesce(settled, issued) as day from billed where settled is not null or part) p order by i;
insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day)
select 4000000 + i, 2000000 + i, i, case when settled is not null then amount else amount / 2 end, coalesce(settled, issued) from billed where settled is not null or part order by i;
insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, value_date, reference)
select 6000000 + n, tenant, 'ledger', 'U' || n, 'payment', currency, 100000 + n, current_date - n % 60, 'thank you' from who where n % 40 = 0;
insert into deposit_entry (entry_id, customer_id, system, number, kind, currency, amount_minor, day)
select 7000000 + n, tenant, 'ledger', 'D' || n, 'paid-in', currency, 500000 + n * 10, current_date - 300 from who where n % 20 = 0;
insert into ledger_presence (customer_id) select distinct tenant::text from billed;
insert into source_system (system, kind) select 'ledger', kind from unnest(array['invoices', 'payments', 'deposits']) kind;
select setval('receivables_block', 10000);
insert into import (import_id, kind, file_name, file_bytes, sha256, state, format, columns, mapping, mapping_from, date_orders, created_by, created_by_id, created_at, finished_at)
select gen_random_uuid()::text, kind, kind || '.csv', 1000, md5(kind) || md5(kind), 'done', '{}', '[]', '{}', '{}', '[]', 'Karin Holm', 'bench', now(), now() from unnest(array['invoices', 'payments']) kind;
insert into exchange_rate (from_currency, to_currency, day, rate, source, set_by, set_at)
select c, 'SEK', current_date - d, r + d * 0.001, 'bench', 'Karin Holm', now() from (values ('EUR', 11.2), ('USD', 10.4)) v(c, r), generate_series(0, 300, 7) d;

-- Notices of a year, twenty of them open; cases, findings and decisions.
insert into notice (notice_id, customer_id, entitlement_id, kind, title, severity, confidence, status, state, is_test, detected_at, received_at, resources, details, log, answered_at, answered_where, answered_by, answer_reason, case_id, updated_at)
select 'notice-' || k, customer_id, null, (array['CryptoMining','NetworkConnectionsToMaliciousIPs','UsageAnomaly'])[1 + k % 3], 'Suspicious use', 'high', 'medium', case when k <= 20 then 'active' else 'resolved' end,
  case when k <= 20 then 'open' else 'answered' end, false, at, at + interval '3 minutes', '[]', '{}', '[]', case when k > 20 then at + interval '50 minutes' end, case when k > 20 then 'desk' end, case when k > 20 then 'Elin Sandström' end,
  case when k > 20 then 'fraud' end, 'case-' || k, at
from (select k, (select id from who where n = 1 + (k * 37) % 10000) as customer_id, case when k <= 20 then now() - make_interval(mins => k * 55) else now() - make_interval(hours => k * 4) end as at from generate_series(1, 2000) k) x;
insert into notice_source (channel, external_id, notice_id, status, status_since, raw, raw_sha256, received_at, changed_at)
select channel, 'x-' || notice_id, notice_id, status, detected_at, '{}', md5(notice_id) || md5(notice_id), received_at, received_at from notice, unnest(array['graph', 'fraud-events']) channel;
insert into case_file (case_id, customer_id, family, state, opened_at, updated_at, assignee_id, assignee_name, assigned_at, closed_at, closed_by, outcome, close_note, severity, title_kind, title_facts, open_findings, clock_from, first_use_at, money_minor, money_currency)
select case_id, customer_id, 'misuse', case when state = 'open' then 'investigating' else 'closed' end, received_at, updated_at, 'bench', 'Elin Sandström', received_at,
  answered_at, case when state <> 'open' then 'Elin Sandström' end, case when state <> 'open' then 'fraud' end, case when state <> 'open' then 'Stopped and reported.' end, 3, 'notices.alert',
  jsonb_build_object('alertKind', kind, 'number', 'N-' || number, 'resources', 1), case when state = 'open' then 1 else 0 end, case when state = 'open' then detected_at end, detected_at, 250000, 'SEK'
from notice where number % 2 = 0 or state = 'open' on conflict do nothing;
insert into finding (finding_id, fingerprint, case_id, kind, customer_id, severity, facts, first_seen_at, last_seen_at)
select 'finding-' || case_id, case_id, case_id, title_kind, customer_id, 3, title_facts, opened_at, opened_at from case_file;
update portfolio set open_notices = 1 where customer_id in (select customer_id from notice where state = 'open');
update portfolio p set open_cases = c.n from (select customer_id, count(*)::int as n from case_file where state <> 'closed' group by 1) c where c.customer_id = p.customer_id;
insert into response_proposal (proposal_id, kind, customer_id, customer_name, plan, approvals_need, approvals_have, state, state_at, approved_at, reason, made_by_kind, made_by_id, made_by_name, made_at, expires_at)
select md5('proposal ' || k)::uuid, 'auto-renew-off', id, name, '{"saving":{"kind":"unknown","why":"no-price"},"effects":[],"undo":{"kind":"none","why":"it-is-an-undo"},"basis":{},"takesMinutes":5}',
  1, case when k <= 15 then 0 else 1 end, case when k <= 15 then 'proposed' else 'verified' end, at, case when k > 15 then at end, 'Overdue and about to renew.', 'person', 'bench', 'Elin Sandström', at, at + interval '3 days'
from (select k, who.*, now() - make_interval(hours => case when k <= 15 then k else k * 20 end) as at from generate_series(1, 400) k join who on n = 1 + (k * 53) % 10000) x;
insert into response_action (action_id, proposal_id, position, kind, target_id, step, depends_on, state, request_id, before, send_began_at, sent_at, verified_at)
select md5('action ' || proposal_id)::uuid, proposal_id, 0, 'set-auto-renew', s.id, jsonb_build_object('kind', 'set-auto-renew', 'subscriptionId', s.id, 'name', 'Microsoft 365 E3', 'quantity', 10, 'autoRenew', false), '{}',
  case when p.state = 'proposed' then 'planned' else 'verified' end, md5('request ' || proposal_id)::uuid, case when p.state <> 'proposed' then '{}'::jsonb end, p.approved_at, p.approved_at, p.approved_at
from response_proposal p join lateral (select id from subscription where customer_id = p.customer_id order by id limit 1) s on true on conflict do nothing;

-- Feeds, each a little behind, with a few customers that could not be reached.
insert into sync_customer (customer_id, name, has_azure) select id, name, n % 3 = 0 from who;
insert into sync_feed (feed, run_id, started_at, finished_at, newest_fact_at, facts_read, customers_reached, customers_total)
select f, 'seed', now() - interval '20 minutes', now() - interval '15 minutes', now() - interval '5 hours', 10000, 9970, 10000 from unnest(array['customers','alerts','subscriptions','usage','budgets','gdap','prices','audit','webhooks']) f;
insert into sync_feed_customer (feed, customer_id, run_id, tried_at, read_at, failures)
select f, id, 'seed', now() - interval '15 minutes', now() - interval '15 minutes', case when n % 333 = 0 then 1 else 0 end from who, unnest(array['subscriptions', 'budgets']) f where f = 'subscriptions' or n % 3 = 0;

-- The event log of two years: ten events a customer on average, the chain as the desk would have made it.
do $$
declare
  last text := repeat('0', 64);
  text_of text;
  row record;
begin
  for row in
    select row_number() over (order by at) as seq, x.* from (
      select id, n, k, (array['customers.holding-changed','receivables.invoices-changed','customers.limit-set','cases.commented','notices.received','spending.looked'])[1 + (n + k) % 6] as type,
        date_trunc('second', now() - make_interval(hours => (k * 1700 + n * 7) % 17000, mins => n % 60)) as at
      from who, generate_series(1, 3 + (weight * 60)::int + n % 12) k) x
  loop
    text_of := format('{"actor":{"id":"surety","kind":"machine","name":"Surety"},"after":{"quantity":%s},"at":"%s","before":{"quantity":%s},"caseId":null,"customerId":"%s","data":{"count":%s},"seq":"%s","subject":{"id":"%s","kind":"customer"},"type":"%s","why":null}',
      row.k + 1, to_char(row.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), row.k, row.id, row.k, row.seq, row.id, row.type);
    insert into event values (row.seq, row.type, row.at, 'machine', 'surety', 'customer', row.id, row.id, null, text_of, last, encode(sha256(convert_to(last || E'\n' || text_of, 'UTF8')), 'hex'));
    select hash into last from event where seq = row.seq;
  end loop;
  update event_head set seq = e.seq, hash = e.hash from (select seq, hash from event order by event.seq desc limit 1) e;
  insert into event_cursor (reader, seq) select 'customers', seq from event_head;
end $$;

set session_replication_role = origin;
