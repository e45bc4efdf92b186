/**
 * The noun `serve`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

/** Data of `serve`. */
export const serve = defineSpec({
  summary: "Serve a registry over a folder of OCI layouts",
  description: "Every repository is an OCI layout in a folder of its name, which other tools read as it is.\n\n" +
    "Deletes are off, and addresses that others can reach need users, unless flags say otherwise. serve gc collects garbage, " +
    "serve hash makes lines for --htpasswd. With -v info every request is logged.",
  flags: {
    dir: { type: "string", default: ".", summary: "folder with one layout a repository", placeholder: "folder" },
    addr: { type: "string", default: "127.0.0.1", summary: "address to listen on", placeholder: "address" },
    port: {
      type: "integer",
      default: 5000,
      summary: "port to listen on; 0 takes any that is free",
      placeholder: "port",
    },
    "print-url": { type: "boolean", summary: "print the address alone, for scripts" },
    store: {
      type: "string",
      choices: ["dir", "mem"],
      default: "dir",
      summary: "where changes go; mem keeps them in memory, over what --dir has",
    },
    "read-only": { type: "boolean", summary: "refuse every change" },
    delete: { type: "boolean", summary: "allow deletes of tags, manifests and blobs" },
    htpasswd: {
      type: "string",
      summary: "users with bcrypt hashes, one a line; read again on change",
      placeholder: "file",
    },
    auth: {
      type: "string",
      choices: ["token", "basic"],
      default: "token",
      summary: "how users show who they are: by tokens of this server, or by password with each request",
    },
    acl: { type: "string", summary: "JSON file with what users may do; read again on change", placeholder: "file" },
    "anonymous-read": { type: "boolean", summary: "let everybody read where --htpasswd is given without --acl" },
    "allow-anonymous-writes": {
      type: "boolean",
      summary: "serve writes without users on an address that others reach",
    },
    "external-url": { type: "string", summary: "address of the server as clients know it", placeholder: "url" },
    "tls-cert": { type: "string", summary: "PEM certificate chain, for TLS", placeholder: "file" },
    "tls-key": { type: "string", summary: "PEM key of the certificate", placeholder: "file" },
    "client-ca": {
      type: "string",
      summary: "PEM authorities of clients' certificates, whose common names are users; needs OpenSSL on the machine",
      placeholder: "file",
    },
    "client-auth": {
      type: "string",
      choices: ["require", "request"],
      default: "require",
      summary: "whether clients without a certificate are let in",
    },
    "max-connections": {
      type: "integer",
      default: 1000,
      summary: "most connections at a time; more are refused",
      placeholder: "count",
    },
    "rate-limit": { type: "number", summary: "requests a second of one client", placeholder: "count" },
    "trust-proxy": { type: "boolean", summary: "take a client's address from X-Forwarded-For" },
    "manifest-limit": { type: "integer", summary: "most bytes of a manifest, at most 8 MiB", placeholder: "bytes" },
    "blob-limit": { type: "integer", summary: "most bytes of a blob", placeholder: "bytes" },
    "header-timeout": {
      type: "string",
      default: "15s",
      summary: "time that a new connection has for its first request",
      placeholder: "time",
    },
    "keep-alive-timeout": {
      type: "string",
      default: "2m",
      summary: "time that a connection may wait for another request",
      placeholder: "time",
    },
    "idle-timeout": {
      type: "string",
      default: "1m",
      summary: "give up a body, or an answer, that stands still for so long",
      placeholder: "time",
    },
    "stop-timeout": {
      type: "string",
      default: "30s",
      summary: "time that running requests have to end when the server stops",
      placeholder: "time",
    },
    "gc-interval": {
      type: "string",
      default: "15m",
      summary: "time between garbage collections; 0 for none",
      placeholder: "time",
    },
    "gc-grace": { type: "string", default: "1h", summary: "age below which nothing is collected", placeholder: "time" },
    "gc-untagged": { type: "boolean", summary: "collect manifests without a tag as well" },
  },
  examples: [
    { command: "serve --dir registry", does: "serve the layouts below a folder on 127.0.0.1:5000" },
    { command: "serve --store mem --port 0 --print-url", does: "serve an empty registry in memory, for a test" },
    {
      command: "serve --dir registry --addr 0.0.0.0 --htpasswd users --tls-cert cert.pem --tls-key key.pem",
      does: "serve others, with users and TLS",
    },
  ],
});

/** Data of `serve gc`. */
export const gc = defineSpec({
  summary: "Collect the garbage of a folder of layouts",
  description:
    "Blobs that nothing refers to, lists of referrers whose subject is gone, uploads that nobody goes on with. " +
    "A server may run on the folder meanwhile.",
  args: [{
    name: "dir",
    type: "string",
    complete: "folder",
    required: true,
    summary: "folder with one layout a repository",
  }],
  flags: {
    "dry-run": { type: "boolean", summary: "only say what would go" },
    grace: { type: "string", default: "1h", summary: "age below which nothing is collected", placeholder: "time" },
    untagged: { type: "boolean", summary: "collect manifests without a tag as well" },
  },
  examples: [{ command: "serve gc registry --dry-run", does: "say what would go, and how many bytes" }],
});

/** Data of `serve hash`. */
export const hash = defineSpec({
  summary: "Make a line for --htpasswd",
  description: "The password is asked for, or read from standard input with --pass-stdin.",
  args: [{ name: "user", type: "string", required: true, summary: "name of the user" }],
  flags: { "pass-stdin": { type: "boolean", summary: "read the password from standard input" } },
  examples: [{ command: "serve hash ann", does: "ask for a password and print the line of the user ann" }],
});

export default definePlugin({
  name: "serve",
  summary: "Serve a registry over a folder of OCI layouts",
  commands: {
    "": defineCommand(serve, () => import("./start.ts")),
    gc: defineCommand(gc, () => import("./gc.ts")),
    hash: defineCommand(hash, () => import("./hash.ts")),
  },
});
