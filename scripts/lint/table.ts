/**
 * Who may import whom: the table that the lint rule `ferry/imports` holds the code to. Imports only go down.
 *
 * @module
 */

/** What the files of one place may import. A place is a folder (ending in `/`) or a file, from the root of the project. */
export interface Row {
  /** The files that the row is about; the longest place that fits a file is its row. */
  readonly place: string;
  /** Places that may be imported. */
  readonly values: readonly string[];
  /** Places that only types may be imported from. */
  readonly types?: readonly string[];
}

/** The table. A folder's own files are always allowed. */
export const IMPORTS: readonly Row[] = [
  { place: "src/errors.ts", values: [] },
  { place: "src/version.ts", values: [] },
  { place: "src/oci/", values: ["src/errors.ts"] },
  { place: "src/reference/", values: ["src/oci/", "src/errors.ts"] },
  { place: "src/auth/", values: ["src/reference/", "src/oci/", "src/errors.ts"], types: ["src/config/"] },
  { place: "src/config/", values: ["src/errors.ts", "src/oci/", "src/reference/", "src/auth/"] },
  {
    place: "src/http/",
    values: [
      "src/auth/",
      "src/config/",
      "src/errors.ts",
      "src/reference/",
      "src/oci/digest.ts",
      "src/oci/join_bytes.ts",
      "src/version.ts",
    ],
  },
  {
    place: "src/transport/",
    values: ["src/http/", "src/file/", "src/reference/", "src/oci/", "src/errors.ts"],
    types: ["src/config/"],
  },
  { place: "src/copy/", values: ["src/transport/transport.ts", "src/reference/", "src/oci/", "src/errors.ts"] },
  {
    place: "src/plugin.ts",
    values: [],
    types: [
      "src/transport/",
      "src/copy/",
      "src/config/",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
      "src/plugin_parts.ts",
      "src/user_plugin/",
    ],
  },
  {
    place: "src/plugin_parts.ts",
    values: [],
    types: [
      "src/plugin.ts",
      "src/transport/transport.ts",
      "src/reference/",
      "src/oci/",
      "src/lua/types.ts",
      "src/output/template/value.ts",
    ],
  },
  // Plugins that do not come with the program: finding, checking, loading and keeping them.
  {
    place: "src/user_plugin/",
    values: [
      "src/plugin_parts.ts",
      "src/config/",
      "src/cli/nearest.ts",
      "src/file/",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
      "src/version.ts",
    ],
    types: ["src/plugin.ts", "src/transport/transport.ts", "src/output/template/value.ts"],
  },
  // Archives and their compression: tar, gzip, zstd.
  { place: "src/archive/", values: ["src/oci/join_bytes.ts", "src/errors.ts"] },
  { place: "src/diff/", values: ["src/errors.ts"] },
  { place: "src/file/", values: ["src/errors.ts"] },
  // What is in layers.
  {
    place: "src/layer/",
    values: ["src/archive/", "src/file/", "src/transport/transport.ts", "src/reference/", "src/oci/", "src/errors.ts"],
  },
  // Layouts and docker-save archives as tar files.
  {
    place: "src/layout_archive/",
    values: [
      "src/archive/",
      "src/layer/",
      "src/file/",
      "src/config/local_platform.ts",
      "src/transport/transport.ts",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
    ],
  },
  // Many images in one archive.
  {
    place: "src/bundle/",
    values: [
      "src/archive/",
      "src/layout_archive/",
      "src/copy/platforms.ts",
      "src/copy/pool.ts",
      "src/file/",
      "src/transport/transport.ts",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
    ],
    types: ["src/copy/event.ts"],
  },
  // Whether images are whole.
  {
    place: "src/verify/",
    values: [
      "src/layer/",
      "src/file/hash_threads.ts",
      "src/copy/pool.ts",
      "src/transport/transport.ts",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
    ],
  },
  // Changing images.
  {
    place: "src/rewrite/",
    values: [
      "src/archive/",
      "src/layer/",
      "src/copy/",
      "src/file/",
      "src/filter/regexp.ts",
      "src/transport/blob_source.ts",
      "src/transport/transport.ts",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
    ],
    types: ["src/plugin.ts"],
  },
  { place: "src/filter/", values: ["src/errors.ts"] },
  // The machine that runs scripts knows nothing of registries.
  { place: "src/lua/", values: [] },
  {
    place: "src/schedule/",
    values: ["src/config/duration.ts", "src/oci/digest.ts", "src/errors.ts"],
    types: ["src/plugin.ts"],
  },
  // Files that people write, and what several nouns' files have in common.
  {
    place: "src/yaml/",
    values: [
      "src/output/template/",
      "src/schedule/",
      "src/filter/",
      "src/config/duration.ts",
      "src/cli/nearest.ts",
      "src/oci/",
      "src/errors.ts",
    ],
    types: ["src/plugin.ts"],
  },
  // The registry that ferry is itself: HTTP over the layouts of the layout transport.
  {
    place: "src/serve/",
    values: [
      "src/transport/layout/",
      "src/transport/transport.ts",
      "src/reference/",
      "src/oci/",
      "src/filter/",
      "src/errors.ts",
    ],
  },
  {
    place: "src/output/",
    values: ["src/oci/", "src/cli/nearest.ts", "src/errors.ts"],
    types: ["src/plugin.ts", "src/archive/", "src/copy/event.ts", "src/reference/"],
  },
  // What several nouns share: finding, showing and deleting what a reference means.
  {
    place: "src/image/",
    values: [
      "src/transport/transport.ts",
      "src/config/local_platform.ts",
      "src/diff/",
      "src/file/",
      "src/layer/",
      "src/output/",
      "src/reference/",
      "src/oci/",
      "src/errors.ts",
    ],
    types: ["src/plugin.ts"],
  },
  {
    place: "src/cli/",
    values: [
      "src/plugin.ts",
      "src/output/",
      "src/reference/",
      "src/oci/",
      "src/config/duration.ts",
      "src/errors.ts",
      "src/version.ts",
    ],
    types: ["src/config/", "src/copy/event.ts", "src/transport/transport.ts", "src/user_plugin/"],
  },
  // The one place that puts the services together.
  { place: "src/cli/services.ts", values: ["src/"] },
  { place: "src/mod.ts", values: ["src/"] },
  { place: "plugins/mod.ts", values: ["src/mod.ts", "plugins/"] },
  { place: "plugins/", values: ["src/mod.ts"] },
  { place: "main.ts", values: ["src/", "plugins/"] },
  { place: "mod.ts", values: ["src/", "main.ts"] },
];

