-- An amount that a later file corrected: days before the correction keep what they showed.
alter table invoice
  add column amount_changes jsonb;                         -- earlier amounts, oldest first: [{"on": day it changed, "before": "minor units until then"}]

update invoice i set amount_changes = r.changes
from (select invoice_id, jsonb_agg(jsonb_build_object('on', (recorded_at at time zone 'UTC')::date, 'before', before ->> 'amountMinor') order by recorded_at) as changes
      from invoice_revision where before ? 'amountMinor' and not before ? 'currency' group by invoice_id) r
where r.invoice_id = i.invoice_id;

-- What became paid by a lower amount was so from the day of the correction, and what a higher amount opened is paid after it.
update invoice i set reopened_on = greatest(i.reopened_on, c.day), settled_on = case when i.settled_on is not null then greatest(i.settled_on, c.day) end
from (select invoice_id, max((change ->> 'on')::date) as day from invoice, jsonb_array_elements(amount_changes) as change group by invoice_id) c
where c.invoice_id = i.invoice_id;
