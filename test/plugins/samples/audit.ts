import { definePlugin, FerryError, formatReference, type Reference } from "ferry/plugin";

const name = (reference: Reference | undefined) => reference === undefined ? "" : formatReference(reference);
const isClosed = (reference: Reference | undefined) => /closed/.test(name(reference));

export default definePlugin({
  name: "audit",
  summary: "Tell of every change, and refuse those of what is closed",
  api: 1,
  commands: {},
  writeHook: {
    before({ descriptor, kind, manifest, source, target }, context) {
      const stored = manifest?.kind ?? (descriptor === undefined ? "" : "blob");
      context.log.warn("before", { kind, target: name(target), source: name(source), stored });
      if (isClosed(target) || (kind === "export" && isClosed(source))) {
        throw new FerryError("POLICY", `${kind} is refused here`);
      }
      return Promise.resolve(target?.tag === "skipped" ? { skip: "nobody wants it" } : undefined);
    },
    after({ kind, target }, { changed, descriptor }, context) {
      context.log.warn("after", { kind, target: name(target), changed, digest: descriptor?.digest.slice(0, 13) ?? "" });
      return Promise.resolve();
    },
  },
});
