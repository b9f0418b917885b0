import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { shellQuote } from "../../common/shell-quote";
import { folderInTests } from "./folder";

/**
 * gh or glab, as far as set-up scripts use them, with answers from a table. Like glab, it prints the answer of a request that
 * fails, too. A function of the script's shell, since to start a program for each request takes long.
 */
const cliOf = (program: string) => `${program}() (
  set +e +u +o pipefail
  method=GET host="\${GH_HOST-}" words=() body= filter=
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
  printf '%s\\t%s\\n' "$request" "\${body//$'\\n'/ }" >>"\${0%/*}/requests"
  if answer="$(answer "\${request%%\\?*}")"; then
    case "$filter" in
      "") printf '%s\\n' "$answer" ;;
      empty) ;;
      *) jq --raw-output "$filter" <<<"$answer" ;;
    esac
  else
    [ -n "$filter" ] || echo "{}"
    echo "${program}: $answer" >&2
    exit 1
  fi
)
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
  return (script: string, answers: object, searchPath?: string) => {
    const rows = [...Object.entries(answers).map(rowOf), "GET*) echo 404 Not Found; return 1 ;;\n*) echo {} ;;\n"];
    writeFileSync(path("forge.sh"), `${cliOf(program)}answer() { case "$1" in\n${rows.join("")}esac; }\n`);
    writeFileSync(path("setup.sh"), script);
    const env =
      searchPath === undefined ? { PATH: process.env.PATH, BASH_ENV: path("forge.sh") } : { PATH: searchPath };
    const { status, stdout, stderr } = spawnSync("/bin/bash", [path("setup.sh")], { env, encoding: "utf8" });
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
