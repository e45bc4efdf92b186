import { defineSpec } from "../../src/mod.ts";

/** Data of `registry set`. */
export const set = defineSpec({
  summary: "Set how to reach a registry",
  description: "Only what is given changes. An empty text takes a setting away.",
  args: [{ name: "registry", type: "registry", summary: "registry, docker.io unless given" }],
  flags: {
    "api-opts": { type: "string", repeated: true, summary: "option as key=value", placeholder: "key=value" },
    "blob-chunk": { type: "integer", summary: "bytes of a chunk of a chunked upload", placeholder: "bytes" },
    "blob-max": {
      type: "integer",
      summary: "bytes above which an upload is chunked from the start, -1 for never",
      placeholder: "bytes",
    },
    cacert: { type: "string", summary: "CA certificate to trust as well, its PEM text", placeholder: "pem" },
    "client-cert": { type: "string", summary: "client certificate, its PEM text", placeholder: "pem" },
    "client-key": { type: "string", summary: "key of the client certificate, its PEM text", placeholder: "pem" },
    "cred-helper": {
      type: "string",
      summary: "credential helper, its full name with docker-credential-",
      placeholder: "program",
    },
    dns: { type: "string", repeated: true, summary: "host to dial", hidden: true },
    hostname: { type: "string", summary: "host to dial instead of the registry's name", placeholder: "host:port" },
    mirror: { type: "string", repeated: true, summary: "registry to read from first", placeholder: "registry" },
    "path-prefix": { type: "string", summary: "goes before every repository", placeholder: "path" },
    priority: { type: "integer", summary: "order among mirrors, higher first", placeholder: "number" },
    "repo-auth": { type: "boolean", summary: "ask for one token a repository" },
    "req-concurrent": { type: "integer", summary: "requests at a time", placeholder: "count" },
    "req-per-sec": { type: "number", summary: "requests a second, 0 for no limit", placeholder: "count" },
    scheme: { type: "string", choices: ["http", "https"], summary: "old form of --tls", hidden: true },
    "skip-check": { type: "boolean", summary: "do not try to reach the registry" },
    tls: {
      type: "string",
      choices: ["enabled", "insecure", "disabled"],
      summary: "HTTPS, HTTPS that is not verified, or plain HTTP",
    },
  },
  examples: [
    { command: "registry set localhost:5000 --tls disabled", does: "speak plain HTTP to a local registry" },
    { command: 'registry set registry.example.org --cacert "$(cat ca.pem)"', does: "trust a CA of your own" },
    { command: "registry set docker.io --mirror mirror.example.org", does: "read from a mirror first" },
  ],
});
