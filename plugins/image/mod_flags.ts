/**
 * Flags of `image mod` that are steps, done in the order of the command line.
 *
 * @module
 */

/** A step with a value. */
const step = (placeholder: string, summary: string) =>
  ({ type: "string", repeated: true, complete: "none", placeholder, summary }) as const;

/** A step with a value that only older command lines have. */
const oldStep = (placeholder: string, summary: string) => ({ ...step(placeholder, summary), hidden: true }) as const;

/** A step without a value. */
const plain = (summary: string) => ({ type: "boolean", summary }) as const;

/** Times of configs and layers. */
const TIMES = {
  time: step("set=time,...", "set the times of config, history and files in layers"),
  "config-time": step("set=time,...", "set the times of config and history"),
  "layer-time": step("set=time,...", "set the times of files in layers"),
  "file-tar-time": step("filename=path,set=time,...", "set the times of files in an archive that lies in a layer"),
  "time-max": oldStep("time", "as --time set=time,after=time"),
  "config-time-max": oldStep("time", "as --config-time set=time,after=time"),
  "layer-time-max": oldStep("time", "as --layer-time set=time,after=time"),
  "file-tar-time-max": oldStep("path,time", "as --file-tar-time filename=path,set=time,after=time"),
} as const;

/** How containers run. */
const CONFIG = {
  author: step("name", "set the author; an empty value clears it"),
  "config-cmd": step("command", "set the command: a JSON list, or text for /bin/sh -c; an empty value clears it"),
  "config-entrypoint": step("command", "set the entrypoint, written as the command"),
  "config-platform": {
    ...step("os/arch", "set the platform that the config names; entries of an index keep theirs"),
    type: "platform",
    complete: "platform",
  },
  env: step("[os/arch]name=value", "set a variable of the environment; without a value it goes"),
  "expose-add": step("port", "add an exposed port"),
  "expose-rm": step("port", "remove an exposed port"),
  label: step("[os/arch]name=value", "set a label; without a value it goes"),
  user: step("[os/arch]user[:group]", "set the user; an empty value clears it"),
  "volume-add": step("path", "add a volume"),
  "volume-rm": step("path", "remove a volume"),
  workdir: step("[os/arch]path", "set the working folder; an empty value clears it"),
  "buildarg-rm": step("name=value", "remove a build argument from the history"),
  "buildarg-rm-regex": step("name=expression", "remove a build argument whose value matches from the history"),
} as const;

/** What manifests say. */
const MANIFESTS = {
  annotation: step(
    "[os/arch]key=value",
    "set an annotation on the index or image that is named, behind [*] on all manifests; without a value it goes",
  ),
  "annotation-base": step("image:tag,digest", "set the annotations that name the base"),
  "annotation-promote": plain("put annotations that all images of an index share on the index"),
  "label-to-annotation": plain("set the labels of images as annotations"),
  "data-max": {
    type: "integer",
    repeated: true,
    placeholder: "bytes",
    summary: "put content of up to so many bytes into the descriptors that name it; take larger content out",
  },
  "digest-algo": {
    type: "string",
    repeated: true,
    choices: ["sha256", "sha512"],
    summary: "name manifests, configs and layers by digests of this algorithm",
  },
  "external-urls-rm": plain(
    "take the urls off layers, whose content must be there: copy with --include-external first",
  ),
  "to-docker": plain("use Docker's media types"),
  "to-oci": plain("use OCI's media types"),
  "to-oci-referrers": plain("make attestations that Docker lists in an index referrers of their images"),
  rebase: plain("put the image on what its base is now; its annotations name the base, and say the new digest then"),
  "rebase-ref": { ...step("old,new", "put the image from one base on another"), complete: "image" },
} as const;

/** Layers and their files. */
const LAYERS = {
  "layer-add": step(
    "dir=folder",
    "add a layer: tar=file or dir=folder, then platform=os/arch and mediaType=type where wanted",
  ),
  "layer-compress": {
    type: "string",
    repeated: true,
    complete: ["gzip", "none", "zstd"],
    placeholder: "format",
    summary: "compress layers otherwise: gzip, zstd or none; with a level all of them anew: gzip:9, zstd:19",
  },
  "layer-rm-created-by": step("expression", "remove layers that a command made which matches, in Go's syntax"),
  "layer-rm-index": {
    type: "integer",
    repeated: true,
    placeholder: "number",
    summary: "remove a layer of an image by its number, from 0",
  },
  "layer-strip-file": step("path", "remove a file or folder from all layers; a layer that is empty then goes"),
  reproducible: plain("take the names of users and groups off files in layers; their numbers stay"),
} as const;

/** Flags that are steps. */
export const STEP_FLAGS = { ...MANIFESTS, ...CONFIG, ...TIMES, ...LAYERS } as const;
