import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import { parseHostFlag } from "./host_flag.ts";

Deno.test("pairs with commas between them", () => {
  assert.deepEqual(parseHostFlag("reg=localhost:5000,tls=disabled"), {
    registry: "localhost:5000",
    entry: { tls: "disabled" },
  });
  assert.deepEqual(parseHostFlag("user=bob,pass=a=b==,reg=index.docker.io"), {
    registry: "docker.io",
    entry: { user: "bob", pass: "a=b==" },
  });
  assert.deepEqual(
    parseHostFlag("reg=r,mirror=a,mirror=b,repoAuth=true,token=t,hostname=h:1,pathPrefix=p,credHelper=x"),
    {
      registry: "r",
      entry: { mirrors: ["a", "b"], repoAuth: true, token: "t", hostname: "h:1", pathPrefix: "p", credHelper: "x" },
    },
  );
  assert.deepEqual(parseHostFlag("reg=r,pass="), { registry: "r", entry: { pass: "" } });
});

Deno.test("quotes hold commas, a backslash in quotes the next character", () => {
  assert.deepEqual(parseHostFlag(String.raw`reg=r,pass="a,b\"\\=c",user=u`).entry, { pass: 'a,b"\\=c', user: "u" });
  assert.deepEqual(parseHostFlag(String.raw`reg=r,pass=a\b"c`).entry, { pass: String.raw`a\b"c` });
});

Deno.test("what is not valid is told without its values", () => {
  const cases: [string, string][] = [
    ["", 'key "reg" is missing'],
    ["reg=", 'key "reg" is missing'],
    ["user=s3cr3t", 'key "reg" is missing'],
    ["r.example", "a key has no value"],
    ["reg=r,s3cr3t", "a key has no value"],
    ["reg=r,port=5", 'key "port" is not known'],
    ["reg=r,tls=s3cr3t", 'key "tls" must be enabled, insecure or disabled'],
    ["reg=r,repoAuth=yes", 'key "repoAuth" must be true or false'],
    ['reg=r,pass="s3cr3t', "a quote is not closed"],
    ['reg=r,pass="s3cr3t"x', "a comma was expected behind a quote"],
  ];
  for (const [text, what] of cases) {
    assert.throws(() => parseHostFlag(text), (error: unknown) => {
      assert.ok(error instanceof FerryError);
      assert.deepEqual([error.code, error.message], ["FLAG_INVALID", `Value of flag "--host" is not valid: ${what}`]);
      return true;
    });
  }
});
