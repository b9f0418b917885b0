import { toHcl } from "../../../stacks/output/hcl";
import { levelKeys, publishedRoot } from "../../../stacks/portable/published-root";

const ROOT = toHcl(publishedRoot());

test("the root module calls the access levels that an account has, and keeps its channels itself", () => {
  expect(ROOT).toMatchSnapshot();
  for (const name of ["read_only", "full"])
    expect(ROOT).toMatch(new RegExp(`count += var.${name} == null \\? 0 : 1\n`));
  expect(ROOT).toContain('"${channel.workspace}_${channel.channel}" => channel... }\n'); // a channel keeps its address
  expect(ROOT).not.toContain("(?"); // Terraform's patterns have no lookaheads
});

test("a level may have every input of its module but the workspaces, which the root registers", () => {
  expect(levelKeys("read-only")).not.toContain("registered_workspaces");
  expect(levelKeys("full")).toEqual(expect.arrayContaining(["live_chat", "channels", ...levelKeys("read-only")]));
});
