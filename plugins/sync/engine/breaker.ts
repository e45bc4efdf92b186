/**
 * Keeps from asking again and again where every answer is a refusal.
 *
 * @module
 */
import { FerryError, formatRepository, isFerryError, type Reference } from "../../../src/mod.ts";
import { registryOf } from "./blame.ts";

/** Refusals of one repository without an answer between them after which it is left alone. */
const REPOSITORY_MOST = 2;
/** Failures of a registry as a whole, or repositories of it that are left alone, after which all of it is. */
const REGISTRY_MOST = 3;

interface Place {
  failures: number;
  last: FerryError | undefined;
}

/** What was refused in a pass. A success makes up for all that came before it. */
export class Breaker {
  readonly #places = new Map<string, Place>();

  /** Notes an answer of a place. */
  worked(reference: Reference): void {
    this.#places.delete(formatRepository(reference));
    this.#places.delete(registryOf(reference));
  }

  /** Notes a failure. Only refusals and registries that cannot be reached count. */
  failed(reference: Reference, error: FerryError): void {
    if (reference.scheme !== "reg") return;
    if (isFerryError(error, "CREDENTIAL_HELPER_FAILED")) return this.#note(registryOf(reference), error, REGISTRY_MOST);
    if (isFerryError(error, "UNAUTHORIZED", "DENIED")) {
      const name = formatRepository(reference);
      this.#note(name, error);
      if (this.#places.get(name)!.failures === REPOSITORY_MOST) this.#note(registryOf(reference), error);
    }
    if (isFerryError(error, "DNS", "CONNECT", "TLS", "TIMEOUT")) this.#note(registryOf(reference), error);
  }

  /** Why a place is left alone; undefined where it is not. */
  open(reference: Reference): FerryError | undefined {
    const registry = this.#places.get(registryOf(reference));
    if (registry !== undefined && registry.failures >= REGISTRY_MOST) {
      return notTried(`registry ${registryOf(reference)}`, registry.last!);
    }
    const name = formatRepository(reference);
    const repository = this.#places.get(name);
    if (repository === undefined || repository.failures < REPOSITORY_MOST) return undefined;
    return notTried(`repository ${name}`, repository.last!);
  }

  #note(name: string, error: FerryError, count = 1): void {
    const place = this.#places.get(name) ?? { failures: 0, last: undefined };
    place.failures += count;
    place.last = error;
    this.#places.set(name, place);
  }
}

function notTried(what: string, error: FerryError): FerryError {
  return new FerryError(error.code, `Not tried, ${what} refused before: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
