import { OBJECT_NAMES } from "../support/object-names";
import { reviewingInTests } from "../support/reviewing";
import { synthesize } from "../support/synthesize";
import { sample } from "../support/thorough";

const { review, folderOf } = reviewingInTests();

const YAML = 'environments: { test: { account: "111122223333", region: us-east-1, full: {} } }';
const { test: TERRAFORM = "" } = synthesize(YAML);
const NOTHING = folderOf({});

describe.each(sample(OBJECT_NAMES, 8))("%s", (name) => {
  test("as an environment's name in a synthesized folder can be added and removed", async () => {
    const withIt = folderOf(Object.fromEntries([[name, TERRAFORM]]));
    const added = await review("--base", NOTHING, "--head", withIt);
    const removed = await review("--base", withIt, "--head", NOTHING);
    expect([added.status, removed.status]).toEqual([3, 3]);
    expect(added.output).toContain(`### \`${name}\`: access is broadened`);
    expect(removed.output).toContain(`### \`${name}\`: `);
  });
});
