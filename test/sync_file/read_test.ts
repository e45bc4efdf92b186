import assert from "node:assert/strict";
import { problemText } from "../../src/yaml/problem.ts";
import { FerryError } from "../../src/errors.ts";
import { formatSyncFile, parseSyncFile, readSyncFile } from "../../plugins/sync/file/mod.ts";
import { parse, testContext, vectors } from "./support.ts";

/** Mistakes of a file, one a line; without the hint where there is one mistake only. */
async function mistakes(text: string, strict = false): Promise<string> {
  try {
    await parse(text, { strict });
  } catch (error) {
    assert.ok(error instanceof FerryError && error.code === "CONFIG_INVALID", String(error));
    return error.message.replace(/^File "f.yml" has \d+ mistakes:\n {2}/, "").replaceAll("\n  ", "\n")
      .replaceAll("f.yml:", "");
  }
  return "";
}

/** A file of one step. */
function step(rest: string, type = "repository"): string {
  return `sync:\n- {source: alpine, target: "localhost:5000/alpine", type: ${type}, ${rest}}\n`;
}

Deno.test("files that people wrote for regsync have no mistakes", async (t) => {
  const warned: Record<string, readonly string[]> = {
    "policy.yml": [
      "6:11: creds[1].pass: Template gives nothing (check the environment variable or the file that it reads)",
      '22:1: tags: Key "tags" is not known (names that begin with "x-" are free for your own use)',
    ],
    "readme.yml": [
      '6:5: creds[0].scheme: Key "scheme" is deprecated (use tls: disabled for plain HTTP)',
      "9:11: creds[1].pass: Template gives nothing (check the environment variable or the file that it reads)",
    ],
    "talk_demo.yml": [
      "4:11: creds[0].pass: Template gives nothing (check the environment variable or the file that it reads)",
    ],
  };
  for (const { name, text } of await vectors()) {
    await t.step(name, async () => {
      const file = await parseSyncFile(testContext(), text, name);
      assert.ok(file.steps.length >= 2 || name === "talk_demo.yml");
      assert.deepEqual(
        file.warnings.map((problem) => problemText(name, problem).slice(name.length + 1)),
        warned[name] ?? [],
      );
    });
  }
});

Deno.test("defaults are worked into steps as regsync does it", async () => {
  const { steps, run, creds } = await parse(`
creds:
- {registry: docker.io, user: '{{env "HUB_USER"}}', pass: '{{env "HUB_PASS"}}', credExpire: 1h}
defaults:
  interval: 60m
  backup: old-{{.Ref.Tag}}
  parallel: 3
  rateLimit: {min: 50}
  fastCopy: true
  referrers: true
  referrerFilters: [{artifactType: x}]
  mediaTypes: [a/b]
  hooks: {pre: {params: [one]}, post: {params: [two]}}
  prune: {keep: [k], max: 9}
  retries: {count: 2, delay: 5s}
  skipDockerConfig: true
  cacheTime: 5m
sync:
- {source: a, target: b, type: image}
- name: second
  source: a
  targets: [b, "localhost:5000/b"]
  type: repository
  schedule: "@hourly"
  backup: ""
  ratelimit: {retry: 1m}
  fastCheck: false
  referrerFilters: []
  mediaTypes: []
  hooks: {post: {type: exec, params: [three, x], timeout: 3s}}
  prune: true
  retries: 7
  tags: {}
  tagSets: [{allow: [x]}]
`);
  assert.deepEqual(run, { parallel: 3, skipDockerConfig: true, cacheTime: 300_000 });
  assert.deepEqual(creds, [
    { registry: "docker.io", user: "someone", pass: "hunter2-secret", credExpire: 3_600_000 * 1e6 },
  ]);
  const [first, second] = steps;
  assert.deepEqual(first, {
    index: 0,
    line: 19,
    name: "a",
    source: "a",
    targets: [{ target: "b" }],
    type: "image",
    tagSets: [],
    repos: { allow: [], deny: [] },
    rename: {},
    platforms: [],
    sparse: true,
    mediaTypes: ["a/b"],
    fastCheck: true,
    forceRecursive: false,
    digestTags: false,
    referrers: true,
    referrerFilters: [{ artifactType: "x", annotations: {} }],
    referrerSlow: false,
    includeExternal: false,
    backup: "old-{{.Ref.Tag}}",
    interval: 3_600_000,
    ratelimit: { min: 50, retry: 300_000 },
    hooks: { pre: { type: "exec", params: ["one"] }, post: { type: "exec", params: ["two"] } },
    prune: { enabled: false, match: [], keep: ["k"], max: 9 },
    retries: { count: 2, delay: 5000 },
  });
  assert.ok(second !== undefined);
  assert.deepEqual([second.schedule, second.interval], ["@hourly", undefined]);
  assert.deepEqual(second.targets, [{ target: "b" }, { target: "localhost:5000/b" }]);
  assert.deepEqual(second.ratelimit, { min: 50, retry: 60_000 });
  assert.deepEqual([second.fastCheck, second.referrerFilters, second.mediaTypes], [false, [], ["a/b"]]);
  assert.equal(second.backup, "old-{{.Ref.Tag}}");
  assert.deepEqual(second.hooks, {
    pre: { type: "exec", params: ["one"] },
    post: { type: "exec", params: ["three", "x"], timeout: 3000 },
  });
  assert.deepEqual(second.prune, { enabled: true, match: [], keep: ["k"], max: 9 });
  assert.deepEqual(second.retries, { count: 7, delay: 5000 });
  assert.deepEqual(second.tagSets, [{ allow: ["x"] }]);
});

