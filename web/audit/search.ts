/** What the address says: `kind` the area, `owner` who did it, `q` the case, `show` the opened event. */
export type AuditSearch = {
  readonly kind?: string | undefined;
  readonly owner?: string | undefined;
  readonly customer?: string | undefined;
  readonly q?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly show?: string | undefined;
};
export type AuditProps = { readonly search: AuditSearch; readonly set: (change: AuditSearch) => void };
