import type { CustomerId } from "../core/ids.ts";
import type { GdapRelationship } from "./contract.ts";
import {
  flag,
  guidText,
  idText,
  instant,
  items,
  listOf,
  maybe,
  ms,
  need,
  type Parser,
  parser,
  text,
  word,
} from "./tolerant.ts";

const accessDetails = ms({ unifiedRoles: listOf(ms({ roleDefinitionId: need(idText) })) });

const relationship = parser(
  "delegated admin relationship",
  ms({
    id: need(text),
    displayName: text,
    status: need(word(["active"])),
    customer: maybe(ms({ tenantId: guidText, displayName: text })),
    accessDetails: maybe(accessDetails),
    autoExtendDuration: text,
    activatedDateTime: instant,
    endDateTime: instant,
    isPartnerConsentPending: flag,
  }),
);

/** "No extension" is written P0D or PT0S. */
const extendsItself = (duration: string | undefined): boolean =>
  duration !== undefined && !/^P(T?0[A-Z])$/i.test(duration);

export const parseGdap: Parser<GdapRelationship> = (value) => {
  const sent = relationship(value);
  return {
    id: sent.id,
    customerId: sent.customer?.tenantId as CustomerId | undefined,
    name: sent.displayName ?? sent.id,
    status: sent.status,
    roleIds: sent.accessDetails?.unifiedRoles.map((role) => role.roleDefinitionId) ?? [],
    activatedAt: sent.activatedDateTime,
    endsAt: sent.endDateTime,
    autoExtends: extendsItself(sent.autoExtendDuration),
    raw: sent.$raw,
  };
};
export const parseGdaps = items("delegated admin relationships", parseGdap);
export const parseGdapRequest = parser(
  "delegated admin request",
  ms({ id: text, action: need(text), status: text, createdDateTime: instant }),
);
export const parseGdapAssignment = parser(
  "delegated admin assignment",
  ms({
    id: text,
    status: text,
    accessContainer: maybe(ms({ accessContainerId: need(idText), accessContainerType: text })),
    accessDetails: maybe(accessDetails),
  }),
);
