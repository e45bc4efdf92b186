/**
 * ferry as a library: references, OCI data, transports and the copy engine. Run as a program it is the command line.
 *
 * @example
 * ```ts
 * import { parseReference } from "./mod.ts";
 * const { registry, repository, tag } = parseReference("alpine:3");
 * if (`${registry}/${repository}:${tag}` !== "docker.io/library/alpine:3") throw new Error();
 * ```
 *
 * @module
 */
export * from "./src/mod.ts";
export { renderTemplate, type TemplateOptions } from "./src/output/template/template.ts";
export { parseReference, parseRegistry } from "./src/reference/parse.ts";
export { createLayoutTransport, type LayoutTransportOptions } from "./src/transport/layout/mod.ts";
export type { LayoutLog } from "./src/transport/layout/context.ts";
export type { HttpClientOptions, HttpClock, HttpLog } from "./src/http/client.ts";
export type { Env } from "./src/http/proxy.ts";
export {
  createRegistryTransport,
  type RegistryTransport,
  type RegistryTransportOptions,
} from "./src/transport/registry/mod.ts";

if (import.meta.main) await import("./main.ts");
