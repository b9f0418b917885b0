import { setupAt } from "../../../../cli/commands/bootstrap/repository-option";
import { GITHUB } from "../../../../cli/forge/github/github";
import { GITLAB } from "../../../../cli/forge/gitlab/gitlab";

const refusing = (forge: typeof GITHUB, repository: string) => expect(() => setupAt(forge, repository, "main"));

test.each([
  [GITLAB, "acme/access.git", "--gitlab --repository acme/access"],
  [GITLAB, "git@gitlab.com:acme/platform/access.git", "--gitlab --repository acme/platform/access"],
  [GITLAB, "git@gitlab.com:42/access.git", "--gitlab --repository 42/access"], // without ssh://, that is no port
  [GITLAB, "gitlab.example.com/acme/access", "--gitlab --repository https://gitlab.example.com/acme/access"],
  [GITLAB, "https://GitLab.example.com/acme/access/", "--gitlab --repository https://gitlab.example.com/acme/access"],
  [GITLAB, "ssh://git@code.example.com:2222/a/b.git", "--gitlab --repository https://code.example.com/a/b"],
  [GITLAB, "https://github.com/acme/access", "--github --repository acme/access"],
  [GITHUB, "acme/access.git", "--github --repository acme/access"],
  [GITHUB, "git@github.com:acme/access.git", "--github --repository acme/access"],
  [GITHUB, "https://github.com/acme/access.git", "--github --repository acme/access"],
  [GITHUB, "acme/platform/access", "--gitlab --repository acme/platform/access"],
  [GITHUB, "git@gitlab.example.com:acme/access", "--gitlab --repository https://gitlab.example.com/acme/access"],
])("at $name, the repository %s is refused, and its name suggested", (forge, repository, suggestion) => {
  refusing(forge, repository).toThrow(new RegExp(`^Received --repository ".*Did you mean ${suggestion}\\?$`));
});

test.each([
  [GITLAB, "ssh://git@altssh.gitlab.com:443/acme/access.git"],
  [GITHUB, "ssh://git@ssh.github.com:443/acme/access.git"],
  [GITHUB, "https://www.github.com/acme/access"],
  [GITHUB, "https://github.com/acme/access/tree/main"],
  [GITHUB, "https://dev.azure.com/acme/project/_git/access"],
  [GITHUB, "git@bitbucket.org:acme/access.git"],
])("at $name, nothing is suggested for %s, which could be another repository's", (forge, repository) => {
  refusing(forge, repository).toThrow(/Its roles trust exactly this repository\.$/);
});

test("a GitLab at a port isn't suggested without it, since that would be another GitLab, and the reason is said", () => {
  refusing(GITLAB, "https://gitlab.example.com:8443/acme/access").toThrow(
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
  refusing(GITLAB, repository).toThrow(new RegExp(start));
});

test.each([
  [GITHUB, "https://github.com/acme/access", "acme/access"],
  [GITLAB, "https://gitlab.com/acme/access", "acme/access"],
  [GITLAB, "https://gitlab.example.com/acme/access", "https://gitlab.example.com/acme/access"],
])("at $name, the URL %s names the repository %s", (forge, url, repository) => {
  expect(setupAt(forge, url, "main").repository).toBe(repository);
});
