import { continued, queryOf } from "../http/paging.ts";
import { badInput, collection, link, member, objectType, okJson, refused, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { guidOf } from "../kernel/ids.ts";
import type { CustomerRow, DirectoryUserRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { writeActivity } from "./activity.ts";
import { hasDelegatedRights } from "./customer-json.ts";
import { withCustomer } from "./find.ts";

const base = { surface: "partner-center", access: "user" } as const;
const users = "/v1/customers/:customerId/users";
const roles = "/v1/customers/:customerId/directoryroles";

/** Users and roles in the customer's tenant (CONTRACT 3.10): the tools to contain a stolen identity. They need GDAP. */
export const userRoutes: readonly Route[] = [
  { ...base, method: "GET", path: users, handle: list },
  { ...base, method: "PATCH", path: `${users}/:userId`, handle: change },
  { ...base, method: "PATCH", path: `${users}/:userId/resetpassword`, handle: resetPassword },
  { ...base, method: "DELETE", path: `${users}/:userId`, handle: remove },
  { ...base, method: "GET", path: `${users}/:userId/directoryroles`, handle: rolesOfUser },
  { ...base, method: "GET", path: roles, handle: listRoles },
  { ...base, method: "GET", path: `${roles}/:roleId/usermembers`, handle: members },
  { ...base, method: "POST", path: `${roles}/:roleId/usermembers`, handle: addMember },
  { ...base, method: "DELETE", path: `${roles}/:roleId/usermembers/:userId`, handle: removeMember },
];

const ROLES = [
  "Global Administrator",
  "User Administrator",
  "Billing Administrator",
  "Helpdesk Administrator",
] as const;
/** Entra's own template id for Global Administrator; the others are made up. */
const roleId = (name: string): string =>
  name === ROLES[0] ? "62e90394-69f5-4237-9190-012177145e10" : guidOf("role", name);
const roleNamed = (id: string): string | undefined => ROLES.find((name) => roleId(name) === id.toLowerCase());

function withRights(call: Call, sim: Sim, answer: (customer: CustomerRow) => Reply): Reply {
  return withCustomer(call, sim, (customer) =>
    hasDelegatedRights(sim, customer)
      ? answer(customer)
      : refused(403, "900308", "A GDAP role in the customer tenant is missing."),
  );
}

function withUser(call: Call, sim: Sim, answer: (user: DirectoryUserRow) => Reply): Reply {
  return withRights(call, sim, (customer) => {
    const user = sim.tables.users.get((call.params["userId"] ?? "").toLowerCase());
    return user === undefined || user.customerId !== customer.id
      ? refused(404, "404", "The user was not found.")
      : answer(user);
  });
}

function userJson(user: DirectoryUserRow) {
  return {
    usageLocation: user.usageLocation,
    id: user.id,
    userPrincipalName: user.upn,
    firstName: user.first,
    lastName: user.last,
    displayName: `${user.first} ${user.last}`,
    userDomainType: "none",
    state: user.state,
    ...(user.deletedAt === null ? {} : { softDeletionTime: user.deletedAt }),
    links: { self: link(`/customers/${user.customerId}/users/${user.id}`) },
    attributes: objectType("CustomerUser"),
  };
}

function list(call: Call, sim: Sim): Reply {
  return withRights(call, sim, (customer) => {
    const filter = queryOf(call, "filter");
    let state = "active";
    try {
      if (filter !== undefined) state = (textMember(JSON.parse(filter), "Value") ?? state).toLowerCase();
    } catch {
      return badInput("The filter is not valid.");
    }
    const rows = sim.tables.users.where("customer", customer.id).filter((user) => user.state === state);
    return continued(call, rows, { shape: userJson, rules: { rowsMax: sim.settings().pageRowsMax } });
  });
}

function save(sim: Sim, call: Call, { user, operation }: { user: DirectoryUserRow; operation: string }): void {
  sim.tables.users.put(user);
  writeActivity(sim, {
    customerId: user.customerId,
    operation,
    resourceType: "customer_user",
    by: call.caller,
    data: { UserPrincipalName: user.upn },
  });
}

function change(call: Call, sim: Sim): Reply {
  return withUser(call, sim, (user) => {
    const restores = textMember(call.body, "state")?.toLowerCase() === "active" && user.state === "inactive";
    const next: DirectoryUserRow = {
      ...user,
      ...(restores ? { state: "active", deletedAt: null } : {}),
      first: textMember(call.body, "firstName") ?? user.first,
      last: textMember(call.body, "lastName") ?? user.last,
      usageLocation: textMember(call.body, "usageLocation") ?? user.usageLocation,
    };
    save(sim, call, { user: next, operation: restores ? "restore_customer_user" : "update_customer_user" });
    return okJson(userJson(next));
  });
}

function resetPassword(call: Call, sim: Sim): Reply {
  return withUser(call, sim, (user) => {
    if (textMember(member(call.body, "passwordProfile"), "password") === undefined)
      return badInput("passwordProfile.password is needed.");
    const next = { ...user, passwordResetAt: nowIso(sim) };
    save(sim, call, { user: next, operation: "reset_customer_user_password" });
    return okJson(userJson(next));
  });
}

function remove(call: Call, sim: Sim): Reply {
  return withUser(call, sim, (user) => {
    save(sim, call, {
      user: { ...user, state: "inactive", deletedAt: nowIso(sim) },
      operation: "delete_customer_user",
    });
    return { status: 204 };
  });
}

const roleJson = (name: string) => ({ name, id: roleId(name), attributes: objectType("DirectoryRole") });

function rolesOfUser(call: Call, sim: Sim): Reply {
  return withUser(call, sim, (user) => collection(user.roles.map(roleJson)));
}

function listRoles(call: Call, sim: Sim): Reply {
  return withRights(call, sim, () => collection(ROLES.map(roleJson)));
}

function withRole(call: Call, sim: Sim, answer: (facts: { customer: CustomerRow; role: string }) => Reply): Reply {
  return withRights(call, sim, (customer) => {
    const role = roleNamed(call.params["roleId"] ?? "");
    return role === undefined ? refused(404, "404", "The role was not found.") : answer({ customer, role });
  });
}

const memberJson = (user: DirectoryUserRow) => ({
  id: user.id,
  displayName: `${user.first} ${user.last}`,
  userPrincipalName: user.upn,
  attributes: objectType("UserMember"),
});

function members(call: Call, sim: Sim): Reply {
  return withRole(call, sim, ({ customer, role }) => {
    const rows = sim.tables.users
      .where("customer", customer.id)
      .filter((user) => user.state === "active" && user.roles.includes(role));
    return continued(call, rows, { shape: memberJson, rules: { rowsMax: sim.settings().pageRowsMax } });
  });
}

function addMember(call: Call, sim: Sim): Reply {
  return withRole(call, sim, ({ customer, role }) => {
    const user = sim.tables.users.get(textMember(call.body, "Id")?.toLowerCase() ?? "");
    if (user === undefined || user.customerId !== customer.id) return badInput("The user is not of this customer.");
    save(sim, call, { user: { ...user, roles: [...new Set([...user.roles, role])] }, operation: "add_user_member" });
    return { status: 201, body: memberJson(user) };
  });
}

function removeMember(call: Call, sim: Sim): Reply {
  return withRole(call, sim, ({ role }) =>
    withUser(call, sim, (user) => {
      save(sim, call, {
        user: { ...user, roles: user.roles.filter((one) => one !== role) },
        operation: "remove_user_member",
      });
      return { status: 204 };
    }),
  );
}
