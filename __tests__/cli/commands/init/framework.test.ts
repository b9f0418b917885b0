import { cliOf, FRAMEWORKS, OWN, packageFor } from "../../../../cli/commands/init/framework";
import { name } from "../../../../package.json";

test("the package that is running is for one of two frameworks, each of which has a package", () => {
  expect(FRAMEWORKS).toContain(OWN);
  expect(packageFor(OWN)).toBe(name);
  expect(cliOf("cdktn")).toBe("cdktn-cli");
});
