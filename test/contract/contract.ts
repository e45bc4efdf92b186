/** One suite for everything that serves a scheme: what a place must offer to be tested, and how the cases are run. */
import assert from "node:assert/strict";
import { type ErrorCode, FerryError } from "../../src/errors.ts";
import type { Reference } from "../../src/reference/reference.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { BLOB_CASES } from "./blob_cases.ts";
import { MANIFEST_CASES } from "./manifest_cases.ts";
import { REFERRER_CASES } from "./referrer_cases.ts";
import { TAG_CASES } from "./tag_cases.ts";

/** What a place can do beyond the rest. */
export type Ability =
  | "sha512"
  | "blob-delete"
  | "blob-delete-unused-only"
  | "tag-delete"
  | "dangling-manifests"
  | "schema1";

/** A place with a transport, and repositories that nobody else uses. */
export interface Place extends AsyncDisposable {
  readonly transport: Transport;
  /** Abilities that it has. */
  readonly can: ReadonlySet<Ability>;
  /** A repository that does not exist yet. */
  fresh(): Promise<Reference>;
}

/** A rule that every transport keeps. */
export interface ContractCase {
  readonly name: string;
  /** Only where the place can do this. */
  readonly needs?: Ability;
  run(place: Place): Promise<void>;
}

/** Runs every case against places that `open` makes, one place for all of them. */
export function transportContract(
  test: { readonly name: string; readonly ignore: boolean },
  open: () => Promise<Place>,
): void {
  Deno.test({
    ...test,
    fn: async (t) => {
      await using place = await open();
      for (const { name, needs, run } of [...MANIFEST_CASES, ...BLOB_CASES, ...TAG_CASES, ...REFERRER_CASES]) {
        await t.step({
          name,
          ignore: needs !== undefined && !place.can.has(needs),
          // Connections are kept from one step to the next; the test as a whole is checked.
          sanitizeOps: false,
          sanitizeResources: false,
          fn: () => run(place),
        });
      }
    },
  });
}

/** Checks that work fails with a FerryError of one of these codes. */
export async function rejectsWith(work: Promise<unknown>, ...codes: ErrorCode[]): Promise<FerryError> {
  let error: unknown;
  try {
    await work;
  } catch (caught) {
    error = caught;
  }
  if (!(error instanceof FerryError)) {
    assert.fail(error === undefined ? `It did not fail; expected ${codes.join(" or ")}` : `Not a FerryError: ${error}`);
  }
  assert(codes.includes(error.code), `${error.code} (${error.message}), expected ${codes.join(" or ")}`);
  assert(error.message !== "" && !error.message.endsWith("."), `message "${error.message}"`);
  return error;
}
