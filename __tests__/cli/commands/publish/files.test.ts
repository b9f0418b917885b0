import { within } from "../../../../cli/commands/publish/files";

test("files that are moved into a folder keep their order and their text", () => {
  const files = new Map([
    ["main.tf", "a"],
    ["examples/basic/main.tf", "b"],
  ]);
  expect([...within("modules/support-app-full", files)]).toEqual([
    ["modules/support-app-full/main.tf", "a"],
    ["modules/support-app-full/examples/basic/main.tf", "b"],
  ]);
});
