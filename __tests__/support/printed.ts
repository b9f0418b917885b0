/** What commands print within this process, on either stream, since the test began. To be called where tests are described. */
export function printedInTests(): string[] {
  const printed: string[] = [];
  beforeEach(() => {
    printed.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
    }
    for (const level of ["log", "error"] as const) {
      jest.spyOn(console, level).mockImplementation((...texts: unknown[]) => void printed.push(texts.join(" ")));
    }
  });
  afterEach(() => jest.restoreAllMocks());
  return printed;
}
