-- Since when an Azure subscription is there, for rules that judge a new one more strictly.
-- null = it was there when its customer was first read: how old it is, is not known.
alter table azure_entitlement add column appeared_at timestamptz;
