import { outdatedSteps } from "../../../cli/init/outdated-steps";
import { MAIN, managedFiles } from "../../../cli/init/repository";
import { supportAppProgram } from "../../../cli/program";

const KNOWN = [
  { name: "doctor", options: ["--all", "--report"] },
  { name: "review", options: ["--github"] },
];

/** What is outdated in a step with this script, and in what follows its job. */
function used(run: string, after = ""): string[] {
  const text = `jobs:\n  a:\n    steps:\n      - id: one\n        run: ${JSON.stringify(run)}\n${after}`;
  return outdatedSteps("mine.yml", text, KNOWN).map(({ path, line, used }) => `${path}:${line}: ${used}`);
}

test.each([
  ["npx --no -- support-app heal production", ["mine.yml:5: the command heal"]],
  ["npx cdktf-support-app-access@latest heal", ["mine.yml:5: the command heal"]],
  ["npx --no -- support-app doctor --every --all", ["mine.yml:5: the option --every of doctor"]],
  ["support-app doctor --all \\\n  --json", ["mine.yml:5: the option --json of doctor"]],
  ["support-app doctor --all && support-app doctor --x", ["mine.yml:5: the option --x of doctor"]],
])("%j uses what isn't there", (run, expected) => {
  expect(used(run)).toEqual(expected);
});

test.each([
  'npx --no -- support-app doctor "$NAMES" --report a --no-color',
  "support-app --version",
  "support-app doctor --all && other --every",
  "npm run support-app-report -- heal",
  "npx --no -- support-app review --github",
])("%j fits", (run) => {
  expect(used(run)).toEqual([]);
});

test("an output that no command sets any more is named where it is used", () => {
  const uses = (output: string) => `    outputs:\n      a: \${{ steps.one.outputs.${output} }}\n`;
  expect(used("support-app review --github", uses("plans"))).toEqual(["mine.yml:7: the output plans"]);
  expect(used("support-app review --github", uses("plannable"))).toEqual([]);
  expect(used("echo plans=1", uses("plans"))).toEqual([]); // somebody else's
});

test("a file that isn't YAML has no steps", () => {
  expect(outdatedSteps("mine.yml", "a: [\n- run: support-app heal", KNOWN)).toEqual([]);
});

test("the workflows that this version writes fit it", () => {
  const program = supportAppProgram(() => {}, {});
  const known = program.commands.map((one) => ({
    name: one.name(),
    options: one.options.map(({ long }) => long ?? ""),
  }));
  const workflows = [...managedFiles(MAIN)].filter(([path]) => path.endsWith(".yml"));
  expect(workflows.length).toBeGreaterThan(3);
  for (const [path, text] of workflows) {
    expect(outdatedSteps(path, text, known)).toEqual([]);
    const others = text.replace(/(steps\.\w+\.outputs\.)\w+/g, "$1gone").replace(/ --(github|report)\b/g, " --gone");
    expect(outdatedSteps(path, others, known).length).toBeGreaterThan(0);
  }
});
