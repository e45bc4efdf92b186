import {
  type CommandResult,
  type Context,
  defineCommand,
  definePlugin,
  FerryError,
  isFerryError,
  type Reference,
} from "ferry/plugin";

interface Input {
  readonly args: { readonly image: Reference };
}

type Work = (context: Context, image: Reference) => Promise<CommandResult | void>;

/** A command on an image that does what `work` does. */
function command(summary: string, work: Work) {
  return defineCommand(
    { summary, args: [{ name: "image", type: "reference", required: true, summary: "image" }] },
    () => Promise.resolve({ default: (context: Context, input: Input) => work(context, input.args.image) }),
  );
}

export default definePlugin({
  name: "confined",
  summary: "Tries what it may and what it may not",
  api: 1,
  commands: {
    read: command("Read an image", async (context, image) => {
      const transport = await context.transport(image);
      const { tags } = await transport.listTags(image);
      const manifest = await transport.getManifest(image);
      const descriptor = manifest.manifests[0] ?? manifest.layers[0]!;
      const child = await transport.getManifest({ ...image, tag: "", digest: descriptor.digest });
      let bytes = 0;
      for (const layer of child.layers) {
        for await (const piece of (await transport.blobSource(image, layer).open(1)).body) bytes += piece.byteLength;
      }
      context.log.warn("Image was read", { bytes });
      return { data: () => ({ tags, bytes }), text: () => `${tags.join(" ")}: ${bytes}\n` };
    }),
    missing: command("Look for a tag that is not there", async (context, image) => {
      try {
        await (await context.transport(image)).getManifest({ ...image, tag: "nothing" });
        return {};
      } catch (error) {
        if (isFerryError(error, "MANIFEST_UNKNOWN")) return { text: () => "known as missing\n", exit: 3 };
        throw error;
      }
    }),
    elsewhere: command("Read what nobody named", async (context, image) => {
      const elsewhere = { ...image, scheme: "reg", registry: "registry.example.org", repository: "secret", path: "" };
      await (await context.transport(elsewhere)).headManifest(elsewhere);
    }),
    beside: command("Read another layout", async (context, image) => {
      const beside = { ...image, path: `${image.path}/../layout` };
      await (await context.transport(beside)).headManifest(beside);
    }),
    reject: command("Fail later, in a promise", () =>
      new Promise(() => {
        Promise.reject(new Error("out of nothing"));
      })),
    delete: command("Delete a tag", async (context, image) => {
      await (await context.transport(image)).deleteTag(image);
    }),
    file: command("Read a file", async () => {
      await Deno.readTextFile("/etc/hostname");
    }),
    write: command("Write a file", async () => {
      await Deno.writeTextFile("/tmp/from-a-confined-plugin", "");
    }),
    net: command("Call a host", async () => {
      await fetch("http://127.0.0.1:9/");
    }),
    run: command("Run a program", async () => {
      await new Deno.Command("/bin/sh").output();
    }),
    env: command(
      "Read a variable",
      (context) => Promise.resolve({ text: () => `${context.env("FERRY_TEST_GRANTED")}\n` }),
    ),
    home: command("Read another variable", (context) => Promise.resolve({ text: () => `${context.env("HOME")}\n` })),
    config: command("Read credentials", async (context) => {
      await context.config();
    }),
    nested: command("Start a worker with rights", () => {
      new Worker("data:text/javascript,", { type: "module", deno: { permissions: "inherit" } });
      const options = { type: "module", deno: { permissions: { read: true } } } as const;
      new Worker("data:text/javascript,", options);
      return Promise.resolve();
    }),
    exit: command("End the program", () => Deno.exit(0)),
    loop: command("Never end", () => {
      for (;;);
    }),
    crash: command("Fail later", () =>
      new Promise(() => {
        setTimeout(() => {
          throw new Error("out of nowhere");
        });
      })),
  },
  copyHook: {
    async before({ source, sourceTransport, target }) {
      const { kind } = await sourceTransport.getManifest(source);
      if (target.tag === "skipped") return { skip: `this ${kind} is not wanted` };
      if (target.tag === "prod") throw new FerryError("POLICY", "Not for production");
      return undefined;
    },
  },
});
