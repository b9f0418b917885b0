import { readFileSync } from "node:fs";
import { codeSpans, filesOf } from "./pages";

/** Decisions that still hold. */
const DECISIONS = filesOf("docs/decisions/*.md").filter(
  (file) => !/^\*\*Status\.\*\* Superseded/m.test(readFileSync(file, "utf8")),
);

/** Names of other programs, and examples. */
const ELSEWHERE = ["AsyncLocalStorage", "TF_REATTACH_PROVIDERS", "hashicorp/awscc", "infra/slack-access", "role/arn"];

/** A path, a file's name, an option, or an identifier of several words. */
const NAME =
  /(?<![\w./-])(?:--[a-z][\w-]+|[\w.-]*(?:\/[\w.-]+)+|[\w-]+\.(?:ts|js|json|ya?ml|md|hcl)|[a-z]+(?:[A-Z][a-z]*)+|(?:[A-Z][a-z]+){2,}|[A-Za-z]+(?:_[A-Za-z]+)+)(?![\w/])/g;

test("every file, option and identifier that a decision names is in the repository", () => {
  const paths = filesOf();
  const texts = paths.filter(
    (path) =>
      !/^docs\/decisions\/|\/decisions\.test\.ts$|^CHANGELOG\.md$|^package-lock\.json$|\.(?:png|gz)$/.test(path),
  );
  const repository = [...paths, ...texts.map((path) => readFileSync(path, "utf8"))].join("\n");
  const names = DECISIONS.flatMap((file) =>
    codeSpans(file).flatMap((span) => (span.match(NAME) ?? []).map((name) => ({ file, name }))),
  );
  expect(names.length).toBeGreaterThan(100);
  const missing = names.filter(
    ({ name }) => !new RegExp(`(?<!\\w)${name.replaceAll(".", "\\.")}(?!\\w)`).test(repository),
  );
  const unexpected = missing.filter(({ name }) => !ELSEWHERE.includes(name));
  expect(unexpected.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});
