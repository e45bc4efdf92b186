/** Names that completion offers: nouns, verbs, flags, and values that are known without asking anybody. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { plugins } from "../../plugins/mod.ts";
import type { PluginEntry } from "../../src/plugin.ts";
import { run } from "../cli/harness.ts";
import { type Completed, completed } from "./place.ts";

async function complete(...words: string[]): Promise<Completed> {
  return completed(await run(["__complete", ...words]));
}

async function values(...words: string[]): Promise<readonly string[]> {
  return (await complete(...words)).values;
}

Deno.test("nouns in the order of help, with what they are for", async () => {
  const all = await complete("");
  const shown = plugins.filter((entry) => entry.hidden !== true);
  assert.deepEqual(all.values, [...shown.map(({ name }) => name), "help"]);
  assert.deepEqual(all.descriptions.slice(0, -1), shown.map(({ summary }) => summary));
  assert.equal(all.directive, 4);
  assert.deepEqual(await values("ta"), ["tag"]);
  assert.deepEqual(await values("lay"), ["layer"]);
  assert.deepEqual(await values("-q", "--user-agent", "x", "ta"), ["tag"]);
  assert.deepEqual(await values("help", "ta"), ["tag"]);
  assert.deepEqual(await values("ref"), [], "hidden nouns are not offered");
  assert.deepEqual((await complete("nope", "")).values, []);
});

Deno.test("verbs, also of a noun that is a command itself", async () => {
  assert.deepEqual(await values("completion", ""), ["bash", "zsh", "fish", "powershell"]);
  assert.deepEqual(await values("tag", "r"), ["rm", "remove"], "other names where no name fits");
  assert.deepEqual(await values("help", "tag", "d"), ["delete"]);
  assert.deepEqual(await values("tag", "--limit", "3", "l"), ["ls"]);
  assert.deepEqual(await values("serve", "g"), ["gc"]);
  assert.deepEqual(await values("serve", "--dir", "x", "g"), ["gc"]);
  assert.deepEqual(await values("help", "tag", "ls", ""), []);
});

Deno.test("flags that may still be given", async () => {
  const { values: flags, descriptions } = await complete("tag", "ls", "--li");
  assert.deepEqual([flags, descriptions], [["--limit"], ["stop after this many tags"]]);
  const all = await values("image", "copy", "--");
  for (const flag of ["--platform", "--referrers", "--verbosity", "--help"]) assert.ok(all.includes(flag), flag);
  assert.ok(!all.includes("--platforms"), "hidden flags are not offered");
  assert.ok(!all.includes("-p"));
  assert.ok((await values("image", "copy", "-")).includes("-p"));
  assert.deepEqual(await values("image", "copy", "-p"), ["-p"]);
  assert.ok(!(await values("tag", "ls", "--limit", "3", "--")).includes("--limit"), "given already");
  assert.ok((await values("tag", "ls", "--include", "a", "--")).includes("--include"), "may be repeated");
  assert.ok((await values("tag", "--")).includes("--limit"), "flags may stand before the verb");
  assert.deepEqual(await values("--verb"), ["--verbosity"]);
  assert.deepEqual(await values("version", "--", "--verb"), [], "behind -- there are no flags");
});

Deno.test("values of flags, in every way to write them", async () => {
  assert.deepEqual(await values("registry", "set", "--tls", ""), ["enabled", "insecure", "disabled"]);
  assert.deepEqual(await values("registry", "set", "--tls=dis"), ["disabled"]);
  assert.deepEqual(await values("--progress", "p"), ["plain"]);
  assert.deepEqual(await values("-v", "t"), ["trace"]);
  assert.deepEqual(await values("-v=t"), ["trace"]);
  assert.deepEqual(await values("-vt"), ["-vtrace"], "the letter stays with a value in its word");
  assert.deepEqual(await values("-qvt"), ["-qvtrace"]);
  assert.deepEqual(await values("tag", "delete", "--ignore-missing="), ["true", "false"]);
  assert.deepEqual(await values("tag", "ls", "--format", "raw-"), ["raw-body", "raw-headers"]);
  assert.deepEqual(await values("manifest", "put", "-t", "application/vnd.oci.image.i"), [
    "application/vnd.oci.image.index.v1+json",
  ]);
  assert.deepEqual(await values("image", "copy", "-p", "loc"), ["local"]);
  assert.deepEqual(await values("image", "copy", "--platform=linux/amd64,linux/arm6"), ["linux/amd64,linux/arm64"]);
  assert.deepEqual(await values("image", "copy", "-plinux/s"), ["-plinux/s390x"]);
  assert.deepEqual(await values("tag", "ls", "--nope", "oci"), ["ocidir://"], "an unknown flag takes no word");
  assert.deepEqual(await values("tag", "ls", "--nope="), []);
});

Deno.test("files and folders are left to the shell; nothing is offered for secrets and free text", async () => {
  assert.equal((await complete("serve", "--htpasswd", "")).directive, 0);
  assert.equal((await complete("serve", "--tls-key=k")).directive, 0);
  assert.equal((await complete("serve", "--dir", "")).directive, 16);
  assert.equal((await complete("serve", "gc", "")).directive, 16);
  for (
    const words of [
      ["registry", "login", "--pass", ""],
      ["registry", "login", "-p", ""],
      ["registry", "set", "--client-key="],
      ["serve", "hash", ""],
      ["tag", "ls", "--limit", ""],
      ["version", ""],
    ]
  ) {
    assert.deepEqual(await complete(...words), { values: [], descriptions: [], directive: 4 }, words.join(" "));
  }
});

Deno.test("only the plugin of the noun is loaded, and for nouns none", async () => {
  const loaded: string[] = [];
  const watched = plugins.map((entry): PluginEntry => ({
    ...entry,
    load: () => {
      loaded.push(entry.name);
      return entry.load();
    },
  }));
  const options = { options: { plugins: watched } };
  await run(["__complete", "ta"], options);
  assert.deepEqual(loaded, []);
  await run(["__complete", "tag", "l"], options);
  assert.deepEqual(loaded, ["tag"]);
});

Deno.test("without descriptions, and under other names", async () => {
  assert.equal((await run(["__completeNoDesc", "registry", "lo"])).stdout, "login\nlogout\n:4\n");
  assert.deepEqual(completed(await run(["__complete", "tag", "l"], { argv0: "regctl" })).values, ["ls"]);
  assert.deepEqual(completed(await run(["__complete"])).directive, 4);
});

Deno.test("a program for one noun: its verbs, and what every program has", async () => {
  const names = async (...words: string[]) =>
    completed(await run(["__complete", ...words], { argv0: "regsync" })).values;
  const all = await names("");
  for (const name of ["check", "once", "server", "completion", "version"]) assert.ok(all.includes(name), name);
  assert.ok(!all.includes("image"));
  assert.deepEqual(await names("on"), ["once"]);
  assert.deepEqual(await names("once", "--abort"), ["--abort-on-error"]);
  assert.deepEqual(await names("completion", "b"), ["bash"]);
});

Deno.test("whatever is typed, completion answers and every candidate goes on from it", async () => {
  const word = fc.constantFrom(
    "tag",
    "ls",
    "image",
    "copy",
    "serve",
    "help",
    "--",
    "-",
    "-p",
    "-vp",
    "--limit",
    "--platform=",
    "--platform",
    "--tls",
    "-q",
    "=",
    "a",
    "ocidir://",
    "\u0000\n",
    "--=",
    "-=",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), fc.oneof(word, fc.string()), async (before, current) => {
      const { values } = await complete(...before, current);
      const begun = /^-[^=]*=/.test(current) && !before.includes("--")
        ? current.slice(current.indexOf("=") + 1)
        : current;
      for (const value of values) {
        assert.ok(value.startsWith(begun) || value.startsWith(current), `${value} for ${current}`);
      }
    }),
    { numRuns: 60 },
  );
});
