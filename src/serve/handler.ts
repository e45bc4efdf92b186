/**
 * Finds the endpoint of a request and answers it.
 *
 * @module
 */
import { answer, jsonAnswer, refusalAnswer } from "./answer.ts";
import type { Action, Call } from "./call.ts";
import type { Guard, Visitor } from "./access/guard.ts";
import { asRefusal, Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import { parseRoute, type Route } from "./route.ts";
import { pullBlob, removeBlob } from "./serve_blob.ts";
import { listRepositories, listTags, referrers } from "./serve_list.ts";
import { pullManifest, pushManifest, removeManifest } from "./serve_manifest.ts";
import { cancelUpload, finishUpload, patchUpload, startUpload, uploadStatus } from "./serve_upload.ts";

/** What an endpoint takes, and what it means for a repository. */
const METHODS: Readonly<Record<Route["kind"], Readonly<Record<string, Action>>>> = {
  root: { GET: "pull", HEAD: "pull" },
  health: { GET: "pull", HEAD: "pull" },
  metrics: { GET: "pull", HEAD: "pull" },
  token: { GET: "pull", POST: "pull" },
  catalog: { GET: "pull", HEAD: "pull" },
  tags: { GET: "pull", HEAD: "pull" },
  referrers: { GET: "pull", HEAD: "pull" },
  manifest: { GET: "pull", HEAD: "pull", PUT: "push", DELETE: "delete" },
  blob: { GET: "pull", HEAD: "pull", DELETE: "delete" },
  uploads: { POST: "push" },
  upload: { GET: "push", HEAD: "push", PATCH: "push", PUT: "push", DELETE: "push" },
};

/** What a handler needs besides the registry. */
export interface HandlerOptions {
  /** Decides who may do what. */
  readonly guard: Guard;
  /** Text of `/metrics`. */
  readonly metrics: () => string;
  /** Told of failures of the server itself. */
  readonly onFailure: (error: unknown) => void;
}

/** Who is at the other end of a connection. */
export interface Peer {
  /** Address. */
  readonly address: string;
  /** Common name of the certificate that was shown and checked; "" for none. */
  readonly name: string;
}

/** An answer, and what the access log says of it. */
export interface Handled {
  /** The answer. */
  readonly response: Response;
  /** The endpoint; "" for none. */
  readonly route: Route["kind"] | "";
  /** Who asked, "" for nobody known. */
  readonly user: string;
}

/** Answers a request. Never throws. */
export async function handle(
  registry: Registry,
  options: HandlerOptions,
  request: Request,
  peer: Peer,
): Promise<Handled> {
  const head = request.method === "HEAD";
  let route: Route | undefined;
  let user = "";
  try {
    const { path, search } = splitUrl(request.url);
    route = parseRoute(path);
    if (route === undefined) throw new Refusal(404, "NOT_FOUND", "There is nothing at this address");
    const methods = METHODS[route.kind];
    const action = methods[request.method];
    if (action === undefined) {
      throw new Refusal(405, "UNSUPPORTED", "Method is not supported here", {
        headers: { allow: Object.keys(methods).join(", ") },
      });
    }
    if (route.kind === "health") {
      return { response: jsonAnswer(200, { status: "ok" }, {}, head), route: route.kind, user };
    }
    if (route.kind === "token") {
      const response = await options.guard.token(request, peer.name, new URLSearchParams(search));
      return { response, route: route.kind, user };
    }
    const visitor = await options.guard.admit(request, peer.name);
    user = visitor.user;
    requireAllowed(options.guard, visitor, request, route, action);
    const call: Call = {
      request,
      head,
      // Most requests have none, and nobody asks.
      get query() {
        return new URLSearchParams(search);
      },
      sees: visitor.sees,
    };
    const response = route.kind === "root"
      ? jsonAnswer(200, {}, options.guard.invitation(visitor), head)
      : await dispatch(registry, options, call, route);
    return { response, route: route.kind, user };
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal === undefined) options.onFailure(error);
    const response = refusalAnswer(refusal ?? new Refusal(500, "UNKNOWN", "The server failed"), head);
    return { response, route: route?.kind ?? "", user };
  }
}

function requireAllowed(guard: Guard, visitor: Visitor, request: Request, route: Route, action: Action): void {
  if (!("name" in route)) {
    if (!visitor.mayEnter) throw guard.challenge(request, visitor, undefined, []);
    return;
  }
  if (visitor.allows(route.name, action)) return;
  // Who pushes reads as well: one token for both.
  throw guard.challenge(request, visitor, route.name, action === "pull" ? ["pull"] : ["pull", action]);
}

function dispatch(
  registry: Registry,
  options: HandlerOptions,
  call: Call,
  route: Route,
): Response | Promise<Response> {
  const { request, head } = call;
  switch (route.kind) {
    case "manifest":
      if (request.method === "PUT") return pushManifest(registry, call, route);
      if (request.method === "DELETE") return removeManifest(registry, route);
      return pullManifest(registry, call, route);
    case "blob":
      if (request.method === "DELETE") return removeBlob(registry, route.name, route.digest);
      return pullBlob(registry, call, route.name, route.digest);
    case "uploads":
      return startUpload(registry, call, route.name);
    case "upload":
      if (request.method === "PATCH") return patchUpload(registry, call, route.name, route.id);
      if (request.method === "PUT") return finishUpload(registry, call, route.name, route.id);
      if (request.method === "DELETE") return cancelUpload(registry, route.name, route.id);
      return uploadStatus(registry, route.name, route.id);
    case "tags":
      return listTags(registry, call, route.name);
    case "referrers":
      return referrers(registry, call, route.name, route.digest);
    case "catalog":
      return listRepositories(registry, call);
    case "metrics":
      return answer(200, head ? null : options.metrics(), { "content-type": "text/plain; version=0.0.4" });
    default:
      throw new Refusal(404, "NOT_FOUND", "There is nothing at this address");
  }
}

/** Path and query of an absolute URL; it was parsed already, so its form is known. */
function splitUrl(url: string): { readonly path: string; readonly search: string } {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const question = url.indexOf("?", start);
  return question < 0
    ? { path: url.slice(start), search: "" }
    : { path: url.slice(start, question), search: url.slice(question + 1) };
}
