import type { Sim } from "../kernel/sim.ts";

/** Which of Microsoft's hosts answers: decides token audience and shape of errors. */
export type Surface = "partner-center" | "graph" | "office" | "arm" | "login" | "certificates";

/** Who may call: `both` app-only and app+user, `user` app+user only, `none` without a token. */
export type Access = "both" | "user" | "none";

/** Who calls, as the access token says. */
export type Caller = {
  readonly kind: "app" | "user";
  readonly id: string;
  readonly name: string;
  readonly mfa: boolean;
  readonly roles: readonly string[];
  readonly audience: string;
  /** The customer's tenant, when the token was given for one. */
  readonly tenant?: string;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless `bytes` is given. Neither = empty body. */
  readonly body?: unknown;
  readonly bytes?: { readonly data: Buffer; readonly type: string };
};

export type Call = {
  readonly method: string;
  /** Path and query as sent, without the host mount. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** Parsed JSON or form; undefined when there was none. */
  readonly body: unknown;
  readonly caller: Caller | undefined;
};

export type Route = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  readonly path: string;
  readonly surface: Surface;
  readonly access: Access;
  /** The throttled resource family this counts against. */
  readonly counts?: "customer" | "subscription" | "validation-event";
  readonly handle: (call: Call, sim: Sim) => Reply;
};

export type Match = { readonly route: Route; readonly params: Record<string, string> };

/** Looks a request up: method first, then path segment by segment; `:name` takes one segment. Case of the path does not matter. */
export type Router = (method: string, path: string) => Match | "method-not-allowed" | undefined;

export function newRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, segments: split(route.path) }));
  return (method, path) => {
    const asked = split(path);
    let wrongMethod = false;
    let best: Match | undefined;
    for (const { route, segments } of compiled) {
      const params = matchSegments(segments, asked);
      if (params === undefined) continue;
      if (route.method !== method) wrongMethod = true;
      else if (best === undefined || Object.keys(params).length < Object.keys(best.params).length)
        best = { route, params };
    }
    return best ?? (wrongMethod ? "method-not-allowed" : undefined);
  };
}

const split = (path: string): string[] => path.split("/").filter((part) => part !== "");

function matchSegments(segments: readonly string[], asked: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== asked.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const part = asked[i] ?? "";
    if (segment.startsWith(":")) params[segment.slice(1)] = decode(part);
    else if (segment.toLowerCase() !== part.toLowerCase()) return undefined;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
