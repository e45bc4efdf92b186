/**
 * time.Time with its methods (Go, package time).
 *
 * @module
 */
import { type Civil, civil, dayNumber } from "./calendar.ts";
import { formatTime, type TimeParts } from "./time_layout.ts";
import { parseTime } from "./time_parse.ts";
import { fixedZone, LOCAL, sameZone, UTC, type Zone } from "./time_zone.ts";
import { goString, timeMethod } from "./time_methods.ts";
import { type GoFunction, GoValue } from "./value.ts";

const NANOSECONDS = 1_000_000_000n;
const STRING_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST";
const RFC_3339_NANO = "2006-01-02T15:04:05.999999999Z07:00";

/** A moment, to the nanosecond, in a zone. */
export class GoTime extends GoValue {
  readonly type = "time.Time";
  /** Seconds since 1970. */
  readonly seconds: number;
  /** Nanoseconds above them. */
  readonly nanosecond: number;
  /** Its zone. */
  readonly zone: Zone;
  #terms: Civil | undefined;

  /** Seconds since 1970 and nanoseconds above them. */
  constructor(seconds: number, nanosecond: number, zone: Zone = UTC) {
    super();
    this.seconds = seconds;
    this.nanosecond = nanosecond;
    this.zone = zone;
  }

  /** The moment in milliseconds since 1970, in this machine's zone unless told otherwise. */
  static fromMilliseconds(milliseconds: number, zone: Zone = LOCAL): GoTime {
    const seconds = Math.floor(milliseconds / 1000);
    return new GoTime(seconds, Math.round((milliseconds - seconds * 1000) * 1e6), zone);
  }

  /** Reads a time by a layout; throws an Error with Go's message where it does not fit. */
  static parse(layout: string, value: string): GoTime {
    const { seconds, nanosecond, utc, offset, zone } = parseTime(layout, value);
    if (utc) return new GoTime(seconds, nanosecond, UTC);
    if (offset !== undefined) {
      const at = seconds - offset;
      const local = LOCAL.offset(at) === offset && (zone === undefined || LOCAL.abbreviation(at) === zone);
      return new GoTime(at, nanosecond, local ? LOCAL : fixedZone(zone ?? "", offset));
    }
    const name = zone ?? "";
    const local = LOCAL.offset(seconds);
    if (LOCAL.abbreviation(seconds - local) === name) return new GoTime(seconds - local, nanosecond, LOCAL);
    const hours = name.startsWith("GMT") && name.length > 3 ? Number(name.slice(3)) : 0;
    return new GoTime(seconds - hours * 3600, nanosecond, fixedZone(name, hours * 3600));
  }

  /** Text by a layout. */
  format(layout: string): string {
    return formatTime(this.#parts(), layout);
  }

  override source(): string {
    return goString(this);
  }

  override text(): string {
    return this.format(STRING_LAYOUT);
  }

  override json(): unknown {
    const { year } = this.terms();
    if (year < 0 || year > 9999) throw new Error("Time.MarshalJSON: year outside of range [0,9999]");
    return this.format(RFC_3339_NANO);
  }

  override equals(other: GoValue): boolean {
    return other instanceof GoTime && this.compare(other) === 0 && sameZone(this.zone, other.zone);
  }

  override method(name: string): GoFunction | undefined {
    return timeMethod(this, name);
  }

  /** The same moment in another zone. */
  inZone(zone: Zone): GoTime {
    return new GoTime(this.seconds, this.nanosecond, zone);
  }

  /** Calendar terms in its zone. */
  terms(): Civil {
    return this.#terms ??= civil(this.seconds + this.zone.offset(this.seconds));
  }

  #parts(): TimeParts {
    const [zone, seconds] = [this.zone, this.seconds];
    return {
      civil: this.terms(),
      nanosecond: this.nanosecond,
      offset: zone.offset(seconds),
      get zone() {
        return zone.abbreviation(seconds);
      },
    };
  }

  /** Nanoseconds since 1970. */
  nanoseconds(): bigint {
    return BigInt(this.seconds) * NANOSECONDS + BigInt(this.nanosecond);
  }

  /** Below 0 where it is before the other, above 0 where it is after. */
  compare(other: GoTime): number {
    return Math.sign(this.seconds - other.seconds || this.nanosecond - other.nanosecond);
  }

  /** That moment, in nanoseconds since 1970, in the same zone. */
  at(nanoseconds: bigint): GoTime {
    const rest = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
    return new GoTime(Number((nanoseconds - rest) / NANOSECONDS), Number(rest), this.zone);
  }

  /** As many years, months and days later; what is beyond a month carries over. */
  addDate(years: bigint, months: bigint, days: bigint): GoTime {
    const { year, month, day, hour, minute, second } = this.terms();
    const number = dayNumber(year + Number(years), month + Number(months), day + Number(days));
    const local = number * 86400 + hour * 3600 + minute * 60 + second;
    const guess = local - this.zone.offset(local);
    return new GoTime(local - this.zone.offset(guess), this.nanosecond, this.zone);
  }
}
