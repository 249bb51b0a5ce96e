import { z } from "zod";
import { PERMISSIONS } from "../access/contract.ts";
import type { Route } from "./contract.ts";

type JsonSchema = Record<string, unknown>;

const PROBLEM: JsonSchema = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "stable, kebab-case" },
    requestId: { type: "string" },
    fields: {
      type: "array",
      items: {
        type: "object",
        properties: { field: { type: "string" }, value: { type: "string" }, fix: { type: "string" } },
      },
    },
    facts: { type: "object" },
  },
};

const schemaOf = (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  }) as JsonSchema;
  return rest;
};

function parameters(route: Route): JsonSchema[] {
  const of = (schema: z.ZodType | undefined, place: "path" | "query"): JsonSchema[] => {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = schemaOf(schema, "input") as {
      properties?: Record<string, JsonSchema>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, member]) => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      schema: member,
    }));
  };
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    schema: { type: "string", minLength: 8, maxLength: 200 },
    description: "repeat with the same key gives the first answer and no second effect",
  };
  return [...of(route.params, "path"), ...of(route.query, "query"), ...(route.method === "GET" ? [] : [key])];
}

function answer(route: Route): JsonSchema {
  if (route.kind === "download") return { description: "the file", content: { "application/octet-stream": {} } };
  return { description: "done", content: { "application/json": { schema: schemaOf(route.response, "input") } } };
}

function operation(route: Route): JsonSchema {
  const permission =
    route.permission === "public" ? "public" : `${route.permission} (${PERMISSIONS[route.permission].join(", ")})`;
  const body =
    route.kind === "upload"
      ? { content: { "application/octet-stream": {} } }
      : route.kind === "json" && route.body
        ? { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } }
        : undefined;
  return {
    summary: route.summary,
    description: `Permission: ${permission}`,
    tags: [route.path.split("/")[2] ?? "desk"],
    parameters: parameters(route),
    ...(body && { requestBody: body }),
    ...(route.permission === "public" && { security: [] }),
    responses: {
      200: answer(route),
      default: {
        description: "refused (RFC 9457)",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** OpenAPI 3.1 of everything the server answers, made from the same declarations that it runs on. */
export function openApi(routes: readonly Route[], version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Surety",
      version,
      description: "The risk desk for cloud resellers. Money is minor units as text with an ISO 4217 code.",
    },
    security: [{ session: [] }, { apiKey: [] }],
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "surety.session_token" },
        apiKey: { type: "http", scheme: "bearer" },
      },
    },
    paths,
  };
}
