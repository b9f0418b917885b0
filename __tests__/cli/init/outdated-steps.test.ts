import { Command } from "commander";
import { outdatedSteps } from "../../../cli/init/outdated-steps";
import { MAIN, managedFiles } from "../../../cli/init/repository";
import { supportAppProgram } from "../../../cli/program";

const KNOWN = [
  new Command("doctor").option("--all").option("--report <file>"),
  new Command("review").option("--github"),
];

/** What is outdated in a step with this script, and in what follows it in its job. */
function used(run: string, after = ""): string[] {
  const text = `jobs:\n  a:\n    steps:\n      - id: one\n        run: ${JSON.stringify(run)}\n${after}`;
  return outdatedSteps("mine.yml", text, KNOWN).map(({ path, line, used }) => `${path}:${line}: ${used}`);
}

test.each([
  ["npx --no -- support-app heal production", ["mine.yml:5: the command heal"]],
  ["npx --yes cdktf-support-app-access@latest heal", ["mine.yml:5: the command heal"]],
  ["npm run -s support-app -- heal", ["mine.yml:5: the command heal"]],
  ["support-app --no-color doctor --every --all", ["mine.yml:5: the option --every of doctor"]],
  ["exec timeout 30m npx --no -- support-app doctor --every", ["mine.yml:5: the option --every of doctor"]],
  ["support-app doctor --all \\\n  --json", ["mine.yml:5: the option --json of doctor"]],
  ["support-app doctor --all && support-app doctor --x=1", ["mine.yml:5: the option --x of doctor"]],
  ['report="$(npx --no -- support-app doctor --y)"', ["mine.yml:5: the option --y of doctor"]],
  ['"$BIN/support-app" heal # as before', ["mine.yml:5: the command heal"]],
])("%j uses what isn't there", (run, expected) => {
  expect(used(run)).toEqual(expected);
});

test.each([
  'npx --no -- support-app doctor "$NAMES" --report a --no-color',
  "support-app --version",
  "support-app help heal",
  "support-app doctor --all && other --every",
  "support-app doctor -- --every",
  'support-app doctor "$(jq --raw-output .name)"',
  "# support-app heal",
  "echo support-app heal",
  "npm install --save-exact cdktf-support-app-access@latest typescript",
  "git clone https://example.com/acme/support-app checkout",
  'git commit -m "upgrade support-app to 1.0.0"',
  "npm run support-app-report -- heal",
  "npx --no -- support-app review --github",
])("%j fits", (run) => {
  expect(used(run)).toEqual([]);
});

test("an output that the command no longer sets is named where it is used", () => {
  const uses = (output: string) => `    outputs:\n      a: \${{ steps.one.outputs.${output} }}\n`;
  expect(used("support-app review --github", uses("plans"))).toEqual(["mine.yml:7: the output plans"]);
  expect(used("support-app review --github", uses("plannable"))).toEqual([]);
  expect(used("echo plans=1", uses("plans"))).toEqual([]); // somebody else's
  expect(used('support-app review --github\necho plans=1 >> "$GITHUB_OUTPUT"', uses("plans"))).toEqual([]);
  expect(used("support-app review --github", `  b:\n${uses("plans")}`)).toEqual([]); // of another job
});

test.each(["a: [\n- run: support-app heal", "", "- run: support-app heal", "jobs: { a: { steps: 7 } }"])(
  "%j has no steps",
  (text) => {
    expect(outdatedSteps("mine.yml", text, KNOWN)).toEqual([]);
  },
);

test("the workflows that this version writes fit it", () => {
  const { commands } = supportAppProgram(() => {}, {});
  const workflows = [...managedFiles(MAIN)].filter(([path]) => path.endsWith(".yml"));
  expect(workflows.length).toBeGreaterThan(3);
  for (const [path, text] of workflows) {
    expect(outdatedSteps(path, text, commands)).toEqual([]);
    const others = text.replace(/(steps\.\w+\.outputs\.)\w+/g, "$1gone").replace(/ --(report|all)\b/g, " --gone");
    expect(outdatedSteps(path, others, commands).length).toBeGreaterThan(0);
  }
});
