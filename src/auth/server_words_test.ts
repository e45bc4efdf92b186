import assert from "node:assert/strict";
import { cleanWords } from "./server_words.ts";

Deno.test("the forms in which servers say why", () => {
  assert.equal(
    cleanWords('{"errors":[{"code":"DENIED","message":"no access"},{"code":"X"},{}]}'),
    "DENIED: no access; X",
  );
  assert.equal(cleanWords('{"error":"invalid_grant","error_description":"expired"}'), "invalid_grant: expired");
  assert.equal(cleanWords('{"details":"incorrect username or password"}'), "incorrect username or password");
  assert.equal(cleanWords('"plain"'), "plain");
  assert.equal(cleanWords("  access\n\x1b[31m denied "), "access [31m denied");
  for (const nothing of ["<html>no</html>", "", "{}", "null", "[]", "7"]) assert.equal(cleanWords(nothing), "");
  assert.equal(cleanWords("x".repeat(1000)).length, 303);
});

Deno.test("secrets that a server repeats are cut out, in every form they were sent in", () => {
  const credential = { kind: "basic", username: "bob", password: "p&ss word" } as const;
  const basic = btoa("bob:p&ss word");
  assert.equal(
    cleanWords(`bob p&ss word ${encodeURIComponent("p&ss word")} ${basic} refresh-1`, credential, "refresh-1"),
    "bob *** *** *** ***",
  );
  assert.equal(cleanWords("bad token abcdef", { kind: "identity", token: "abcdef" }), "bad token ***");
  assert.equal(cleanWords("an apple a day", { kind: "identity", token: "a" }), "an apple a day");
});
