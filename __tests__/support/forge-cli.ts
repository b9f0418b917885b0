import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { shellQuote } from "../../common/shell-quote";
import { folderInTests } from "./folder";

/** gh and glab, as far as set-up scripts use them, with answers from a table. Like glab, it prints the answer of a request that fails, too. */
const CLI = `#!/usr/bin/env bash
folder="\${0%/*}" method=GET host="\${GH_HOST-}" words=() body= filter=
. "$folder/answers.sh"
while [ $# -gt 0 ]; do
  case "$1" in
    --hostname) host="$2"; shift ;;
    --method) method="$2"; shift ;;
    --header) [ "$2" = "Content-Type: application/json" ] || exit 9; shift ;;
    --input) [ "$2" = - ] || exit 9; body="$(cat)"; shift ;;
    -f) body+="\${body:+ }$2"; shift ;;
    --jq) filter="$2"; shift ;;
    --paginate) ;;
    --silent) filter=empty ;;
    *) words+=("$1") ;;
  esac
  shift
done
request="\${words[*]}"
[ "\${words[0]}" != api ] || request="$method $host/\${words[1]}"
printf '%s\\t%s\\n' "$request" "\${body//$'\\n'/ }" >>"$folder/requests"
if answer="$(answer "\${request%%\\?*}")"; then
  if [ -n "$filter" ]; then jq --raw-output "$filter" <<<"$answer"; else printf '%s\\n' "$answer"; fi
else
  [ -n "$filter" ] || echo "{}"
  echo "\${0##*/}: $answer" >&2
  exit 1
fi
`;

interface ForgeRequest {
  /** A method and a path below the root, or the program's words. */
  readonly words: string;
  readonly body: string;
}

/**
 * Runs set-up scripts with a stand-in of a forge's program. To be called where tests are described.
 *
 * @param root the host and the path below which every answer is
 */
export function setupScriptInTests(program: "gh" | "glab", root: string) {
  const path = folderInTests();
  const rowOf = ([call, answer]: [string, unknown]) => {
    const isError = answer instanceof Error;
    const text = isError ? answer.message : typeof answer === "string" ? answer : JSON.stringify(answer);
    return `${shellQuote(call.replace(" ", ` ${root}`))}) echo ${shellQuote(text)}; return ${Number(isError)} ;;\n`;
  };

  /** @param answers by method and path, as in `GET /variables`; an error refuses the request. What else is read isn't found. */
  return (script: string, answers: object, searchPath = path() + delimiter + process.env.PATH) => {
    const rows = [...Object.entries(answers).map(rowOf), "GET*) echo 404 Not Found; return 1 ;;\n*) echo {} ;;\n"];
    writeFileSync(path(program), CLI, { mode: 0o755 });
    writeFileSync(path("answers.sh"), `answer() { case "$1" in\n${rows.join("")}esac; }\n`);
    writeFileSync(path("setup.sh"), script);
    const options = { env: { PATH: searchPath }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync("/bin/bash", [path("setup.sh")], options);
    const log = existsSync(path("requests")) ? readFileSync(path("requests"), "utf8") : "";
    const requests = log
      .split("\n")
      .slice(0, -1)
      .map((line): ForgeRequest => {
        const [words = "", body = ""] = line.split("\t");
        return { words: words.replace(root, ""), body };
      });
    const changes = requests
      .filter(({ words }) => !words.startsWith("GET "))
      .map(({ words, body }) => `${words} ${/^[{[]/.test(body) ? JSON.stringify(JSON.parse(body)) : body}`.trim());
    return { status, stdout, stderr, requests, changes };
  };
}
