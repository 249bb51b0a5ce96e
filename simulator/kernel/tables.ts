import type { ActivityRow } from "../activity/records.ts";
import type {
  AlertRow,
  AuditRow,
  CustomerRow,
  DeliveryRow,
  DirectoryUserRow,
  EffectRow,
  EntitlementRow,
  ExportRow,
  GdapPartRow,
  GdapRow,
  InvoiceRow,
  JobRow,
  LedgerDepositRow,
  LedgerInvoiceRow,
  LedgerPaymentRow,
  LineRow,
  MetaRow,
  PartnerUserRow,
  RefreshTokenRow,
  RegistrationRow,
  ResellerRow,
  SubscriptionRow,
} from "./rows.ts";
import type { Book } from "./table.ts";

export type Tables = ReturnType<typeof openTables>;

const byCustomer = { customer: (row: { customerId: string }) => row.customerId };

/** Every table of a world, registered with the book that records their changes. */
export function openTables(book: Book) {
  return {
    meta: book.table<MetaRow>("meta", { key: (row) => row.key }),
    jobs: book.table<JobRow>("jobs", { key: (row) => row.id }),
    customers: book.table<CustomerRow>("customers", { key: (row) => row.id, indexes: { key: (row) => row.key } }),
    resellers: book.table<ResellerRow>("resellers", { key: (row) => row.id }),
    subscriptions: book.table<SubscriptionRow>("subscriptions", { key: (row) => row.id, indexes: byCustomer }),
    entitlements: book.table<EntitlementRow>("entitlements", {
      key: (row) => row.id,
      indexes: { ...byCustomer, plan: (row) => row.planId },
    }),
    alerts: book.table<AlertRow>("alerts", {
      key: (row) => row.id,
      indexes: { ...byCustomer, entitlement: (row) => row.entitlementId ?? "" },
    }),
    activity: book.table<ActivityRow>("activity", { key: (row) => row.id, indexes: byCustomer }),
    audits: book.table<AuditRow>("audits", { key: (row) => row.id, indexes: { day: (row) => row.day } }),
    invoices: book.table<InvoiceRow>("invoices", { key: (row) => row.id }),
    lines: book.table<LineRow>("lines", {
      key: (row) => row.id,
      indexes: { ...byCustomer, invoice: (row) => row.invoiceId },
    }),
    gdap: book.table<GdapRow>("gdap", { key: (row) => row.id, indexes: byCustomer }),
    gdapParts: book.table<GdapPartRow>("gdapParts", {
      key: (row) => row.id,
      indexes: { relationship: (row) => row.relationshipId },
    }),
    users: book.table<DirectoryUserRow>("users", { key: (row) => row.id, indexes: byCustomer }),
    partnerUsers: book.table<PartnerUserRow>("partnerUsers", { key: (row) => row.id }),
    refreshTokens: book.table<RefreshTokenRow>("refreshTokens", { key: (row) => row.token }),
    effects: book.table<EffectRow>("effects", { key: (row) => row.key }),
    deliveries: book.table<DeliveryRow>("deliveries", { key: (row) => row.id }),
    registration: book.table<RegistrationRow>("registration", { key: (row) => row.key }),
    exports: book.table<ExportRow>("exports", { key: (row) => row.id }),
    ledgerInvoices: book.table<LedgerInvoiceRow>("ledgerInvoices", { key: (row) => row.number, indexes: byCustomer }),
    ledgerPayments: book.table<LedgerPaymentRow>("ledgerPayments", {
      key: (row) => row.reference,
      indexes: byCustomer,
    }),
    ledgerDeposits: book.table<LedgerDepositRow>("ledgerDeposits", {
      key: (row) => row.reference,
      indexes: byCustomer,
    }),
  };
}
