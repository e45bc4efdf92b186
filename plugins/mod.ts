/**
 * The plugins that come with the program, in the order in which help lists them.
 *
 * @module
 */
import type { PluginEntry } from "../src/mod.ts";

/** Built-in plugins; each is loaded when its noun is asked for. */
export const plugins: readonly PluginEntry[] = [
  {
    name: "image",
    summary: "Copy, inspect and delete images",
    load: () => import("./image/mod.ts"),
  },
  {
    name: "tag",
    summary: "Work with the tags of a repository",
    load: () => import("./tag/mod.ts"),
  },
  {
    name: "repo",
    summary: "List and copy repositories",
    load: () => import("./repo/mod.ts"),
  },
  {
    name: "manifest",
    summary: "Work with single manifests",
    load: () => import("./manifest/mod.ts"),
  },
  {
    name: "blob",
    aliases: ["layer"],
    summary: "Work with single blobs: layers, configs and files",
    load: () => import("./blob/mod.ts"),
  },
  {
    name: "registry",
    summary: "Log in to registries and set how to reach them",
    load: () => import("./registry/mod.ts"),
  },
  {
    name: "serve",
    summary: "Serve a registry over a folder of OCI layouts",
    load: () => import("./serve/mod.ts"),
  },
  {
    name: "config",
    summary: "Show and change settings",
    load: () => import("./config/mod.ts"),
  },
  {
    name: "version",
    summary: "Show the version of this program",
    load: () => import("./version/mod.ts"),
  },
  {
    name: "ref",
    hidden: true,
    summary: "Show how a reference is understood",
    load: () => import("./ref/mod.ts"),
  },
  {
    name: "digest",
    hidden: true,
    summary: "Print the digest of standard input",
    load: () => import("./digest/mod.ts"),
  },
];
