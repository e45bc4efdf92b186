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
    group: "Images and artifacts",
    summary: "Copy, inspect and delete images",
    load: () => import("./image/mod.ts"),
  },
  {
    name: "tag",
    group: "Images and artifacts",
    summary: "Work with the tags of a repository",
    load: () => import("./tag/mod.ts"),
  },
  {
    name: "artifact",
    group: "Images and artifacts",
    summary: "Store and get artifacts, and what refers to images",
    load: () => import("./artifact/mod.ts"),
  },
  {
    name: "repo",
    group: "Images and artifacts",
    summary: "List and copy repositories",
    load: () => import("./repo/mod.ts"),
  },
  {
    name: "index",
    group: "Images and artifacts",
    summary: "Make and change indexes: images of several platforms under one name",
    load: () => import("./index/mod.ts"),
  },
  {
    name: "bundle",
    group: "Images and artifacts",
    summary: "Take images to places without a network",
    load: () => import("./bundle/mod.ts"),
  },
  {
    name: "manifest",
    group: "Images and artifacts",
    summary: "Work with single manifests",
    load: () => import("./manifest/mod.ts"),
  },
  {
    name: "blob",
    group: "Images and artifacts",
    aliases: ["layer"],
    summary: "Work with single blobs: layers, configs and files",
    load: () => import("./blob/mod.ts"),
  },
  {
    name: "registry",
    group: "Registries",
    summary: "Log in to registries and set how to reach them",
    load: () => import("./registry/mod.ts"),
  },
  {
    name: "bot",
    summary: "Run Lua scripts and rules of retention over registries",
    load: () => import("./bot/mod.ts"),
  },
  {
    name: "serve",
    group: "Registries",
    summary: "Serve a registry over a folder of OCI layouts",
    load: () => import("./serve/mod.ts"),
  },
  {
    name: "sync",
    group: "Registries",
    summary: "Keep registries and layouts in step with others",
    load: () => import("./sync/mod.ts"),
  },
  {
    name: "config",
    group: "This program",
    summary: "Show and change settings",
    load: () => import("./config/mod.ts"),
  },
  {
    name: "plugin",
    group: "This program",
    aliases: ["plugins"],
    summary: "Add commands and rules of your own",
    load: () => import("./plugin/mod.ts"),
  },
  {
    name: "completion",
    group: "This program",
    summary: "Print completion scripts for shells",
    load: () => import("./completion/mod.ts"),
  },
  {
    name: "version",
    group: "This program",
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