Deno.test("templates are expanded in regsync's order, with .Sync", async () => {
  const { steps } = await parse(`
sync:
- source: 'ghcr.io/{{ lower "ORG" }}/app'
  referrerSource: '{{ .Sync.Source }}-extra'
  targets: ['localhost:5000/{{ .Sync.Type }}', 'localhost:5001/{{ join .Sync.Platforms "-" }}/{{ time.Now.Year }}']
  referrerTarget: '{{ .Sync.Target }}-extra'
  type: repository
  platforms: [linux, arm64]
  interval: 90s
- source: 'alpine:{{ .Sync.Interval }}'
  target: 'b:{{ env "HUB_USER" }}'
  type: image
  interval: 90s
`);
  assert.equal(steps[0]?.source, "ghcr.io/org/app");
  assert.equal(steps[0]?.referrerSource, "ghcr.io/org/app-extra");
  assert.deepEqual(steps[0]?.targets, [
    { target: "localhost:5000/repository", referrerTarget: "localhost:5000/repository-extra" },
    { target: "localhost:5001/linux-arm64/2026", referrerTarget: "localhost:5001/linux-arm64/2026-extra" },
  ]);
  assert.equal(steps[1]?.source, "alpine:1m30s");
  assert.deepEqual(steps[1]?.targets, [{ target: "b:someone" }]);
});

Deno.test("broken files tell every mistake and where it is", async () => {
  const cases: [text: string, expected: string][] = [
    ["version: 2", "1:10: version: Version 2 of sync files is not known"],
    [
      "sync: [{}]",
      '1:8: sync[0]: Key "target" or "targets" is missing\n1:8: sync[0]: Key "source" is missing\n1:8: sync[0]: Key "type" is missing',
    ],
    [step("name: ''"), '2:77: sync[0].name: Name "" is not valid'],
    [step("x-y: 1", "repo"), '2:59: sync[0].type: This must be one of registry, repository, image, not "repo"'],
    [
      step("targets: ['localhost:5000/alpine']"),
      '2:81: sync[0].targets[0]: Target "localhost:5000/alpine" is there twice',
    ],
    [step("targets: []"), "2:80: sync[0].targets: At least 1 must be given"],
    [
      step("tags: {allow: ['a**']}"),
      '2:86: sync[0].tags.allow[0]: Regular expression "a**" is not valid: error parsing regexp: invalid nested repetition operator: `**`',
    ],
    [step("tags: {latest: 0}"), '2:86: sync[0].tags.latest: This must be a whole number from 1, not "0"'],
    [
      step("platform: linux/x/y/z"),
      '2:81: sync[0].platform: Platform "linux/x/y/z" is not valid: it has more than three parts',
    ],
    [step("hooks: {pre: {type: exec}}"), '2:84: sync[0].hooks.pre: Key "params" is missing'],
    [
      step("rename: {tag: [{match: '(a)', replace: '$2'}]}"),
      '2:110: sync[0].rename.tag[0].replace: Regular expression "(a)" is not valid: it has no group "2"',
    ],
    [step("backup: '{{'"), "2:79: sync[0].backup: template: out:1: unclosed action"],
    [step("prune: 3"), "2:78: sync[0].prune: This must be a mapping or true or false, not a single value"],
    [
      'sync:\n- {source: "alpine:3", target: "b", type: repository}\n- {source: a.b, target: "c_:1", type: registry}\n',
      '2:12: sync[0].source: Repository "alpine:3" is not valid: it has a tag or digest\n' +
      '3:25: sync[1].target: Reference "c_:1/repository" is not valid: "c_:1" is no registry',
    ],
  ];
  for (const [text, expected] of cases) {
    assert.equal((await mistakes(text)).replaceAll(/ \([^\n]*\)$/gm, ""), expected, text);
  }
});