/** The files of the kernel that know an npm package, by package. A package with no row is not for `src/`. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  bcryptjs: ["src/serve/access/bcrypt.ts"],
  croner: ["src/schedule/cron.ts"],
  yaml: ["src/yaml/parse.ts"],
  re2js: ["src/filter/regexp.ts"],
  sucrase: ["src/user_plugin/strip.ts"],
  wasmoon: ["src/lua/wasm_bytes.ts"],
};

/** What the rules hold for. */
export const GOVERNED: readonly string[] = ["mod.ts", "main.ts", "src/", "plugins/"];

/** Places that may write to the process's streams. */
export const STREAM_WRITERS: readonly string[] = ["src/output/", "src/cli/process.ts", "main.ts"];

/** Places that may read the process (arguments, environment) and end it. */
export const PROCESS_USERS: readonly string[] = [
  "src/output/",
  "src/cli/",
  "src/config/",
  "src/auth/",
  "src/http/",
  "main.ts",
];

/** Places without input or output of any kind. */
export const PURE_PLACES: readonly string[] = ["src/errors.ts", "src/oci/", "src/reference/"];

/** Built-in modules that pure places may use. */
export const PURE_BUILTINS: readonly string[] = ["node:crypto", "node:buffer"];

/** Places that get what they fetch with passed in. */
export const FETCHLESS_PLACES: readonly string[] = [
  ...PURE_PLACES,
  "src/auth/",
  "src/copy/",
  "src/output/",
  "plugins/",
];

/** Lines that no file may pass. */
export const MAX_LINES = 400;

/** True when `path` is `place` or lies in it. */
export function isIn(path: string, place: string): boolean {
  return place.endsWith("/") ? path.startsWith(place) : path === place;
}

/** True when `path` lies in one of `places`. */
export function isInAny(path: string, places: readonly string[]): boolean {
  return places.some((place) => isIn(path, place));
}

/** The row of a file: the longest place that it lies in. */
export function rowOf(path: string): Row | undefined {
  return IMPORTS.filter((row) => isIn(path, row.place)).sort((a, b) => b.place.length - a.place.length)[0];
}

/** True for tests and what serves them: they may import anything. */
export function isTest(path: string): boolean {
  return path.endsWith("_test.ts") || path.startsWith("test/");
}

/** The folder that holds a plugin's own files (`plugins/tag/`), or the folder of a row, or nothing for a single file. */
export function ownFolder(path: string): string | undefined {
  const plugin = /^plugins\/[^/]+\//.exec(path);
  if (plugin !== null) return plugin[0];
  const place = rowOf(path)?.place;
  return place !== undefined && place.endsWith("/") && place !== "plugins/" ? place : undefined;
}
