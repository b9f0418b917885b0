import { codeIn } from "../../../../cli/commands/review/changed-code";

test.each([
  [["environments.yaml", "rules.yaml", "access/environments.yaml", "README.md", "docs/a.md", ".github/CODEOWNERS"], []],
  [
    ["main.ts", "a.ts", "package.json", "package-lock.json", ".npmrc", ".gitattributes", "main.ts"],
    [".gitattributes", ".npmrc", "a.ts", "main.ts", "package-lock.json", "package.json"],
  ],
  [
    [".github/workflows/review.yml", ".gitlab-ci.yml", "other.yaml"],
    [".github/workflows/review.yml", ".gitlab-ci.yml", "other.yaml"],
  ],
  [
    ["environments.yaml/a.ts", "my-environments.yaml", "environments.yaml.ts", "md", "a.md/b", "environments.YAML"],
    ["a.md/b", "environments.YAML", "environments.yaml.ts", "environments.yaml/a.ts", "md", "my-environments.yaml"],
  ],
])("whatever a review isn't about may be code: of %j, %j", (paths, code) => {
  expect(codeIn(paths)).toEqual(code);
});
