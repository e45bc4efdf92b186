/**
 * Cron expressions; the one file that knows croner.
 *
 * @module
 */
import { Cron } from "croner";

/** Most of minute, hour, day of month, month and day of week. */
const MOST = [59, 23, 31, 12, 6];

/**
 * The function that gives the next time of a cron expression of five fields, or of a name such as `@daily`. Days of the month
 * and of the week are alternatives where both are given, as cron has it. An hour that the clock skips is made up for.
 *
 * @throws {Error} that says what is wrong with the expression or the time zone
 */
export function compileCron(expression: string, timeZone: string | undefined): (after: number) => number | undefined {
  const pattern = expression.startsWith("@") ? expression : spellOutSteps(expression);
  const cron = new Cron(pattern, {
    paused: true,
    mode: "5-part",
    domAndDow: false,
    ...(timeZone === undefined ? {} : { timezone: timeZone }),
  });
  return (after) => cron.nextRun(new Date(after))?.getTime();
}

/** `5/10` is short for `5-59/10`. */
function spellOutSteps(expression: string): string {
  return expression.split(/\s+/).map((field, at) =>
    field.split(",").map((item) => item.replace(/^(\d+)\/(\d+)$/, `$1-${MOST[at] ?? ""}/$2`)).join(",")
  ).join(" ");
}
