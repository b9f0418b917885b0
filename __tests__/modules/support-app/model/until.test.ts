import { endOf, inSeconds, UNTIL, untilOf } from "../../../../modules/support-app/model/until";

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test.each([undefined, "Pacific/Kiritimati", "America/Los_Angeles"])(
  "a day ends in UTC and a time in its zone, whatever the machine's zone: %s",
  (machine) => {
    if (machine !== undefined) process.env.TZ = machine;
    expect(endOf("2026-12-31")).toBe("2027-01-01T00:00:00Z");
    expect(endOf("2028-02-28")).toBe("2028-02-29T00:00:00Z");
    expect(endOf("2026-12-31T18:00:00Z")).toBe("2026-12-31T18:00:00Z");
    expect(endOf("2026-12-31T18:00:00+01:00")).toBe("2026-12-31T17:00:00Z");
    expect(endOf("2026-12-31T18:00:00-09:30")).toBe("2027-01-01T03:30:00Z");
    expect(untilOf("2027-01-01T00:00:00Z")).toBe("2026-12-31");
    expect(untilOf("2026-12-31T17:00:00Z")).toBe("2026-12-31T17:00:00Z");
  },
);

test("a time is truncated to the second", () => {
  expect(inSeconds(new Date("2026-12-31T23:59:59.999Z"))).toBe("2026-12-31T23:59:59Z");
});

test("exactly the days of the calendar are accepted, and converted back", () => {
  const two = (number: number) => String(number).padStart(2, "0");
  let count = 0;
  for (let year = 1999; year <= 2100; year++) {
    for (let month = 0; month <= 13; month++) {
      for (const day of [0, 1, 9, 10, 19, 20, 28, 29, 30, 31, 32]) {
        const text = `${year}-${two(month)}-${two(day)}`;
        const time = new Date(Date.UTC(year, month - 1, day));
        const isDay = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && year > 1999 && year < 2100;
        if (UNTIL.pattern.test(text) !== isDay) throw new Error(text);
        if (!isDay) continue;
        count++;
        if (untilOf(endOf(text)) !== text) throw new Error(text);
      }
    }
  }
  expect(count).toBe(100 * (7 * 9 + 4 * 8 + 6) + 25);
});

test.each([
  "2026-12-31T18:00:00", // in which zone
  "2026-12-31T18:00Z",
  "2026-12-31T24:00:00Z",
  "2026-12-31T23:59:60Z",
  "2026-12-31T18:00:00.000Z",
  "2026-12-31T18:00:00+15:00",
  "2026-12-31t18:00:00z",
  "2026-12-31 18:00:00Z",
  " 2026-12-31",
  "2026-12-31\n",
  "26-12-31",
  "2026-1-1",
  "31.12.2026",
  "1798675200",
  "tomorrow",
])("%j is rejected", (text) => {
  expect(UNTIL.pattern.test(text)).toBe(false);
});
