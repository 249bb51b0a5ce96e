-- Today counts the renewals of the coming days: the index alone answers, where a thousand wide rows would be read.
drop index subscription_version_renewing;
create index subscription_version_renewing on subscription_version (commitment_end_day) include (subscription_id, customer_id, quantity, status, family)
  where valid_to is null and auto_renew;