Deno.test("templates that fail, and references that they do not make, are told together", async () => {
  const told = (await mistakes(
    'sync: [{source: "{{.Sync.No}}", target: "A", type: image, name: x}, {source: a, target: b, type: image, name: x}]',
  )).split("\n");
  assert.equal(told.length, 3);
  assert.match(told[0]!, /^1:17: sync\[0\].source: .*can't evaluate field No/);
  assert.match(told[1]!, /^1:41: sync\[0\].target: Reference "A" is not valid/);
  assert.match(told[2]!, /^1:111: sync\[1\].name: Name "x" is that of sync\[0\] already/);
});

Deno.test("what has no effect is a warning, and an error when strict", async () => {
  const text = `sync:
- {source: a, target: b, type: image, tags: {allow: [x]}, platform: linux/arm64, platforms: [linux/amd64]}
- {source: a, target: b, type: repository, repos: {deny: [x]}, prune: {max: 2}, tags: {allow: [a|b]}, plattform: x}
`;
  const { warnings } = await parse(text);
  assert.deepEqual(warnings.map(({ line, message, path }) => `${line} ${path}: ${message}`), [
    '2 sync[0].tags: Key "tags" has no effect with type image',
    '2 sync[0].platforms: Key "platforms" has no effect beside "platform"',
    '3 sync[1].repos: Key "repos" has no effect with type repository',
    "3 sync[1].prune: Nothing is pruned",
    '3 sync[1].tags.allow[0]: Expression "a|b" is matched as a whole, as "^(a|b)$"',
    '3 sync[1].plattform: Key "plattform" is not known',
  ]);
  assert.equal(await mistakes(text, true), '3:103: sync[1].plattform: Key "plattform" is not known');
  assert.deepEqual((await parse("")).warnings.map(({ message }) => message), ["File has no steps"]);
});

Deno.test("no message and no output shows a secret", async () => {
  const secrets = ["hunter2-secret", "t0p-token", "k3y-text"];
  const creds =
    `creds: [{registry: a.b, user: u, pass: '{{env "HUB_PASS"}}', token: t0p-token, clientKey: k3y-text}]\n`;
  const file = await parse(creds);
  const shown = await formatSyncFile(file);
  for (const secret of secrets) assert.ok(!shown.includes(secret), shown);
  assert.equal(shown.match(/\*\*\*/g)?.length, 3);
  const open = await formatSyncFile(file, { showSecrets: true });
  for (const secret of secrets) assert.ok(open.includes(secret), secret);
  for (
    const broken of [
      `creds: [{registry: a.b, pass: '{{env "HUB_PASS" | time.Parse "x"}}'}]`,
      `creds: [{registry: a.b, pass: 't0p-token{{k3y-text'}]`,
      `creds: [{registry: a.b, token: '{{t0p-token}}'}]`,
      `creds: [{registry: a.b, clientKey: [k3y-text]}]`,
      `creds:\n- registry: a.b\n  pass: *t0p-token`,
      `creds:\n- registry: a.b\n  pass: %k3y-text\n`,
      `creds:\n- registry: a.b\n  token: "t0p-token\n`,
    ]
  ) {
    const told = await mistakes(broken);
    assert.notEqual(told, "", broken);
    for (const secret of secrets) assert.ok(!told.includes(secret), told);
  }
});

Deno.test("a file is read from disk, from standard input, and what is none is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/sync.yml`;
    await Deno.writeTextFile(path, step("name: disk"));
    const stdin = () => new Blob([step("name: stdin")]).stream();
    const read = (from: string) =>
      readSyncFile({
        ...testContext(),
        get stdin() {
          return stdin();
        },
      }, from);
    assert.equal((await read(path)).steps[0]?.name, "disk");
    const { path: name, steps } = await read("-");
    assert.deepEqual([name, steps[0]?.name], ["-", "stdin"]);
    await assert.rejects(read(`${folder}/gone.yml`), { code: "NOT_FOUND", message: /gone.yml/ });
    await assert.rejects(read(folder), { code: "IO" });
    await Deno.writeFile(path, new Uint8Array([0x66, 0xff, 0xfe]));
    await assert.rejects(read(path), { code: "CONFIG_INVALID", message: /not UTF-8/ });
    await Deno.writeTextFile(path, "sync: {");
    await assert.rejects(read(path), (error: FerryError) => error.message.startsWith(`${path}:1:`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
