import fs from "node:fs";

/** What commands print within this process, on either stream, since the test began. To be called where tests are described. */
export function printedInTests(): string[] {
  const printed: string[] = [];
  const { writeSync } = fs;
  beforeEach(() => {
    printed.length = 0;
    jest.spyOn(fs, "writeSync").mockImplementation(((descriptor: number, ...rest: [Buffer]) => {
      if (descriptor > 2) return writeSync(descriptor, ...rest); // a file
      printed.push(String(rest[0]).replace(/\n$/, ""));
      return rest[0].length;
    }) as typeof writeSync);
  });
  afterEach(() => jest.restoreAllMocks());
  return printed;
}
