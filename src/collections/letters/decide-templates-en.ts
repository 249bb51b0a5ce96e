import type { Purpose } from "./contract.ts";

/** The templates that Surety brings, in English. What a customer is told will happen comes from the policy (`consequences`). */
const CLOSING = `{{> objection}}

{{> contact}}

{{> creditor}}`;

export const TEMPLATES_EN: Readonly<Record<Purpose, string>> = {
  "heads-up": `Subject: {{#items.one}}Invoice {{oldest.number}} is due on {{oldest.dueDay}}{{/items.one}}{{^items.one}}{{items.count}} invoices from {{creditor.name}} fall due soon{{/items.one}}
# Due soon
Hello {{customer.name}},

this is only to let you know what falls due next, so that nothing comes as a surprise. If the payment is already on its way, you need do nothing.

{{> items}}

{{> payment}}

{{> contact}}

{{> creditor}}`,
  "friendly-reminder": `Subject: A friendly reminder: {{total.text}} to {{creditor.name}}
# A friendly reminder
Hello {{customer.name}},

{{#items.one}}invoice {{oldest.number}} was due on {{oldest.dueDay}} and has not reached us yet. It may simply have been overlooked.{{/items.one}}{{^items.one}}some of our invoices have not been paid yet; the oldest was due on {{oldest.dueDay}}. They may simply have been overlooked.{{/items.one}}

{{> items}}

{{> totals}}

{{> payment}}

${CLOSING}`,
  reminder: `Subject: Reminder: {{total.text}} overdue to {{creditor.name}}
# Reminder
Hello {{customer.name}},

we have not yet received full payment of what is listed below. The oldest invoice, {{oldest.number}}, is {{oldest.days}} past due.

{{> items}}

{{> totals}}

{{> deadline}}

{{> payment}}

${CLOSING}`,
  "reminder-fee": `Subject: Reminder with charges: {{total.text}} overdue to {{creditor.name}}
# Reminder
Hello {{customer.name}},

we have reminded you before and have not received full payment. The oldest invoice, {{oldest.number}}, is {{oldest.days}} past due.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "auto-renew-notice": `Subject: Before your subscriptions renew: {{total.text}} overdue to {{creditor.name}}
# Before your subscriptions renew
Hello {{customer.name}},

subscriptions of yours come up for renewal while invoices are unpaid. We would rather settle this before a new term begins.

{{> items}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "freeze-notice": `Subject: New purchases: {{total.text}} overdue to {{creditor.name}}
# About new purchases
Hello {{customer.name}},

invoices are unpaid and the oldest is {{oldest.days}} past due. What this means for your account stands below. Services that you already use are not touched by this letter.

{{> items}}

{{> totals}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "suspension-notice": `Subject: Notice{{#next.what}} of {{next.what}}{{/next.what}}: {{total.text}} overdue to {{creditor.name}}
# Notice{{#next.what}}: {{next.what}}{{/next.what}}
To {{customer.name}}

Despite our reminders the amounts below are unpaid. {{#next.day}}Unless they are paid, the following takes place, not before {{next.day}}.{{/next.day}} Please tell the people who depend on these services.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "final-demand": `Subject: Final demand: {{total.text}} to {{creditor.name}}
# Final demand
To {{customer.name}}

We have written to you before and ask you for the last time to pay the claim below or to tell us why you do not owe it. You have {{letter.days}}, until {{letter.payBy}}.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "agency-notice": `Subject: Your account with {{creditor.name}}: {{total.text}} unpaid
# About the claim that is still unpaid
To {{customer.name}}

The claim below is unpaid although we have demanded it. What we do next, and from which day, stands below. Until then you can pay to us.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  thanks: `Subject: Thank you: your account with {{creditor.name}} is settled
# Thank you
Hello {{customer.name}},

we have received your payment and nothing is overdue. Whatever was stopped because of it is opened again; if something does not work as before, tell us.

{{> contact}}

{{> creditor}}`,
  "broken-promise": `Subject: Your promise to pay{{#promise.day}} by {{promise.day}}{{/promise.day}}
# About your promise
Hello {{customer.name}},

{{> promise}}

If something has come in between, call us: together we find a way. If the payment is on its way, you need do nothing.

{{> items}}

{{> totals}}

{{> payment}}

${CLOSING}`,
  "call-script": `# Call {{customer.name}}
Introduce yourself: you call from {{creditor.name}}, about invoices. Ask for the person who pays them, and speak of amounts to nobody else.

{{> items}}

{{> totals}}

# Ask
- Have the invoices arrived, and is anything wrong with them?
- Is the payment on its way? Which amount, on which day?
- If not: which amount can be paid when? Write it down as a promise.

# If they object
{{> objection}}

{{#next.what}}The policy's next step is {{next.what}}{{#next.day}}, not before {{next.day}}{{/next.day}}. Say it as information, never as a threat.{{/next.what}}`,
  sms: `{{creditor.name}}: {{total.text}} is overdue since {{oldest.dueDay}}. {{#payment.short}}{{payment.short}}. {{/payment.short}}Paid already? Ignore this. Questions: {{creditor.phone}}`,
};
