import { loadTests } from "../../../support/run/load-tests";

// The command's tests say where the package came from.
jest.mock("../../../../cli/commands/init/package-origin", () => {
  const actual = jest.requireActual("../../../../cli/commands/init/package-origin");
  return { ...actual, packageOrigin: jest.fn(actual.packageOrigin) };
});

loadTests(__dirname);
