import { stackOf } from "../support/edited-stack";
import { OBJECT_NAMES } from "../support/object-names";
import { reviewingInTests } from "../support/reviewing";

const { review, folderOf } = reviewingInTests();

/** Most of the names are none that environments.yaml could have. */
const STACK = stackOf("full: {}");
const NOTHING = folderOf({});

describe.each(OBJECT_NAMES)("%s", (name) => {
  test("an environment of that name in a synthesized folder can be added and removed", async () => {
    const withIt = folderOf(Object.fromEntries([[name, STACK]]));
    const added = await review("--base", NOTHING, "--head", withIt);
    const removed = await review("--base", withIt, "--head", NOTHING);
    expect([added.status, removed.status]).toEqual([0, 0]);
    const words = /^[a-z0-9-]+$/.test(name) ? name : `\`${name}\``;
    expect(added.output).toMatch(/^## (Read this yourself: 1 of 1|People gain access in 1 of 1)/);
    expect(added.output).toContain(`**new: ${words}**`);
    expect(removed.output).toContain(`- ${words} is removed from the file: `);
  });
});
