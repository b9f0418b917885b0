import { spawnSync } from "node:child_process";

test("the types hold, and neither the linter nor the formatter has anything to say", () => {
  expect(spawnSync("npm", ["run", "--silent", "lint"], { encoding: "utf8" })).toMatchObject({ status: 0 });
});
