/** Everything odd that images are made of goes into the server by ferry, regctl and skopeo, and comes out as it was. */
import assert from "node:assert/strict";
import { corpus } from "../../scripts/corpus.ts";
import { run } from "../cli/harness.ts";
import { checkLayout } from "../support/content.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { needs, runOk } from "../support/programs.ts";

const LAYOUTS = ["refs", "misc"] as const;

/** What skopeo cannot copy, whatever the registry: an index in an index, sha512. */
const NOT_FOR_SKOPEO = ["nested", "sha512-blobs"];

/** What umoci does not look at: indexes of images, Docker's types, sha512, configs that are not an image's. */
const FOR_UMOCI = ["zstd", "uncompressed", "foreign-oci", "nolayers", "bigmanifest", "twice", "empty-layer", "chain"];

const isList = (tag: string) => /^sha256-[0-9a-f]{64}$/.test(tag);

/** A layout as it lies on disk. */
interface Held {
  /** Tags, without those that list referrers: who stores a list makes it anew. */
  readonly tags: Readonly<Record<string, string>>;
  /** Digests of everything but those lists. */
  readonly blobs: ReadonlySet<string>;
  /** Digests of referrers by the tag that lists them. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

async function held(layout: string): Promise<Held> {
  const { tags, blobs } = await checkLayout(layout);
  const lists: Record<string, string[]> = {};
  for (const [tag, digest] of tags) {
    if (!isList(tag)) continue;
    const { manifests } = JSON.parse(await Deno.readTextFile(`${layout}/blobs/${digest.replace(":", "/")}`));
    lists[tag] = manifests.map((one: { digest: string }) => one.digest).sort();
  }
  const listed = new Set([...tags].filter(([tag]) => isList(tag)).map(([, digest]) => digest));
  return {
    tags: Object.fromEntries([...tags].filter(([tag]) => !isList(tag)).sort()),
    blobs: new Set([...blobs].filter((digest) => !listed.has(digest)).sort()),
    lists: Object.fromEntries(Object.entries(lists).sort()),
  };
}

/** A layout has all that another one has: tags, blobs and lists of referrers. */
async function holdsAll(layout: string, wanted: Held): Promise<void> {
  const found = await held(layout);
  assert.deepEqual(found.tags, wanted.tags);
  assert.deepEqual(found.lists, wanted.lists);
  assert.deepEqual([...wanted.blobs].filter((digest) => !found.blobs.has(digest)), []);
}

/** Where a step works: the folder with the corpus, a folder of its own, and a server. */
interface Stage {
  readonly corpus: string;
  readonly own: string;
  readonly registry: FerryRegistry;
}

const tagsOf = ({ tags }: Held) => Object.keys(tags).filter((tag) => !tag.startsWith("sha256-"));

async function byFerry({ corpus, own, registry }: Stage): Promise<void> {
  const env = { FERRY_CONFIG: `${own}/config.json` };
  const copy = async (from: string, to: string) => {
    const args = ["image", "copy", "--referrers", "--digest-tags", from, to];
    const { code, stderr } = await run(["--host", `reg=${registry.host},tls=disabled`, ...args], { env });
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  };
  await thereAndBack({ corpus, own, registry }, copy);
}

async function byRegctl({ corpus, own, registry }: Stage): Promise<void> {
  const env = { REGCTL_CONFIG: `${own}/regctl.json` };
  await runOk("regctl", ["registry", "set", "--tls", "disabled", "--skip-check", registry.host], { env });
  await thereAndBack({ corpus, own, registry }, async (from, to) => {
    await runOk("regctl", ["image", "copy", "--referrers", "--digest-tags", from, to], { env });
  });
}

/** Copies every tag into the server and out again; both have everything then. */
async function thereAndBack(
  { corpus, own, registry }: Stage,
  copy: (from: string, to: string) => Promise<void>,
): Promise<void> {
  for (const name of LAYOUTS) {
    const wanted = await held(`${corpus}/${name}`);
    for (const tag of tagsOf(wanted)) {
      await copy(`ocidir://${corpus}/${name}:${tag}`, `${registry.host}/in/${name}:${tag}`);
      await copy(`${registry.host}/in/${name}:${tag}`, `ocidir://${own}/back/${name}:${tag}`);
    }
    await holdsAll(`${registry.dir}/in/${name}`, wanted);
    await holdsAll(`${own}/back/${name}`, wanted);
  }
}

async function bySkopeo({ corpus, registry }: Stage): Promise<void> {
  const skopeo = (...args: string[]) => runOk("skopeo", ["--insecure-policy", ...args]);
  const plain = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  for (const name of LAYOUTS) {
    // A layout that lies in the folder is a repository.
    await Deno.rename(`${corpus}/${name}`, `${registry.dir}/${name}`);
    const wanted = await held(`${registry.dir}/${name}`);
    const tags = tagsOf(wanted).filter((tag) => !NOT_FOR_SKOPEO.includes(tag));
    for (const tag of tags) {
      const [from, to] = [name, `out/${name}`].map((one) => `docker://${registry.host}/${one}:${tag}`);
      await skopeo("copy", "-q", "--all", "--preserve-digests", ...plain, from!, to!);
    }
    const copied = await held(`${registry.dir}/out/${name}`);
    assert.deepEqual(copied.tags, Object.fromEntries(tags.map((tag) => [tag, wanted.tags[tag]])));
    // It reads no Docker types from a layout, whoever wrote it.
    for (const tag of tags.filter((one) => !one.includes("docker"))) {
      const raw = await skopeo("inspect", "--raw", `oci:${registry.dir}/out/${name}:${tag}`);
      assert.equal(raw, await skopeo("inspect", "--raw", `oci:${registry.dir}/${name}:${tag}`), tag);
    }
  }
}

async function umociReads({ corpus, own, registry }: Stage): Promise<void> {
  const env = { FERRY_CONFIG: `${own}/config.json` };
  for (const tag of FOR_UMOCI) {
    const target = `${registry.host}/in/misc:${tag}`;
    const args = ["--host", `reg=${registry.host},tls=disabled`, "image", "copy", `ocidir://${corpus}/misc:${tag}`];
    assert.equal((await run([...args, target], { env })).code, 0, tag);
    const image = (layout: string) => runOk("umoci", ["stat", "--json", "--image", `${layout}:${tag}`]);
    assert.equal(await image(`${registry.dir}/in/misc`), await image(`${corpus}/misc`), tag);
  }
  const listed = await runOk("umoci", ["ls", "--layout", `${registry.dir}/in/misc`]);
  assert.deepEqual(listed.trim().split("\n").sort(), FOR_UMOCI.toSorted());
}

Deno.test("serve: the corpus goes in and comes out with the same digests", async (t) => {
  const dir = await Deno.makeTempDir({ prefix: "ferry-corpus-" });
  const step = (named: { readonly name: string; readonly ignore: boolean }, work: (stage: Stage) => Promise<void>) =>
    t.step({
      ...named,
      fn: async () => {
        await using registry = await FerryRegistry.start();
        await work({ corpus: dir, own: await Deno.makeTempDir({ dir, prefix: "own-" }), registry });
      },
    });
  try {
    for (const name of LAYOUTS) await corpus(dir, name);
    await step({ name: "by ferry", ignore: false }, byFerry);
    await step(needs("by regctl", "regctl"), byRegctl);
    await step(needs("umoci reads what is stored", "umoci"), umociReads);
    // Last, since it takes the corpus away.
    await step(needs("skopeo copies from repository to repository, and reads what is stored", "skopeo"), bySkopeo);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
