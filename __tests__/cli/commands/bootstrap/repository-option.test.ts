import { setupAt } from "../../../../cli/commands/bootstrap/repository-option";
import { GITHUB } from "../../../../cli/forge/github/github";
import { GITLAB } from "../../../../cli/forge/gitlab/gitlab";

const FORGES = { GitHub: GITHUB, GitLab: GITLAB };
type Name = keyof typeof FORGES;
type Row = [Name, ...string[]];
const refusing = (name: Name, repository: string) => expect(() => setupAt(FORGES[name], repository, "main"));

const GITHUB_NAME = "the owner and the name of a repository";
const GITLAB_NAME =
  "the path of a project on gitlab.com, such as acme/platform/slack-access, or the URL of one on another GitLab, such as https://gitlab.example.com/acme/slack-access.";
test.each<Row>([
  ...["slack-access", "acme/..", "acme/*", "acme/a$(id)", "acme/a\nb"].map(
    (name): Row => ["GitHub", name, GITHUB_NAME],
  ),
  ...[
    ...[
      "slack-access",
      "acme/",
      "/acme/access",
      "acme//access",
      "acme/*",
      "acme/../access",
      "acme/a$(id)",
      "acme/a\nb",
    ],
    ...["acme/a:ref_type:branch:ref:main", "acme/access.git", "git@gitlab.com:acme/access"],
    "gitlab.example.com/acme/access", // a group of gitlab.com could have that name
    ...["http://gitlab.example.com/acme/access", "https://gitlab.example.com:8443/acme/access"],
    ...["https://gitlab.example.com/access", "https://user@gitlab.example.com/acme/access"],
    ...["https://gitlab/acme/access", "https://github.com/acme/access"],
  ].map((name): Row => ["GitLab", name, GITLAB_NAME]),
])("at %s, the repository %j is refused, with what is expected", (forge, repository, expected) => {
  refusing(forge, repository).toThrow(`expected ${expected}`);
});

test.each<Row>([
  ["GitLab", "acme/access.git", "--gitlab --repository acme/access"],
  ["GitLab", "git@gitlab.com:acme/platform/access.git", "--gitlab --repository acme/platform/access"],
  ["GitLab", "git@gitlab.com:42/access.git", "--gitlab --repository 42/access"], // without ssh://, that is no port
  ["GitLab", "gitlab.example.com/acme/access", "--gitlab --repository https://gitlab.example.com/acme/access"],
  ["GitLab", "https://GitLab.example.com/acme/access/", "--gitlab --repository https://gitlab.example.com/acme/access"],
  ["GitLab", "ssh://git@code.example.com:2222/a/b.git", "--gitlab --repository https://code.example.com/a/b"],
  ["GitLab", "https://github.com/acme/access", "--github --repository acme/access"],
  ["GitHub", "acme/access.git", "--github --repository acme/access"],
  ["GitHub", "git@github.com:acme/access.git", "--github --repository acme/access"],
  ["GitHub", "https://github.com/acme/access.git", "--github --repository acme/access"],
  ["GitHub", "acme/platform/access", "--gitlab --repository acme/platform/access"],
  ["GitHub", "git@gitlab.example.com:acme/access", "--gitlab --repository https://gitlab.example.com/acme/access"],
])("at %s, the repository %s is refused, and its name suggested", (forge, repository, suggestion) => {
  refusing(forge, repository).toThrow(new RegExp(`^Received --repository ".*Did you mean ${suggestion}\\?$`));
});

test.each<Row>([
  ["GitLab", "ssh://git@altssh.gitlab.com:443/acme/access.git"],
  ["GitHub", "ssh://git@ssh.github.com:443/acme/access.git"],
  ["GitHub", "https://www.github.com/acme/access"],
  ["GitHub", "https://github.com/acme/access/tree/main"],
  ["GitHub", "https://dev.azure.com/acme/project/_git/access"],
  ["GitHub", "git@bitbucket.org:acme/access.git"],
])("at %s, nothing is suggested for %s, which could be another repository's", (forge, repository) => {
  refusing(forge, repository).toThrow(/Its roles trust exactly this repository\.$/);
});

test("a GitLab at a port isn't suggested without it, since that would be another GitLab, and the reason is said", () => {
  refusing("GitLab", "https://gitlab.example.com:8443/acme/access").toThrow(
    /AWS takes no identity provider with a port: it has to be at the port 443\.$/,
  );
});

test.each([
  ["https://gitlab-ci-token:s3cret@gitlab.com/a/b.git", "https://…@gitlab.com/a/b.git"],
  ["https://me:s3@cret@gitlab.com/a/b.git", "https://…@gitlab.com/a/b.git"],
  ["https://s3cret@gitlab.com/a/b.git", "https://…@gitlab.com/a/b.git"],
  ["me:s3cret@gitlab.com:a/b.git", "…@gitlab.com:a/b.git"],
  ["git@gitlab.com:a/b.git", "git@gitlab.com:a/b.git"],
])("a password in the address of a repository isn't printed: %s", (repository, words) => {
  const start = `^Received --repository "${words.replaceAll(".", "\\.")}", `;
  refusing("GitLab", repository).toThrow(new RegExp(start));
});

test.each<Row>([
  ["GitHub", "https://github.com/acme/access", "acme/access"],
  ["GitHub", "a/.github", "a/.github"],
  ["GitLab", "https://gitlab.com/acme/access", "acme/access"],
  ["GitLab", "https://gitlab.example.com/acme/access", "https://gitlab.example.com/acme/access"],
  ["GitLab", "https://1.example.com/acme.io/my.github/access", "https://1.example.com/acme.io/my.github/access"],
  ["GitLab", "acme.io/access", "acme.io/access"],
])("at %s, %s names the repository %s", (forge, url, repository) => {
  expect(setupAt(FORGES[forge], url, "main").repository).toBe(repository);
});
