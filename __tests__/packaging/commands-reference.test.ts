import { commandsReference } from "../../packaging/commands-reference";

const reference = commandsReference();

/** The section of a command. */
const section = (name: string) => reference.match(new RegExp(`### ${name}\n.*?(?=\n### |$)`, "s"))?.[0];

test("an index leads to each command, in the order of help", () => {
  const [index = ""] = reference.split("\n### ");
  expect(index).toMatch(
    /^\| command \| does \|\n\| --- \| --- \|\n\| \[`init`\]\(#init\) \| a repository of your own \|\n/,
  );
  const listed = [...index.matchAll(/^\| \[`([a-z-]+)`\]\(#\1\) \| \S/gm)].map(([, name]) => name);
  expect(listed).toEqual([...reference.matchAll(/^### (.*)$/gm)].map(([, name]) => name));
});

test("a section has a command's usage, description, arguments with their defaults, options and exit statuses", () => {
  expect(section("lock")).toBe(`### lock

\`support-app lock [options] [folder]\`

Write .terraform.lock.hcl beside environments.yaml: the newest allowed version of each provider that the synthesized stacks require, with its checksums. Synthesizing copies it into each stack. It runs \`terraform providers lock\`, which downloads the providers from their registry; TERRAFORM_BINARY_NAME names another Terraform or OpenTofu.

| argument or option | meaning |
| --- | --- |
| \`[folder]\` | the folder that \`npm run synth\` wrote (default: \`cdktf.out\`) |
| \`--platform <platform>\` | where Terraform runs; can be repeated (default: linux_amd64, linux_arm64, darwin_amd64, darwin_arm64, windows_amd64) |
| \`--mirror <folder>\` | take the providers from a filesystem mirror instead of their registry |

Exit status: 0 written; 1 an error; 2 wrong usage.
`);
});

test.each([
  ["deployer-policy", "| `<environment>` | name of the environment in environments.yaml |"],
  ["destroy", "| `<environments...>` | names of environments in environments.yaml, may be separated by commas |"],
  ["deploy", "| `[environments...]` | names of environments in environments.yaml, may be separated by commas |"],
  [
    "import",
    "| `--tag <key=value>` | with --organization: only accounts with this tag; repeat it to require several |",
  ],
  ["environments", "| `--for <purpose>` | what the jobs do (one of `deploy`, `doctor`, `drift`) |"],
])("%s has the line %s", (name, line) => {
  expect(section(name)?.split("\n")).toContain(line);
});

test("a text of several paragraphs after a command's options is one", () => {
  expect(section("diff")?.trimEnd().split("\n").at(-1)).toBe(
    "Exit status: 0 planned, or with --drift no drift; 6 with --drift, there is drift or something isn't deployed; 1 an error; 2 wrong usage; 130 interrupted.",
  );
});
